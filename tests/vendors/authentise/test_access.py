"""Tokens, sessions, wire rules and waits, against a simulated tenant and a scripted server."""

import asyncio
import base64
from pathlib import Path

import pytest

from floorgraph.model.command import CommandOutcome
from floorgraph.model.ids import Kind
from floorgraph.model.job import JobStatus
from floorgraph.model.source import SourceStatus
from floorgraph.vendors.authentise.commands.statuses import SetJobStatus
from floorgraph.vendors.authentise.source import AuthentiseSource
from floorgraph.vendors.failures import (
    AuthRequired,
    BudgetExhausted,
    Forbidden,
    NotApplicable,
    NotFound,
    RedirectRefused,
    SourceFailure,
)
from floorgraph.vendors.gate import Freshness
from floorgraph.vendors.ledger import Ledger
from floorgraph.vendors.questions import EVERYTHING, By, Where
from tests.support.fakeclock import FakeClock
from tests.support.upstream import Answer, Raw, serving
from tests.vendors.authentise.commands.hand import job_id, run_in, writes
from tests.vendors.authentise.conftest import Build
from tests.vendors.authentise.hall import TOKEN, Hall

NOW = Freshness(max_age=0)
SESSION = {"username": "integration", "password": "simulator-password"}
EMPTY = Answer(body=b'{"links": {}, "meta": {"count": 0}, "resources": []}')


async def test_a_token_is_sent_as_basic(source: Build) -> None:
    async with serving() as upstream:
        upstream.default = EMPTY
        await source(upstream.url).select(Kind.ORDER, EVERYTHING, NOW)
        headers = {name.lower(): value for name, value in upstream.requests[0].headers.items()}
    pair = base64.b64encode(f"{TOKEN['uuid']}:{TOKEN['secret']}".encode()).decode()
    assert headers["authorization"] == f"Basic {pair}"
    assert headers["accept"] == "application/json"
    assert len(headers["request-id"]) == 32
    assert "content-type" not in headers
    assert upstream.requests[0].target.startswith("/order/?")


async def test_a_login_carries_exactly_the_content_type(source: Build) -> None:
    async with serving() as upstream:
        upstream.script(Answer(201, b"", {"Set-Cookie": "session=abc; Path=/; HttpOnly"}))
        upstream.default = EMPTY
        await source(upstream.url, session=SESSION).select(Kind.ORDER, EVERYTHING, NOW)
        login, order = upstream.requests
    assert (login.method, login.target) == ("POST", "/sessions/")
    assert {name.lower(): value for name, value in login.headers.items()}[
        "content-type"
    ] == "application/json"
    assert {name.lower(): value for name, value in order.headers.items()}["cookie"] == "session=abc"


async def test_a_session_is_opened_once_for_many_calls(hall: Hall, source: Build) -> None:
    am = source(hall, session=SESSION)
    resources = {Kind.ORDER: "order", Kind.BATCH: "material-batch", Kind.STATION: "printer"}
    calls = [am.select(kind, EVERYTHING, NOW) for kind in resources]
    for number in range(1, 18):
        for kind, resource in resources.items():
            one = f"am:{kind.value}:{resource}/00000000-0000-4000-8000-{number:012}"
            calls.append(am.select(kind, Where(By.ID, frozenset({one})), NOW))
    await asyncio.gather(*calls)
    assert len(calls) > 50
    assert hall.calls()["POST /sessions"] == 1


async def test_an_expired_session_is_renewed_once(hall: Hall, source: Build) -> None:
    am = source(hall, session=SESSION)
    await am.select(Kind.ORDER, EVERYTHING, NOW)
    hall.change(expire_sessions=True)
    hall.forget_calls()
    await asyncio.gather(*(am.select(kind, EVERYTHING, NOW) for kind in (Kind.ORDER, Kind.BATCH)))
    assert hall.calls()["POST /sessions"] == 1


async def test_a_session_that_never_counts_is_not_renewed_for_ever(source: Build) -> None:
    refusal = Answer(403, b'{"errors": [{"code": "invalid-session-provided", "title": "no"}]}')
    async with serving() as upstream:
        upstream.default = lambda request: (
            Answer(201, b"", {"Set-Cookie": "session=abc"}) if request.method == "POST" else refusal
        )
        with pytest.raises(AuthRequired):
            await source(upstream.url, session=SESSION).select(Kind.ORDER, EVERYTHING, NOW)
        assert [request.method for request in upstream.requests] == ["POST", "GET", "POST", "GET"]


