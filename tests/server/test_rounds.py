"""Rounds among sockets, on a loop whose time a test tells."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floorgraph.server.rounds import PUT_OFF, TURNS, Rounds

SECONDS = 2.5
TURN = SECONDS / TURNS


class Loop:
    """A loop that takes as long for once around as a test says."""

    def __init__(self) -> None:
        self.now = 100.0
        self.once_around = 0.0
        self._next: tuple[float, Callable[..., None], tuple[Any, ...]] | None = None

    def time(self) -> float:
        return self.now

    def call_at(self, when: float, call: Callable[..., None], *given: Any) -> "Loop":
        assert self._next is None, "two turns at once"
        self._next = (when, call, given)
        return self

    def call_later(self, seconds: float, call: Callable[..., None], *given: Any) -> "Loop":
        return self.call_at(self.now + seconds, call, *given)

    def call_soon(self, call: Callable[..., None], *given: Any) -> "Loop":
        return self.call_at(self.now + self.once_around, call, *given)

    def cancel(self) -> None:
        self._next = None

    def run(self, until: float) -> None:
        while self._next is not None and self._next[0] <= until:
            when, call, given = self._next
            self._next = None
            self.now = max(self.now, when)
            call(*given)
        self.now = max(self.now, until)


class Member:
    """Notes when it is looked at."""

    def __init__(self) -> None:
        self.looks: list[float] = []

    def look(self, now: float) -> None:
        self.looks.append(now)


@pytest.fixture
def loop(monkeypatch: pytest.MonkeyPatch) -> Loop:
    made = Loop()
    monkeypatch.setattr(asyncio, "get_running_loop", lambda: made)
    return made


def gaps(member: Member) -> list[float]:
    return [later - earlier for earlier, later in zip(member.looks, member.looks[1:], strict=False)]


def test_each_member_is_looked_at_once_in_a_round(loop: Loop) -> None:
    walk, members = Rounds(SECONDS), [Member() for _ in range(3 * TURNS)]
    for member in members:
        walk.add(member)
    loop.run(loop.now + 10 * SECONDS)
    for member in members:
        assert len(member.looks) in (9, 10, 11)
        assert gaps(member) == pytest.approx([SECONDS] * (len(member.looks) - 1))
    # However many came at the same moment, they are not looked at in one.
    assert max(sum(other.looks[0] == one.looks[0] for other in members) for one in members) == 3


def test_it_gives_way_to_a_busy_loop_but_not_for_long(loop: Loop) -> None:
    walk, member = Rounds(SECONDS), Member()
    walk.add(member)
    loop.run(loop.now + 2 * TURN)
    planned = member.looks[0] + SECONDS
    loop.run(planned - TURN / 2)
    loop.once_around = 0.002
    busy_until = planned + SECONDS * PUT_OFF / 2
    loop.run(busy_until)
    assert len(member.looks) == 1
    loop.once_around = 0.0
    loop.run(busy_until + TURN)
    assert len(member.looks) == 2
    loop.once_around = 0.002
    loop.run(loop.now + 20 * SECONDS)
    assert len(member.looks) >= 21, "not looked at any more while the loop is busy"
    assert max(gaps(member)) < SECONDS * (1 + PUT_OFF) + 2 * TURN


@given(stands_still=st.floats(0, 100))
def test_who_stood_still_does_not_make_up_for_more_than_a_round(stands_still: float) -> None:
    with pytest.MonkeyPatch.context() as patch:
        loop = Loop()
        patch.setattr(asyncio, "get_running_loop", lambda: loop)
        walk, member = Rounds(SECONDS), Member()
        walk.add(member)
        loop.run(loop.now + 2 * SECONDS)
        before = len(member.looks)
        loop.now += stands_still
        loop.run(loop.now + SECONDS)
        assert len(member.looks) - before <= 3


def test_it_rests_while_nobody_is_there(loop: Loop) -> None:
    walk, first, second = Rounds(SECONDS), Member(), Member()
    assert not walk.running
    places = [walk.add(first), walk.add(second)]
    walk.remove(first, places[0])
    assert (len(walk), walk.running) == (1, True)
    walk.remove(second, places[1])
    assert (len(walk), walk.running) == (0, False)
    loop.run(loop.now + 3 * SECONDS)
    assert (first.looks, second.looks) == ([], [])
    walk.add(first)
    loop.run(loop.now + SECONDS + TURN)
    assert len(first.looks) >= 1


async def test_it_walks_on_a_real_loop() -> None:
    walk, seen = Rounds(0.05), asyncio.Event()

    class Guest:
        def look(self, now: float) -> None:
            assert now <= asyncio.get_running_loop().time()
            seen.set()

    guest = Guest()
    place = walk.add(guest)
    await asyncio.wait_for(seen.wait(), 10)
    walk.remove(guest, place)
