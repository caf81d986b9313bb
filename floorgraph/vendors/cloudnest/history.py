"""History: the states and figures of one machine over a span of time. One call each, two for figures."""

from collections.abc import Sequence
from typing import Any

from floorgraph.model.timeline import StateInterval, StationKpis, Window
from floorgraph.vendors.cloudnest.client import Payload
from floorgraph.vendors.cloudnest.endpoints import DAILY_ALARM_TIME, STATISTICS, TIME_PERIODS
from floorgraph.vendors.cloudnest.gateway import Gateway, Question
from floorgraph.vendors.cloudnest.live import Live
from floorgraph.vendors.cloudnest.machines import MachineList
from floorgraph.vendors.cloudnest.mapping.timeline import kpis, periods, whole_days
from floorgraph.vendors.failures import Forbidden, NotApplicable, NotFound, Unsupported
from floorgraph.vendors.gate import Freshness, Observed

LASTS = 300.0
WRITTEN = "%Y-%m-%d %H:%M:%S"
NOTHING = (Unsupported, NotApplicable, NotFound)


class History:
    """The history of one account's machines. A stale answer is a failure: the past has no last known one."""

    def __init__(self, gateway: Gateway, machines: MachineList, live: Live) -> None:
        self._gateway = gateway
        self._machines = machines
        self._live = live

    async def states(self, station_id: str, window: Window, freshness: Freshness) -> Sequence[StateInterval]:
        """The states of a window, oldest first. Raises `SourceFailure`."""
        now = self._gateway.vendor_now()
        found = await self.periods(station_id, window, freshness)
        if found and found[-1].ongoing and window.end >= now and found[-1].started_at > window.start:
            self._live.learn_since(station_id, found[-1].state.status, found[-1].started_at)
        return found

    async def periods(self, station_id: str, window: Window, freshness: Freshness) -> Sequence[StateInterval]:
        """As `states`, without conclusions about the present. Raises `SourceFailure`."""
        card = await self._card(station_id, freshness)
        if card is None:
            return ()
        now = self._gateway.vendor_now()
        frame = self._gateway.frame(now, machines=True)
        end = min(window.end, now)
        if end <= window.start:
            # By the gateway's clock the window lies in the future, and to ask for it is an error there.
            return ()
        body = {
            "cardId": card,
            "startTime": window.start.astimezone(frame.zone).strftime(WRITTEN),
            "endTime": end.astimezone(frame.zone).strftime(WRITTEN),
        }
        observed = await self._ask(Question(TIME_PERIODS, body, LASTS), freshness)
        if observed is None:
            return ()
        # What ends where the question ended lasts, unless the question was about the past.
        asked_at = end if window.end >= now else now
        return periods(observed.value.items(), self._gateway.frame(observed.at, machines=True), asked_at)

    async def kpis(self, station_id: str, window: Window, freshness: Freshness) -> StationKpis | None:
        """The figures of the whole days that a window touches. Raises `SourceFailure`."""
        card = await self._card(station_id, freshness)
        if card is None:
            return None
        now = self._gateway.vendor_now()
        frame = self._gateway.frame(now, machines=True)
        first, last, span = whole_days(window, now, frame)
        body = {"cardId": card, "startDate": first, "endDate": last}
        observed = await self._ask(Question(STATISTICS, body, LASTS), freshness)
        if observed is None:
            return None
        alarm_days: list[Any] = []
        if self._gateway.grants.has(DAILY_ALARM_TIME):
            try:
                answer = await self._ask(Question(DAILY_ALARM_TIME, body, LASTS), freshness)
                alarm_days = answer.value.items() if answer else []
            except Forbidden:
                alarm_days = []
        return kpis(observed.value.value, alarm_days, span, frame)

    async def _card(self, station_id: str, freshness: Freshness) -> str | None:
        machines = await self._machines.read(Freshness(since=freshness.since))
        machine = machines.by_id.get(station_id)
        return machine.card if machine else None

    async def _ask(self, question: Question, freshness: Freshness) -> Observed[Payload] | None:
        try:
            observed = await self._gateway.read(question, freshness)
        except NOTHING:
            return None
        if observed.failure is not None:
            raise observed.failure
        return observed
