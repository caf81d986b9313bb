"""Redirects: followed only where credentials may go."""

import pytest

from floorgraph.vendors.failures import OutcomeUnknown, RedirectRefused, SourceFailure
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


@pytest.mark.parametrize(("method", "status"), [("POST", 307), ("POST", 308), ("PUT", 301), ("DELETE", 308)])
async def test_a_redirected_command_is_not_repeated(
    upstream: Upstream, connect: Connect, method: str, status: int
) -> None:
    """Somebody else is to be asked instead: it was not done here."""
    upstream.script(Answer(status, headers={"Location": "/CAPI/REST/stations"}))
    await failing(connect(upstream.url), RedirectRefused, method)
    assert len(upstream.requests) == 1


@pytest.mark.parametrize(
    ("method", "status"), [("POST", 301), ("POST", 302), ("POST", 303), ("PUT", 303), ("DELETE", 302)]
)
@pytest.mark.parametrize("place", ["/CAPI/REST/stations/7", "http://vendor.example/", "http://[", ""])
async def test_a_command_that_is_answered_with_where_to_look_may_have_been_done(
    upstream: Upstream, connect: Connect, method: str, status: int, place: str
) -> None:
    upstream.script(Answer(status, headers={"Location": place}))
    failure = await failing(connect(upstream.url), OutcomeUnknown, method)
    assert failure.detail == (
        f"the server answers a {method} with a redirect ({status}); "
        "the command may or may not have been carried out"
    )
    assert len(upstream.requests) == 1


@pytest.mark.parametrize(
    ("status", "kind"), [(301, RedirectRefused), (302, OutcomeUnknown), (303, OutcomeUnknown)]
)
async def test_what_is_sent_once_is_a_command_whatever_its_method(
    upstream: Upstream, connect: Connect, status: int, kind: type[SourceFailure]
) -> None:
    upstream.script(Answer(status, headers={"Location": "/CAPI/REST/stations"}))
    with pytest.raises(kind):
        await connect(upstream.url).send("GET", "/stations/7/start", endpoint="commands", once=True)
    assert len(upstream.requests) == 1


@pytest.mark.parametrize("status", [301, 302, 303, 307])
async def test_a_question_that_is_asked_by_post_has_no_unknown_outcome(
    upstream: Upstream, connect: Connect, status: int
) -> None:
    upstream.script(Answer(status, headers={"Location": "/CAPI/REST/stations"}))
    with pytest.raises(RedirectRefused):
        await connect(upstream.url).send("POST", "/list", endpoint="list", json={}, reads=True)
    assert len(upstream.requests) == 1
