"""Details of single stations: pictures (API 1.4) and transfer protocols (API 1.6)."""

from typing import Any

from floorgraph.model.ids import GlobalId
from floorgraph.vendors.answers import Image
from floorgraph.vendors.coerce import Fields
from floorgraph.vendors.cwork.abilities import Area
from floorgraph.vendors.cwork.collection import parts
from floorgraph.vendors.cwork.question import Question, has_image, image, protocol
from floorgraph.vendors.cwork.server import Server
from floorgraph.vendors.failures import Malformed, NotApplicable, NotFound, Unsupported
from floorgraph.vendors.gate import Freshness
from floorgraph.vendors.http import Reply

NOTHING = (Unsupported, NotApplicable, NotFound)
SIGNATURES = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg"}


class Details:
    """Details of the stations of one server."""

    def __init__(self, server: Server) -> None:
        self._server = server

    async def protocol(self, station_id: str, freshness: Freshness) -> str | None:
        """How programs get to the station, such as `FTP`. Raises `SourceFailure`."""
        fields = await self._fields(protocol(GlobalId.parse(station_id).remote), freshness)
        return fields.text("message") if fields else None

    async def has_image(self, station_id: str, freshness: Freshness) -> bool:
        """Whether the station has a picture of its own. Raises `SourceFailure`."""
        fields = await self._fields(has_image(GlobalId.parse(station_id).remote), freshness)
        return bool(fields and fields.boolean("Hasimage"))

    async def image(self, station_id: str, freshness: Freshness) -> Image | None:
        """The station's picture, or the one that CWork sends for stations without. Raises `SourceFailure`."""
        await self._server.know(Area.STATIONS, freshness=freshness)
        question = image(GlobalId.parse(station_id).remote)
        try:
            return (await self._server.read_as(question, freshness, _picture)).value
        except NOTHING:
            return None

    async def _fields(self, question: Question, freshness: Freshness) -> Fields | None:
        await self._server.know(Area.STATIONS, freshness=freshness)
        try:
            observed = await self._server.read(question, freshness)
        except NOTHING:
            return None
        payload: Any = observed.value.elements()
        read = parts(payload, question.function, lambda fields: fields, self._server.diagnostics)
        return next(iter(read), None)


def _picture(reply: Reply) -> Image:
    """The picture by what its first bytes say it is; CWork's media types are not always true."""
    for signature, media_type in SIGNATURES.items():
        if reply.body.startswith(signature):
            return Image(reply.body, media_type)
    raise reply.failing(Malformed, "the picture is neither PNG nor JPEG")