@pytest.mark.parametrize("status", [400, 401, 403])
async def test_a_refused_login_asks_for_credentials(source: Build, status: int) -> None:
    async with serving() as upstream:
        upstream.default = Answer(status, b'{"errors": [{"code": "invalid-credentials", "title": "no"}]}')
        am = source(upstream.url, session={"username": "integration", "password": "pa55word-of-am"})
        with pytest.raises(AuthRequired) as raised:
            await am.select(Kind.ORDER, EVERYTHING, NOW)
        assert "pa55word" not in str(raised.value)
        assert am.condition().status is SourceStatus.AUTH_REQUIRED


async def test_a_refused_token_asks_for_credentials(hall: Hall, source: Build) -> None:
    am = source(hall, token={"uuid": TOKEN["uuid"], "secret": "not-the-secret"})
    with pytest.raises(AuthRequired) as raised:
        await am.probe()
    assert "not-the-secret" not in str(raised.value)
    assert am.condition().status is SourceStatus.AUTH_REQUIRED


async def test_a_missing_right_is_no_wrong_credential(source: Build) -> None:
    async with serving() as upstream:
        upstream.default = Answer(403, b'{"errors": [{"code": "Unauthorized", "title": "not allowed"}]}')
        am = source(upstream.url)
        answer = await am.select(Kind.ORDER, EVERYTHING, NOW)
        assert list(answer.items) == []
        assert am.condition().status is SourceStatus.UP
        with pytest.raises(Forbidden):
            await am.resource("users", {}, 10, None)


async def test_cooldown_pauses_the_source_for_as_long_as_asked(hall: Hall, source: Build) -> None:
    hall.change(throttle={"count": 1, "cooldown": 30.0})
    am = source(hall)
    with pytest.raises(SourceFailure) as raised:
        await am.select(Kind.ORDER, EVERYTHING, NOW)
    assert raised.value.retry_after == 30.0
    assert am.condition().status is SourceStatus.PAUSED
    hall.forget_calls()
    with pytest.raises(SourceFailure):
        await am.select(Kind.BATCH, EVERYTHING, NOW)
    assert hall.calls() == {}


async def test_a_wrong_address_is_a_failure_and_not_an_empty_shop(source: Build) -> None:
    async with serving() as upstream:
        upstream.default = Answer(404, b"<html>Not Found</html>", {"Content-Type": "text/html"})
        am = source(upstream.url)
        with pytest.raises(NotFound):
            await am.select(Kind.PIECE, EVERYTHING, NOW)
        with pytest.raises(NotFound):
            await am.probe()


async def test_refused_sorting_is_learnt_once(source: Build) -> None:
    def answer(request: object) -> Answer:
        if "sort=" in str(getattr(request, "target", "")):
            return Answer(400, b'{"errors": [{"code": "disabled-sort-property", "title": "no"}]}')
        return EMPTY

    async with serving() as upstream:
        upstream.default = answer
        am = source(upstream.url)
        for _ in range(2):
            await am.select(Kind.ORDER, EVERYTHING, NOW)
        assert ["sort=" in request.target for request in upstream.requests] == [True, False, False]


async def test_refused_flags_are_learnt_once(source: Build) -> None:
    def answer(request: object) -> Answer:
        if "include_archived" in str(getattr(request, "target", "")):
            return Answer(400, b'{"errors": [{"code": "invalid-filter-property", "title": "no"}]}')
        return EMPTY

    async with serving() as upstream:
        upstream.default = answer
        answered = await source(upstream.url).select(Kind.STATION, EVERYTHING, NOW)
        assert answered.failure is None
        assert len([request for request in upstream.requests if "/printer/" in request.target]) == 2


@pytest.mark.parametrize(
    "body", [b"[]", b'{"resources": {}}', b'{"errors": []}', b"<html>maintenance</html>", b"", b"null"]
)
async def test_what_is_no_list_is_a_failure_and_not_an_empty_list(source: Build, body: bytes) -> None:
    async with serving() as upstream:
        upstream.default = Answer(200, body)
        with pytest.raises(SourceFailure):
            await source(upstream.url).select(Kind.ORDER, EVERYTHING, NOW)


