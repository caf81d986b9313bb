"""`/debug/engine`: what the polling engine is doing, for administrators of all sources."""

from dataclasses import asdict

import orjson
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from floorgraph.server.access.door import Door
from floorgraph.server.access.refusals import Refusal
from floorgraph.settings import Role
from subscriptions.engine import Engine


def debug_route(engine: Engine, door: Door) -> Route:
    """The route."""

    async def dump(request: Request) -> Response:
        """Feeds with their rungs, cohorts, journal and counts, as JSON; no records and no secrets."""
        address = request.client.host if request.client else "unknown"
        try:
            identity = await door.identify(request.headers.get("authorization"), address)
        except Refusal as refusal:
            return refusal.response(request.headers.get("accept", ""))
        if identity.role is not Role.ADMIN or identity.sources is not None:
            return PlainTextResponse("/debug/engine needs the role admin, for all sources.\n", 403)
        content = orjson.dumps(asdict(engine.figures()), option=orjson.OPT_INDENT_2)
        return Response(content, media_type="application/json", headers={"cache-control": "no-store"})

    return Route("/debug/engine", dump, name="debug-engine")
