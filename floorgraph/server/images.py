"""Pictures of stations, passed on from their vendors under addresses that only this server can make.

A page cannot send credentials with an image, so the address itself carries
the permission: it names the station and when it ends, and is signed.
"""

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from floorgraph.model.errors import BadId
from floorgraph.model.ids import GlobalId, Kind
from floorgraph.model.source import Capability
from floorgraph.server.signing import Signer
from floorgraph.vendors.failures import SourceFailure
from floorgraph.vendors.floor import Floor
from floorgraph.vendors.gate.call import Freshness

PATH = "/images/"
PICTURE_TYPES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""What browsers show as a picture and never run as a page."""


class ImageAddresses:
    """Makes and checks the addresses of pictures."""

    def __init__(self, floor: Floor, signer: Signer) -> None:
        self._floor = floor
        self._signer = signer

    def address(self, station_id: str) -> str | None:
        """The address of a station's picture; None when its source has no pictures."""
        source = self._floor.of(station_id)
        if source is None or not any(
            state.name is Capability.STATION_IMAGES and state.available for state in source.capabilities()
        ):
            return None
        return f"{PATH}{quote(station_id, safe='')}?{self._signer.query(station_id)}"

    def admits(self, station_id: str, expires: str, signature: str) -> bool:
        """Whether an address was made here and has not ended."""
        return self._signer.admits(station_id, expires, signature)


def image_route(floor: Floor, addresses: ImageAddresses) -> Route:
    """The route that gives out pictures."""

    async def answer(request: Request) -> Response:
        station_id = request.path_params["station_id"]
        query = request.query_params
        if not addresses.admits(station_id, query.get("expires", ""), query.get("signature", "")):
            return PlainTextResponse("This address has ended; ask `Station.imageUrl` for a new one.\n", 403)
        return await _picture(floor, station_id)

    return Route(PATH + "{station_id:path}", answer, name="image")


async def _picture(floor: Floor, station_id: str) -> Response:
    try:
        GlobalId.parse(station_id, expected=Kind.STATION)
        source = floor.of(station_id)
        image = None if source is None else await source.image(station_id, Freshness())
    except BadId as error:
        return PlainTextResponse(f"{error}\n", 404)
    except SourceFailure as failure:
        return PlainTextResponse(f"{failure.code}: the picture cannot be had now.\n", 502)
    if image is None or image.media_type not in PICTURE_TYPES:
        return PlainTextResponse("This station has no picture.\n", 404)
    headers = {
        "cache-control": "private, max-age=3600",
        "content-security-policy": "default-src 'none'",
        "x-content-type-options": "nosniff",
    }
    return Response(image.content, media_type=image.media_type, headers=headers)