async def test_rows_that_cannot_be_told_apart_are_left_out(source: Build) -> None:
    body = b'{"meta": {"count": 3}, "resources": [7, {"name": "no link"}, {"uri": "/order/x/"}]}'
    async with serving() as upstream:
        upstream.default = Answer(200, body)
        am = source(upstream.url)
        answer = await am.select(Kind.ORDER, EVERYTHING, NOW)
        assert list(answer.items) == []
        assert not answer.complete
        assert [(note.payload, note.change, note.count) for note in am.diagnostics.drift_notes()] == [
            ("order", "unreadable", 3),
            ("order", "incomplete", 1),
        ]


async def test_when_the_tenant_goes_down_the_last_known_records_are_stale(source: Build) -> None:
    row = (
        b'{"meta": {"count": 1}, "resources": '
        b'[{"uri": "/order/0b0f3c5e-7a52-4d0e-9a86-0c2f6d1e8b47/", "name": "A", "status": "new"}]}'
    )
    async with serving() as upstream:
        upstream.default = Answer(200, row)
        am = source(upstream.url)
        fresh = await am.select(Kind.ORDER, EVERYTHING, NOW)
        assert [one.stale for one in fresh.items] == [False]
        upstream.default = Answer(500)
        later = await am.select(Kind.ORDER, EVERYTHING, NOW)
        assert [(one.name, one.stale) for one in later.items] == [("A", True)]
        assert later.failure is not None
        with pytest.raises(SourceFailure):
            await am.poll(next(feed for feed in am.feeds() if feed.name == "orders"), NOW)


async def test_relations_stay_known_when_the_tenant_goes_down(hall: Hall, source: Build) -> None:
    am, printers = source(hall), frozenset(hall.ids(Kind.STATION, "printer"))
    fresh = await am.select(Kind.JOB, Where(By.STATION, printers), NOW)
    assert fresh.items
    assert fresh.observed_at is not None
    hall.fault("status", status=500)
    later = await am.select(Kind.JOB, Where(By.STATION, printers), NOW)
    assert later.failure is not None
    assert {one.id for one in later.items} == {one.id for one in fresh.items}
    assert all(one.stale for one in later.items)
    assert later.groups is not None
    assert fresh.groups is not None
    assert {key: len(part) for key, part in later.groups.items()} == {
        key: len(part) for key, part in fresh.groups.items()
    }


async def test_the_probe_tells_version_features_and_skew(hall: Hall, source: Build) -> None:
    am = source(hall)
    await am.probe()
    assert am.version == "simulated"
    assert am.clock_skew_seconds is not None
    assert set(hall.calls()) == {"about", "feature"}
    hall.forget_calls()
    await am.probe()
    assert hall.total() == 1


async def test_one_server_is_asked_the_same_once_at_a_time(hall: Hall, source: Build) -> None:
    am = source(hall)
    fresh = Freshness(max_age=0, since=am.clock.monotonic())
    await asyncio.gather(*(am.select(Kind.ORDER, EVERYTHING, fresh) for _ in range(20)))
    assert hall.calls() == {"order": 1}


ORDER_ROW = (
    b'{"meta": {"count": 1}, "resources": '
    b'[{"uri": "/order/0b0f3c5e-7a52-4d0e-9a86-0c2f6d1e8b47/", "name": "A", "status": "new"}]}'
)
EXPIRED = Answer(403, b'{"errors": [{"code": "invalid-session-provided", "title": "no"}]}')


async def test_sessions_are_opened_at_the_users_host_and_used_at_the_data_host(source: Build) -> None:
    async with serving() as users, serving() as data:
        users.default = Answer(201, b"", {"Set-Cookie": "session=abc; Domain=.example.com; HttpOnly"})
        data.default = Answer(200, ORDER_ROW)
        am = source(data.url, users_url=users.url, session=SESSION)
        assert [one.name for one in (await am.select(Kind.ORDER, EVERYTHING, NOW)).items] == ["A"]
        assert [(one.method, one.target) for one in users.requests] == [("POST", "/sessions/")]
        assert b"simulator-password" in users.requests[0].body
        (read,) = data.requests
        assert read.target.startswith("/order/?")
        assert {name.lower(): value for name, value in read.headers.items()}["cookie"] == "session=abc"
        assert b"simulator-password" not in read.body
        assert "cookie" not in {name.lower() for name in users.requests[0].headers}


