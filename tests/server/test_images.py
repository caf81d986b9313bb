"""Pictures of stations under signed addresses."""

from collections.abc import Sequence
from datetime import timedelta

import httpx2
import pytest

from floorgraph.model.source import Capability, CapabilityState
from floorgraph.server.images import ImageAddresses
from floorgraph.server.signing import Signer
from floorgraph.vendors.answers import Image
from floorgraph.vendors.failures import SourceFailure
from floorgraph.vendors.floor import Floor
from floorgraph.vendors.gate.call import Freshness
from tests.support.client import data
from tests.support.deadline import DEADLINE
from tests.support.fakeclock import FakeClock
from tests.support.memory import MemorySource, station, unreachable
from tests.support.serving import serving_sources

PIXEL = b"\x89PNG and so on"


class Pictured(MemorySource):
    media_type = "image/png"

    def capabilities(self) -> Sequence[CapabilityState]:
        return (CapabilityState(name=Capability.STATION_IMAGES, available=True),)

    async def image(self, station_id: str, freshness: Freshness) -> Image | None:
        await self._call("image", freshness)
        return Image(PIXEL, self.media_type) if station_id == "north:station:1" else None


async def got(base_url: str, path: str) -> httpx2.Response:
    async with httpx2.AsyncClient(trust_env=False, timeout=DEADLINE) as http:
        return await http.get(base_url + path)


async def address(base_url: str, station_id: str = "north:station:1") -> str | None:
    found = await data(base_url, "query ($id: ID!) { station(id: $id) { imageUrl } }", {"id": station_id})
    url: str | None = found["station"]["imageUrl"]
    return url


async def test_a_picture_comes_through_with_headers_that_keep_it_a_picture() -> None:
    source = Pictured("north", [station("1"), station("2")])
    async with serving_sources([source]) as base_url:
        url = await address(base_url)
        assert url is not None
        answer = await got(base_url, url)
        assert (answer.status_code, answer.content) == (200, PIXEL)
        assert answer.headers["content-type"] == "image/png"
        assert answer.headers["x-content-type-options"] == "nosniff"
        none = await address(base_url, "north:station:2")
        assert none is not None
        assert (await got(base_url, none)).status_code == 404


async def test_only_addresses_made_here_are_answered() -> None:
    source = Pictured("north", [station("1")])
    async with serving_sources([source]) as base_url:
        url = await address(base_url)
        assert url is not None
        wrong = [
            url.replace("north%3Astation%3A1", "north%3Astation%3A2"),
            url.split("?")[0],
            url.replace("expires=", "expires=9"),
            url.replace("signature=", "signature=x"),
            url.replace("expires=", "expires=%C2%B2"),
        ]
        assert [(await got(base_url, other)).status_code for other in wrong] == [403] * len(wrong)
    assert source.calls["image"] == 0


async def test_what_is_no_picture_is_not_passed_on() -> None:
    source = Pictured("north", [station("1")])
    source.media_type = "text/html"
    async with serving_sources([source]) as base_url:
        url = await address(base_url)
        assert url is not None
        assert (await got(base_url, url)).status_code == 404


async def test_a_failing_vendor_is_a_bad_gateway_without_details() -> None:
    source = Pictured("north", [station("1")])
    async with serving_sources([source]) as base_url:
        url = await address(base_url)
        assert url is not None
        failure: SourceFailure = unreachable()
        source.failure = failure
        answer = await got(base_url, url)
    assert answer.status_code == 502
    assert "UNREACHABLE" in answer.text
    assert "refused" not in answer.text


async def test_sources_without_pictures_have_no_addresses() -> None:
    async with serving_sources([MemorySource("north", [station("1")])]) as base_url:
        assert await address(base_url) is None


@pytest.mark.parametrize(("seconds", "good"), [(0, True), (3599, True), (7300, False)])
def test_an_address_ends(seconds: float, good: bool) -> None:
    clock = FakeClock()
    addresses = ImageAddresses(Floor([Pictured("north")]), Signer(b"key", 3600, clock))
    url = addresses.address("north:station:1")
    assert url is not None
    query = dict(part.split("=") for part in url.split("?")[1].split("&"))
    clock.advance(timedelta(seconds=seconds).total_seconds())
    assert addresses.admits("north:station:1", query["expires"], query["signature"]) is good
