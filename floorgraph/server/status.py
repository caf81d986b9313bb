"""Whether this server lives and is ready, and the text of its schema."""

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from floorgraph.server.lifecycle import Lifecycle
from floorgraph.vendors.floor import Floor
from schema.build import schema_text


def status_routes(floor: Floor, lifecycle: Lifecycle) -> list[Route]:
    """`/livez`, `/readyz` and `/schema.graphql`."""

    async def live(_request: Request) -> Response:
        """200 while the event loop turns."""
        return JSONResponse({"status": "live"}, headers={"cache-control": "no-store"})

    async def ready(_request: Request) -> Response:
        """200 while requests are served and nobody told the server to stop. A source that is down does not
        make the server unready: the other sources answer, and the last known records are served."""
        sources = {source.key: source.condition().status.value for source in floor}
        return JSONResponse(
            {"status": lifecycle.phase.value, "sources": sources},
            status_code=200 if lifecycle.ready else 503,
            headers={"cache-control": "no-store"},
        )

    async def schema(_request: Request) -> Response:
        """The schema in GraphQL's definition language."""
        return PlainTextResponse(schema_text(), media_type="application/graphql; charset=utf-8")

    return [
        Route("/livez", live, name="livez"),
        Route("/readyz", ready, name="readyz"),
        Route("/schema.graphql", schema, name="schema"),
    ]
