"""Backfill: the states that a station went through between two polls, from `/tops` (API 1.10)."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from floorgraph.model.record import Record, again
from floorgraph.model.station import Station, StationState
from floorgraph.model.timeline import StateInterval, Window
from floorgraph.vendors.answers import Step
from floorgraph.vendors.cwork.history import History
from floorgraph.vendors.gate import Freshness

GAP = timedelta(seconds=30)
"""Time between two looks at a station from which on its history is asked whether more happened."""
MOST_STATES = 20
"""States of one station that are filled in at most, the latest ones."""


class Backfill:
    """Fills in what polls missed.

    A station's `LastTop` is the beginning of its present state. Where it
    moved on although the state is the same, something was missed for
    certain; where long was not looked, perhaps. Other changes are taken as
    they are, for a call for each of them would cost more than it tells.
    """

    def __init__(self, history: History) -> None:
        self._history = history

    async def stations(self, steps: Sequence[Step], freshness: Freshness) -> Mapping[str, Sequence[Record]]:
        """The stations as they were in between, by id, oldest first. Raises `SourceFailure`."""
        asked = [(step, span) for step in steps if (span := _span(step)) is not None]
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(self._history.states(step.after.id, Window(*span), freshness))
                for step, span in asked
            ]
        return {
            step.after.id: _between(step, span, task.result())
            for (step, span), task in zip(asked, tasks, strict=True)
        }


def _span(step: Step) -> tuple[datetime, datetime] | None:
    """From the beginning of the earlier state to that of the later one, if more may lie in between."""
    before, after = _state_of(step.before), _state_of(step.after)
    if before is None or after is None or before.since is None or after.since is None:
        return None
    if after.since <= before.since:
        return None
    jumped = before.remote_id == after.remote_id
    long = after.since - step.before.observed_at > GAP
    return (before.since, after.since) if jumped or long else None


def _between(step: Step, span: tuple[datetime, datetime], found: Sequence[StateInterval]) -> list[Record]:
    start, end = span
    inside = [one for one in found if start < one.started_at < end]
    return [_as_it_was(step, interval) for interval in inside[-MOST_STATES:]]


def _as_it_was(step: Step, interval: StateInterval) -> Record:
    """The station as first known, in that state."""
    station = step.before
    if not isinstance(station, Station) or station.live is None:
        raise TypeError("Only stations with a live status have a span.")
    live = again(station.live, state=interval.state, updated_at=interval.started_at, raw=None)
    return again(station, live=live, updated_at=interval.started_at, observed_at=step.after.observed_at)


def _state_of(record: Record) -> StationState | None:
    return record.live.state if isinstance(record, Station) and record.live is not None else None
