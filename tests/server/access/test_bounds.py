"""Limits on connections: enforced, only measured, or not looked at."""

import asyncio
import json
from collections import Counter

import pytest
import structlog

from floorgraph.model.limits import Mode
from floorgraph.server.access.bounds import Bounds
from floorgraph.settings import LimitSettings, Role
from tests.server.access.guarded import configured, two_lines
from tests.server.metrics.test_metrics import sample, samples
from tests.support.client import close_code, live, raw_socket
from tests.support.deadline import DEADLINE

FOLLOW = "subscription { sourceChanged { kind } }"
TIGHT = {"sockets": 2, "operations_per_socket": 1, "init_seconds": 0.1}


def limits(mode: Mode) -> LimitSettings:
    return LimitSettings.model_validate({"connection_mode": mode, **TIGHT})


async def over(base_url: str, name: str, least: int) -> None:
    """Wait until a limit was exceeded so often."""
    async with asyncio.timeout(DEADLINE):
        while await counted(base_url, name) < least:  # noqa: ASYNC110  the server is another side
            await asyncio.sleep(0.05)


async def counted(base_url: str, name: str) -> float:
    return (await samples(base_url)).get(sample("graphql_over_limit_total", limit=name), 0)


async def test_what_is_only_measured_goes_on_and_is_counted() -> None:
    settings = configured(anonymous=Role.VIEWER, limits=limits(Mode.MEASURE), server={"metrics": "all"})
    with structlog.testing.capture_logs() as logged:
        async with two_lines(settings) as (base_url, *_), live(base_url) as first, live(base_url):
            async with raw_socket(base_url) as silent:
                await over(base_url, "sockets", 1)
                await over(base_url, "init_seconds", 1)
                await silent.send('{"type":"connection_init"}')
                assert json.loads(await silent.recv()) == {"type": "connection_ack"}
            for key in ("a", "b"):
                await first.subscribe(FOLLOW, key=key)
                while (await first.next())["data"]["sourceChanged"]["kind"] != "CAUGHT_UP":
                    pass
            await over(base_url, "operations_per_socket", 1)
    told = {one["limit"]: one["found"] for one in logged if one["event"] == "connection over a limit"}
    assert told.keys() == TIGHT.keys()
    assert (told["sockets"], told["operations_per_socket"]) == (3, 2)


async def test_what_is_enforced_is_refused_and_counted() -> None:
    settings = configured(anonymous=Role.VIEWER, limits=limits(Mode.ENFORCE), server={"metrics": "all"})
    async with two_lines(settings) as (base_url, *_), live(base_url) as first:
        async with raw_socket(base_url) as silent:
            async with raw_socket(base_url) as third:
                assert await close_code(third) == 1013
            assert await close_code(silent) == 4408
        for key, expected in (("a", "next"), ("b", "error")):
            await first.subscribe(FOLLOW, key=key)
            while (told := await first.receive())["id"] != key:
                pass
            assert told["type"] == expected
        for name in TIGHT:
            await over(base_url, name, 1)


@pytest.mark.parametrize(
    ("mode", "refused", "counted", "logged"),
    [(Mode.ENFORCE, 9, 9, 0), (Mode.MEASURE, 0, 9, 3), (Mode.OFF, 0, 0, 0)],
)
def test_modes(mode: Mode, refused: int, counted: int, logged: int) -> None:
    counts = Counter[str]()
    bounds = Bounds(LimitSettings(connection_mode=mode, sockets=1), counts)
    with structlog.testing.capture_logs() as lines:
        assert sum(bounds.refuse("sockets", number) for number in range(1, 11)) == refused
    assert counts["sockets"] == counted
    # At 2, 4 and 8, and none beside.
    assert len(lines) == logged
