import asyncio
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from floorgraph.server.access import session as sessions
from floorgraph.server.access.curfew import Curfew
from floorgraph.server.access.identity import anonymous
from floorgraph.server.access.session import Session
from floorgraph.settings import Role
from tests.support.deadline import DEADLINE

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


@dataclass
class WallClock:
    """Stands still unless it is set."""

    at: datetime = NOON

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        return 0.0


class Socket:
    """A session with a curfew, and whether that ended it."""

    def __init__(self) -> None:
        self.clock = WallClock()
        self.session = Session("192.0.2.1", self.clock)
        self.ended = asyncio.Event()
        self.ends = 0
        self.curfew = Curfew(self.session, self.end)

    async def end(self) -> None:
        self.ends += 1
        self.ended.set()

    async def wait(self) -> None:
        await asyncio.wait_for(self.ended.wait(), DEADLINE)


async def test_a_session_that_is_revoked_ends_once() -> None:
    socket = Socket()
    socket.session.begin(anonymous(Role.VIEWER))
    assert socket.ends == 0
    socket.session.revoke()
    socket.session.revoke()
    await socket.wait()
    await socket.curfew.lift()
    assert socket.ends == 1


async def test_a_session_ends_when_its_time_has_come_by_the_wall_clock() -> None:
    socket = Socket()
    socket.session.begin(replace(anonymous(Role.VIEWER), expires=NOON + timedelta(seconds=0.05)))
    # The timer comes and the clock was set back: it is looked again when it is due by the clock.
    await asyncio.sleep(0.1)
    assert socket.ends == 0
    socket.clock.at = NOON + timedelta(seconds=1)
    await socket.wait()
    await socket.curfew.lift()


async def test_who_comes_too_late_ends_at_once_and_who_has_no_end_never() -> None:
    late, endless = Socket(), Socket()
    late.session.begin(replace(anonymous(Role.VIEWER), expires=NOON))
    endless.session.begin(anonymous(Role.VIEWER))
    await late.wait()
    assert endless.ends == 0
    for socket in (late, endless):
        await socket.curfew.lift()


async def test_nothing_ends_what_has_ended_by_itself() -> None:
    socket = Socket()
    socket.session.begin(replace(anonymous(Role.VIEWER), expires=NOON + timedelta(seconds=0.02)))
    await socket.curfew.lift()
    socket.clock.at = NOON + timedelta(days=1)
    socket.session.revoke()
    await asyncio.sleep(0.05)
    assert socket.ends == 0


@pytest.mark.parametrize("hours", [2, 5000])
async def test_a_clock_that_jumps_ahead_ends_what_is_over_by_then(
    hours: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Machines are suspended, and clocks are set right; timers hear of neither."""
    monkeypatch.setattr(sessions, "LOOK_SECONDS", 0.1)
    socket = Socket()
    socket.session.begin(replace(anonymous(Role.VIEWER), expires=NOON + timedelta(hours=1)))
    stream = asyncio.create_task(socket.session.ended())
    await asyncio.sleep(0.2)
    assert socket.ends == 0
    assert not stream.done()
    socket.clock.at = NOON + timedelta(hours=hours)
    await socket.wait()
    await asyncio.wait_for(stream, DEADLINE)
    await socket.curfew.lift()


def test_sessions_are_looked_at_once_in_a_while_and_at_their_end_but_not_all_together() -> None:
    def wait(seconds: float) -> float | None:
        session = Session("192.0.2.1", WallClock())
        session.begin(replace(anonymous(Role.VIEWER), expires=NOON + timedelta(seconds=seconds)))
        return session.wait()

    assert [wait(seconds) for seconds in (-5, 0, 1, 20)] == [-5, 0, 1, 20]
    found = [wait(3600) or 0 for _ in range(100)]
    assert min(found) >= sessions.LOOK_SECONDS / 2
    assert max(found) <= sessions.LOOK_SECONDS
    assert len(set(found)) > 50
    assert all((wait(40) or 0) <= 40 for _ in range(100))
