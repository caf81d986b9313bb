"""Documents that came of commands, passed on under addresses that only this server can make."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from floorgraph.commands.desk import CommandDesk
from floorgraph.commands.entry import Entry
from floorgraph.commands.log import LogUnusable
from floorgraph.server.signing import Signer
from floorgraph.vendors.failures import SourceFailure
from floorgraph.vendors.floor import Floor

PATH = "/documents/"


def document_address(signer: Signer, entry: Entry) -> str | None:
    """Where the document that came of a command is to be had; None where there is none."""
    if entry.operation is None or entry.operation.document is None:
        return None
    return f"{PATH}{entry.number}?{signer.query(_name(entry.number))}"


def document_route(floor: Floor, desk: CommandDesk, signer: Signer) -> Route:
    """The route that gives out documents."""

    async def answer(request: Request) -> Response:
        number, query = int(request.path_params["number"]), request.query_params
        if not signer.admits(_name(number), query.get("expires", ""), query.get("signature", "")):
            return PlainTextResponse(
                "This address has ended; ask `Operation.documentUrl` for a new one.\n", 403
            )
        try:
            return await _document(floor, await desk.log.entry(number))
        except (SourceFailure, LogUnusable) as failure:
            return PlainTextResponse(f"{failure.code}: the document cannot be had now.\n", 502)

    return Route(PATH + "{number:int}", answer, name="document")


async def _document(floor: Floor, entry: Entry | None) -> Response:
    operation = None if entry is None else entry.operation
    source = None if entry is None else floor.get(entry.source)
    if entry is None or source is None or operation is None or operation.document is None:
        return PlainTextResponse("There is no such document.\n", 404)
    found = await source.document(operation.document)
    headers = {
        "cache-control": "private, max-age=3600",
        # Whatever the vendor sent is kept as a file and never shown as a page of this server.
        "content-disposition": f'attachment; filename="{entry.word}-{entry.number}"',
        "content-security-policy": "default-src 'none'; sandbox",
        "x-content-type-options": "nosniff",
    }
    return Response(found.content, media_type=found.media_type, headers=headers)


def _name(number: int) -> str:
    return f"document {number}"