async def test_an_expired_session_is_renewed_at_the_users_host(source: Build) -> None:
    async with serving() as users, serving() as data:
        users.script(*(Answer(201, b"", {"Set-Cookie": f"session=s{number}"}) for number in (1, 2)))
        data.script(Answer(200, ORDER_ROW), EXPIRED, Answer(200, ORDER_ROW))
        am = source(data.url, users_url=users.url, session=SESSION)
        for _ in range(2):
            answer = await am.select(Kind.ORDER, EVERYTHING, NOW)
            assert answer.failure is None
        assert [one.target for one in users.requests] == ["/sessions/", "/sessions/"]
        cookies = [{k.lower(): v for k, v in one.headers.items()}["cookie"] for one in data.requests]
        assert cookies == ["session=s1", "session=s1", "session=s2"]


async def test_without_the_users_host_nothing_is_sent_to_the_data_host(source: Build) -> None:
    async with serving() as users, serving() as data:
        users.default = Answer(503)
        am = source(data.url, users_url=users.url, session=SESSION)
        with pytest.raises(SourceFailure):
            await am.select(Kind.ORDER, EVERYTHING, NOW)
        assert data.requests == []
        users.default = Answer(302, b"", {"Location": f"{data.url}/sessions/"})
        with pytest.raises(RedirectRefused):
            await am.select(Kind.ORDER, EVERYTHING, NOW)
        assert data.requests == []


COOKIES = [
    "csrf=xyz; Expires=Wed, 21 Oct 2037 07:28:00 GMT; Path=/",
    "session=abc; Expires=Wed, 21 Oct 2037 07:28:00 GMT; Path=/; HttpOnly",
    "AWSALB=a/b+c=; Expires=Wed, 21 Oct 2037 07:28:00 GMT; Path=/",
    'prefs={"lang": "de"}; Secure; Partitioned',
]


@pytest.mark.parametrize(
    "cookies",
    [
        COOKIES[:2],
        COOKIES[1:3],
        [COOKIES[2], COOKIES[1]],
        ["session=abc; Path=/; HttpOnly", "AWSALB=xyz; Path=/"],
        ["AWSALB=xyz; Path=/; HttpOnly", "session=abc; Path=/; Partitioned"],
        COOKIES,
        COOKIES[::-1],
        ["session=; Path=/old; Max-Age=0", COOKIES[1]],
        [COOKIES[1], "session=; Path=/old; Max-Age=0"],
    ],
)
async def test_the_session_is_found_among_several_cookies(source: Build, cookies: list[str]) -> None:
    lines = "".join(f"Set-Cookie: {cookie}\r\n" for cookie in cookies)
    head = f"HTTP/1.1 201 Created\r\nContent-Length: 0\r\n{lines}\r\n"
    async with serving() as users, serving() as data:
        users.default = Raw(head.encode())
        data.default = Answer(200, ORDER_ROW)
        am = source(data.url, users_url=users.url, session=SESSION)
        await am.select(Kind.ORDER, EVERYTHING, NOW)
        (read,) = data.requests
        assert {name.lower(): value for name, value in read.headers.items()}["cookie"] == "session=abc"


@pytest.mark.parametrize(
    "headers", [{}, {"Set-Cookie": "csrf=session"}, {"Set-Cookie": "session=; Path=/; Max-Age=0"}]
)
async def test_a_login_without_a_session_asks_for_credentials(source: Build, headers: dict[str, str]) -> None:
    async with serving() as upstream:
        upstream.default = Answer(201, b"", headers)
        with pytest.raises(AuthRequired, match="without a session"):
            await source(upstream.url, session=SESSION).select(Kind.ORDER, EVERYTHING, NOW)
        assert [one.method for one in upstream.requests] == ["POST"]


