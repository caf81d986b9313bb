"""Slow probes that keep the status of a source honest while no poll does."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from floorgraph.model.source import SourceCondition, SourceStatus
from floorgraph.model.time import Clock
from floorgraph.vendors.contract import Source
from floorgraph.vendors.failures import SourceFailure
from floorgraph.vendors.floor import Floor
from subscriptions.pause import Pause, Sleep
from subscriptions.policy import EnginePolicy
from subscriptions.polling import phase

log = structlog.get_logger("floorgraph.subscriptions")


def next_probe(
    policy: EnginePolicy, condition: SourceCondition, failures: int, seconds_to_attempt: float, chance: float
) -> float:
    """Seconds until the next probe, after that many failed ones in a row. Pure.

    `seconds_to_attempt` is how long the source itself wants to wait. `chance`
    is uniform over 0..1 and spreads the probes of many sources.
    """
    wait = policy.heartbeat
    if failures:
        wait = min(wait, policy.probe_base * 2.0 ** min(failures - 1, 60))
    if condition.status is SourceStatus.AUTH_REQUIRED:
        wait = max(wait, policy.ladder.auth_pause)
    return max(wait * (0.9 + 0.2 * chance), seconds_to_attempt)


@dataclass(frozen=True, slots=True)
class HeartbeatTools:
    """What heartbeats are lent by their engine."""

    clock: Clock
    sleep: Sleep
    chance: Callable[[], float]
    policy: EnginePolicy
    polled: Callable[[str, float], bool]
    """Whether a source was polled within so many seconds, so that a probe would tell nothing new."""
    probed: Callable[[str], None]
    """Called with the source key after every probe, whatever came of it."""


class Heartbeats:
    """One heartbeat for each source."""

    def __init__(self, floor: Floor, tools: HeartbeatTools) -> None:
        self._floor = floor
        self._tools = tools
        self._pauses = {source.key: Pause(tools.sleep) for source in floor}
        self._heard: set[str] = set()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._group: asyncio.TaskGroup | None = None

    def open(self, group: asyncio.TaskGroup) -> None:
        """Start beating, in this group."""
        self._group = group
        for index, source in enumerate(self._floor):
            self._start(group, source, phase(index))

    def add(self, source: Source) -> None:
        """One more source: its first probe is sent at once."""
        self._pauses[source.key] = Pause(self._tools.sleep)
        if self._group is not None:
            self._start(self._group, source, 0.0)

    def remove(self, key: str) -> None:
        """One source less."""
        self._heard.discard(key)
        self._pauses.pop(key, None)
        task = self._tasks.pop(key, None)
        if task is not None:
            task.cancel()

    def _start(self, group: asyncio.TaskGroup, source: Source, place: float) -> None:
        self._tasks[source.key] = group.create_task(self._beat(source, place), name=f"heartbeat {source.key}")

    def heard(self, key: str) -> bool:
        """Whether it is known what the source can do, or at least that it did not answer."""
        return key in self._heard

    def hurry(self) -> None:
        """Beat now."""
        for pause in self._pauses.values():
            pause.wake()

    async def _beat(self, source: Source, place: float) -> None:
        tools, pause = self._tools, self._pauses[source.key]
        await tools.sleep(place * tools.policy.ladder.start_spread)
        failures, apart = 0, tools.policy.heartbeat
        while True:
            if not tools.polled(source.key, apart):
                failures = 0 if await self._probe(source) else failures + 1
            else:
                failures = 0
            self._heard.add(source.key)
            tools.probed(source.key)
            delay, apart = self._pace(source, failures)
            await pause.wait(delay)

    def _pace(self, source: Source, failures: int) -> tuple[float, float]:
        """Seconds until the next probe, and how far apart probes are at most while they succeed.

        Polls that come as often as that make probes needless, such as those
        that try credentials again that were refused.
        """
        policy = self._tools.policy
        try:
            condition = source.condition()
        except Exception:
            log.exception("condition unknown", source=source.key)
            return policy.heartbeat, policy.heartbeat
        attempt = condition.next_attempt_at
        left = 0.0 if attempt is None else (attempt - self._tools.clock.now()).total_seconds()
        delay = next_probe(policy, condition, failures, left, self._tools.chance())
        return delay, next_probe(policy, condition, 0, 0.0, 1.0)

    async def _probe(self, source: Source) -> bool:
        try:
            async with asyncio.timeout(self._tools.policy.poll_deadline):
                await source.probe()
        except (SourceFailure, TimeoutError):
            # The source's condition tells it; saying it here again would be noise.
            return False
        except Exception:
            log.exception("probe broken", source=source.key)
            return False
        return True
