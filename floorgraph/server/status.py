"""Whether this server lives and is ready, and the text of its schema."""

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from floorgraph.server.access.door import Door
from floorgraph.server.access.identity import NOBODY, Identity
from floorgraph.server.access.refusals import Refusal
from floorgraph.server.lifecycle import Lifecycle
from floorgraph.vendors.floor import Floor
from schema.build import schema_text
from schema.limits.introspection import TEXT as NOT_TOLD


def status_routes(floor: Floor, lifecycle: Lifecycle, door: Door) -> list[Route]:
    """`/livez`, `/readyz` and `/schema.graphql`.

    The first two answer everybody; sources and schema are told to those who may ask for them at `/graphql`.
    """

    async def live(_request: Request) -> Response:
        """200 while the event loop turns."""
        return JSONResponse({"status": "live"}, headers={"cache-control": "no-store"})

    async def ready(request: Request) -> Response:
        """200 while requests are served and nobody told the server to stop. A source that is down does not
        make the server unready: the other sources answer, and the last known records are served."""
        caller = await _caller(request, door)
        seen = floor if caller.sources is None else floor.only(caller.sources)
        sources = {source.key: source.condition().status.value for source in seen}
        return JSONResponse(
            {"status": lifecycle.phase.value, "sources": sources},
            status_code=200 if lifecycle.ready else 503,
            headers={"cache-control": "no-store"},
        )

    async def schema(request: Request) -> Response:
        """The schema in GraphQL's definition language."""
        if not (await _caller(request, door)).introspects:
            return PlainTextResponse(f"{NOT_TOLD}\n", 403)
        return PlainTextResponse(schema_text(), media_type="application/graphql; charset=utf-8")

    return [
        Route("/livez", live, name="livez"),
        Route("/readyz", ready, name="readyz"),
        Route("/schema.graphql", schema, name="schema"),
    ]


async def _caller(request: Request, door: Door) -> Identity:
    """Who asks; a nobody who sees nothing where it cannot be told."""
    try:
        address = request.client.host if request.client else "unknown"
        return await door.identify(request.headers.get("authorization"), address)
    except Refusal:
        return NOBODY