async def test_a_command_that_finds_the_session_expired_is_not_sent_again(hall: Hall, source: Build) -> None:
    am, run = source(hall, session=SESSION), run_in(hall, "in-progress")
    command = SetJobStatus(job_id=job_id(run), status=JobStatus.PAUSED)
    await am.review(command)
    hall.change(expire_sessions=True)
    hall.forget_calls()
    with pytest.raises(NotApplicable, match="send the command again"):
        await am.carry_out(command, "c")
    assert writes(hall) == ["PUT /run/{uuid}/", "POST /sessions/"]
    assert run_in(hall, "in-progress")["uuid"] == run["uuid"]
    # The session was renewed for whatever comes next.
    assert (await am.carry_out(command, "c")).outcome is CommandOutcome.CONFIRMED
    assert writes(hall) == ["PUT /run/{uuid}/", "POST /sessions/", "PUT /run/{uuid}/"]


def used(am: AuthentiseSource) -> int:
    """Calls of the day as they are counted."""
    (budget,) = am.budgets()
    return budget.used


def spent(folder: Path, clock: FakeClock, calls: int) -> Path:
    """A folder in which so many calls of the day are written down."""
    Ledger(folder, "am").save({"api": {"day": f"{clock.now():%Y-%m-%d}", "used": calls}})
    return folder


async def test_calls_of_the_day_survive_a_restart(hall: Hall, source: Build, tmp_path: Path) -> None:
    clock = FakeClock()
    first = source(hall, clock, tmp_path, calls_per_day=100)
    for _ in range(3):
        clock.advance(60)
        await first.select(Kind.ORDER, EVERYTHING, NOW)
    count = used(first)
    assert count == hall.total() > 0
    # No orderly end: what counts is what is on the disk.
    second = source(hall, clock, tmp_path, calls_per_day=100)
    assert used(second) == count
    clock.advance(60)
    await second.select(Kind.ORDER, EVERYTHING, NOW)
    assert used(second) == hall.total() > count
    clock.advance(24 * 3600)
    later = source(hall, clock, tmp_path, calls_per_day=100)
    assert used(later) == 0, "yesterday's calls do not count"


async def test_calls_that_were_used_up_before_a_restart_stay_so(
    hall: Hall, source: Build, tmp_path: Path
) -> None:
    clock = FakeClock()
    am = source(hall, clock, spent(tmp_path, clock, 100), calls_per_day=100)
    with pytest.raises(BudgetExhausted, match="used up until 2026-03-03 00:00 UTC"):
        await am.select(Kind.ORDER, EVERYTHING, NOW)
    assert hall.calls() == {}


async def test_logins_and_second_attempts_count_as_calls(source: Build) -> None:
    async with serving() as users, serving() as data:
        users.script(*(Answer(201, b"", {"Set-Cookie": f"session=s{number}"}) for number in (1, 2)))
        data.script(Answer(200, ORDER_ROW), EXPIRED, Answer(200, ORDER_ROW))
        am = source(data.url, users_url=users.url, session=SESSION, calls_per_day=100)
        for count in (2, 5):
            answer = await am.select(Kind.ORDER, EVERYTHING, NOW)
            assert answer.failure is None
            assert used(am) == len(users.requests) + len(data.requests) == count


@pytest.mark.parametrize(("before", "logins"), [(97, 1), (96, 2)])
async def test_with_the_days_calls_used_up_no_session_is_renewed_and_nothing_sent_again(
    source: Build, tmp_path: Path, before: int, logins: int
) -> None:
    clock = FakeClock()
    async with serving() as users, serving() as data:
        users.default = Answer(201, b"", {"Set-Cookie": "session=abc"})
        data.script(Answer(200, ORDER_ROW))
        data.default = EXPIRED
        am = source(
            data.url,
            clock,
            spent(tmp_path, clock, before),
            users_url=users.url,
            session=SESSION,
            calls_per_day=100,
        )
        await am.select(Kind.ORDER, EVERYTHING, NOW)
        clock.advance(60)
        answer = await am.select(Kind.ORDER, EVERYTHING, NOW)
        assert isinstance(answer.failure, BudgetExhausted)
        assert [one.stale for one in answer.items] == [True]
        assert (len(users.requests), len(data.requests)) == (logins, 2)
        assert used(am) == 100
        assert am.condition().status is SourceStatus.PAUSED
