"""Looks for cycles stay short: what stays is set aside, and looked at when the process has grown."""

import asyncio
import gc
import sys
import weakref
from typing import Any

from floorgraph.server import collecting
from floorgraph.server.collecting import EVERY, LONG, OFTEN, WORKED, Looks

INFO: dict[str, Any] = {"generation": 0, "collected": 0, "uncollectable": 0}


class Process:
    """Everything around `Looks`."""

    def __init__(self) -> None:
        self.now = self.used = 0.0
        self.pages: int | None = 1000
        self.told: list[str] = []
        self.looks = Looks(
            freeze=lambda: self.told.append("set aside"),
            everything=lambda: self.told.append("everything"),
            memory=lambda: self.pages,
            clock=lambda: self.now,
            used=lambda: self.used,
        )

    def look(self, seconds: float = 0.0) -> None:
        self.looks("start", INFO)
        self.used += seconds
        self.looks("stop", INFO)

    async def an_hour_later(self, pages: int | None) -> list[str]:
        return await self.later(EVERY, pages)

    async def later(self, seconds: float, pages: int | None) -> list[str]:
        self.now, self.pages = self.now + seconds, pages
        self.look()
        assert self.told == []
        await asyncio.sleep(0)
        told, self.told[:] = self.told[:], []
        return told


def test_what_a_long_look_found_in_use_is_set_aside() -> None:
    process = Process()
    process.look(LONG)
    assert process.told == []
    process.look(LONG * 1.1)
    process.look()
    assert process.told == ["set aside"]


def test_what_long_work_made_is_set_aside_now_and_then() -> None:
    process = Process()
    for _ in range(2 * WORKED + 1):
        process.looks.worked()
    assert process.told == ["set aside"] * 2


async def test_everything_is_looked_at_when_the_process_has_grown_within_hours() -> None:
    process = Process()
    process.look()
    # How large it is once it has come up is what it is compared with.
    assert await process.an_hour_later(2000) == []
    assert await process.an_hour_later(2400) == []
    assert await process.an_hour_later(2600) == ["everything"]
    assert await process.an_hour_later(3000) == []
    assert await process.an_hour_later(3400) == ["everything"]


async def test_within_the_hour_everything_is_looked_at_only_when_the_process_is_twice_as_large() -> None:
    process = Process()
    process.look()
    # How large it is soon after it has come up is what it is compared with.
    assert await process.later(OFTEN, 1000) == []
    assert await process.later(OFTEN - 1, 5000) == []
    assert await process.later(1, 2000) == []
    assert await process.later(OFTEN, 2001) == ["everything"]
    assert await process.later(OFTEN, 4000) == []
    assert await process.later(OFTEN, 4010) == ["everything"]
    assert await process.later(EVERY - OFTEN, 5100) == []
    assert await process.later(OFTEN, 5100) == ["everything"]


async def test_where_nobody_tells_the_size_everything_is_looked_at_every_hour() -> None:
    process = Process()
    process.look()
    assert await process.an_hour_later(None) == ["everything"]
    assert await process.an_hour_later(None) == ["everything"]


def test_a_look_outside_the_event_loop_leaves_it_to_the_next_one_within() -> None:
    process = Process()
    process.look()
    process.now += EVERY
    process.pages = None
    process.look()
    assert process.told == []

    async def within() -> None:
        process.look()
        await asyncio.sleep(0)

    asyncio.run(within())
    assert process.told == ["everything"]


class _Knot:
    pass


def test_a_look_at_everything_finds_what_was_set_aside() -> None:
    knot = _Knot()
    knot.own = knot  # type: ignore[attr-defined]
    tied = weakref.ref(knot)
    gc.freeze()
    del knot
    try:
        gc.collect()
        assert tied() is not None
        collecting._everything()
        assert tied() is None
    finally:
        gc.unfreeze()


def test_the_size_of_this_process_is_known_where_the_system_tells() -> None:
    pages = collecting._resident()
    assert (pages is not None) == sys.platform.startswith("linux")
    assert pages is None or pages > 1000
