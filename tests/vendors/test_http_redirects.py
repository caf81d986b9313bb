"""Redirects: followed only where credentials may go."""

import pytest

from floorgraph.vendors.failures import RedirectRefused
from tests.support.upstream import Answer, Upstream, serving
from tests.vendors.exchange import Connect, failing, get


async def test_a_redirect_within_the_server_is_followed(upstream: Upstream, connect: Connect) -> None:
    upstream.script(Answer(302, headers={"Location": "/elsewhere/stations?x=1"}), Answer(body=b"[7]"))
    assert (await get(connect(upstream.url))).body == b"[7]"
    assert upstream.requests[1].target == "/elsewhere/stations?x=1"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_a_redirect_to_another_server_is_refused(
    upstream: Upstream, connect: Connect, status: int
) -> None:
    async with serving() as other:
        upstream.script(Answer(status, headers={"Location": f"{other.url}/stations?key=abc"}))
        failure = await failing(connect(upstream.url), RedirectRefused)
        assert f"http://127.0.0.1:{other.port}" in failure.detail
        assert "abc" not in failure.detail
        assert other.connections == 0


@pytest.mark.parametrize(
    "place", ["https://127.0.0.1:{port}/", "//vendor.example/", "http://127.0.0.1/", "http://["]
)
async def test_a_redirect_that_leads_away_is_refused(
    upstream: Upstream, connect: Connect, place: str
) -> None:
    upstream.script(Answer(302, headers={"Location": place.format(port=upstream.port)}))
    await failing(connect(upstream.url), RedirectRefused)
    assert len(upstream.requests) == 1


async def test_redirects_without_end_are_refused(upstream: Upstream, connect: Connect) -> None:
    upstream.default = Answer(302, headers={"Location": "/CAPI/REST/stations"})
    await failing(connect(upstream.url), RedirectRefused)
    assert len(upstream.requests) == 3


async def test_a_redirected_command_is_not_repeated(upstream: Upstream, connect: Connect) -> None:
    upstream.script(Answer(307, headers={"Location": "/CAPI/REST/stations"}))
    await failing(connect(upstream.url), RedirectRefused, "POST")
    assert len(upstream.requests) == 1
