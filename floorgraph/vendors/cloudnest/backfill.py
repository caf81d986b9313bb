"""Backfill: the states that machines went through between two looks, from `time_periods`.

The quota puts minutes between two looks at the machines. What lies in between
takes a call for each machine, so it is asked only where a state was seen to
change and the day's calls have something to spare.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from floorgraph.model.record import Record, again
from floorgraph.model.station import LiveStatus, Station, StationState, StationStatus
from floorgraph.model.timeline import StateInterval, Window
from floorgraph.vendors.answers import Step
from floorgraph.vendors.cloudnest.endpoints import TIME_PERIODS
from floorgraph.vendors.cloudnest.gateway import Gateway
from floorgraph.vendors.cloudnest.history import History
from floorgraph.vendors.cloudnest.pace import GENEROUS
from floorgraph.vendors.failures import SourceFailure
from floorgraph.vendors.gate import Freshness

GAP = timedelta(seconds=30)
"""Time between two looks at a machine from which on more may have happened than was seen."""
OUTAGE = timedelta(minutes=10)
"""Time between two looks from which on the history is asked even where the state is the same again."""
MOST_STATES = 20
"""States of one machine that are filled in at most, the latest ones."""
GRAIN = timedelta(seconds=2)
"""How exactly the vendor's times can be placed: they have whole seconds, and so has what its clock says."""
SHEET_AT_HAND = frozenset({StationStatus.RUNNING, StationStatus.PAUSED, StationStatus.FAULT})


class Backfill:
    """Fills in what polls missed of one account's machines."""

    def __init__(self, gateway: Gateway, history: History) -> None:
        self._gateway = gateway
        self._history = history

    async def stations(self, steps: Sequence[Step], freshness: Freshness) -> Mapping[str, Sequence[Record]]:
        """The stations as they were in between, by id, oldest first; nothing where the quota is short.

        One machine after the other: what fails ends it, and what was told until then counts.
        """
        found: dict[str, Sequence[Record]] = {}
        for step in steps:
            window = _window(step)
            if window is None:
                continue
            if self._gateway.affordable(TIME_PERIODS) > GENEROUS:
                break
            try:
                intervals = await self._history.periods(step.after.id, self._by_vendor(window), freshness)
            except SourceFailure:
                break
            found[step.after.id] = [_as_it_was(step, one) for one in between(step, self._by_us(intervals))]
        return found

    def _by_vendor(self, window: Window) -> Window:
        ahead = self._ahead
        return Window(window.start + ahead, window.end + ahead)

    def _by_us(self, intervals: Sequence[StateInterval]) -> list[StateInterval]:
        ahead = self._ahead
        return [
            again(one, started_at=one.started_at - ahead, ended_at=one.ended_at and one.ended_at - ahead)
            for one in intervals
        ]

    @property
    def _ahead(self) -> timedelta:
        """How far the gateway's clock, by which periods are told, is ahead of ours."""
        return self._gateway.vendor_now() - self._gateway.clock.now()


def between(step: Step, intervals: Sequence[StateInterval]) -> list[StateInterval]:
    """The states between two looks, without the two that were seen, oldest first.

    The first one began before the earlier look. The last one is what the later look saw: the latest
    of its status, or the very last where periods have another word for it (there is none for STOP).
    """
    earlier, later = _live(step.before), _live(step.after)
    if earlier is None or later is None or later.state is None:
        return []
    inside = [
        one for one in intervals if earlier.observed_at + GRAIN < one.started_at <= later.observed_at + GRAIN
    ]
    seen = [index for index, one in enumerate(inside) if one.state.status is later.state.status]
    return inside[: seen[-1] if seen else -1][-MOST_STATES:]


def _window(step: Step) -> Window | None:
    """From the earlier look to the later one, if more may lie in between."""
    before, after = _live(step.before), _live(step.after)
    if before is None or after is None or before.state is None or after.state is None:
        return None
    gap = after.observed_at - before.observed_at
    changed = before.state.name != after.state.name
    return Window(before.observed_at, after.observed_at) if gap > (GAP if changed else OUTAGE) else None


def _as_it_was(step: Step, interval: StateInterval) -> Record:
    """The station as first known, in that state, with what can have been true in it."""
    before, live = step.before, _live(step.before)
    if not isinstance(before, Station) or live is None:
        raise TypeError("Only stations with a live status have states in between.")
    status, at = interval.state.status, interval.started_at
    at_hand = status in SHEET_AT_HAND
    then = again(
        live,
        state=_dated(interval.state, at),
        alarms=None if status is StationStatus.FAULT else (),
        progress=live.progress if at_hand else None,
        running_program=live.running_program if at_hand else None,
        laser=live.laser if status is StationStatus.RUNNING else None,
        updated_at=at,
        raw=None,
    )
    return again(before, live=then, updated_at=at, observed_at=step.after.observed_at)


def _dated(state: StationState, since: datetime) -> StationState:
    return again(state, since=since, since_approximate=False)


def _live(record: Record) -> LiveStatus | None:
    return record.live if isinstance(record, Station) else None
