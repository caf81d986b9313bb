"""History: what happened at one station over a window. One call per station and window, or per page."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from floorgraph.model.alarm import Alarm
from floorgraph.model.ids import GlobalId
from floorgraph.model.timeline import ProgramRun, ProgramRunKind, StateInterval, StationKpis, Window
from floorgraph.vendors.coerce import BadRecord, Fields, Shape
from floorgraph.vendors.cwork.abilities import Area
from floorgraph.vendors.cwork.collection import parts
from floorgraph.vendors.cwork.mapping import timeline
from floorgraph.vendors.cwork.mapping.alarm import PAST_ALARM, alarm, distinct
from floorgraph.vendors.cwork.paging import all_pages
from floorgraph.vendors.cwork.payload import Payload
from floorgraph.vendors.cwork.question import Question, alarms, kpi, program_runs, tops
from floorgraph.vendors.cwork.server import Server
from floorgraph.vendors.cwork.states import States
from floorgraph.vendors.failures import Malformed, NotApplicable, NotFound, Unsupported
from floorgraph.vendors.gate import Freshness, Observed

P = TypeVar("P")

NOTHING = (Unsupported, NotApplicable, NotFound)
"""The server has no such function, or the station no such thing: an empty history, no failure."""


class History:
    """The history of one server's stations. A stale answer is a failure: the past has no last known state."""

    def __init__(self, server: Server, states: States) -> None:
        self._server = server
        self._states = states

    async def kpis(self, station_id: str, window: Window, freshness: Freshness) -> StationKpis | None:
        """The key performance indicators of a window (API 1.3). Raises `SourceFailure`."""
        handle = _handle(station_id)
        observed = await self._read(kpi(handle, window, self._server.clock.now()), freshness)
        if observed is None:
            return None
        payload = observed.value.single("Handle", handle)
        try:
            fields = Fields(payload, timeline.KPI, diagnostics=self._server.diagnostics)
        except BadRecord as bad:
            raise Malformed(source=self._server.settings.key, endpoint="kpi", detail=str(bad)) from bad
        return timeline.kpis(fields, window)

    async def alarms(self, station_id: str, window: Window, freshness: Freshness) -> Sequence[Alarm]:
        """The alarms of a window (API 1.6), oldest first. Raises `SourceFailure`."""
        handle = _handle(station_id)
        observed = await self._read(alarms(handle, window, self._server.clock.now()), freshness)
        if observed is None:
            return ()
        frame = self._server.frame(observed)
        read = self._parts(observed.value.elements(), PAST_ALARM, lambda one: alarm(one, frame, int(handle)))
        return distinct(read)

    async def states(self, station_id: str, window: Window, freshness: Freshness) -> Sequence[StateInterval]:
        """The states of a window (API 1.10), oldest first.

        The first one may have begun before the window, and keeps its true beginning.
        Raises `SourceFailure`.
        """
        handle, now = _handle(station_id), self._server.clock.now()
        await self._server.know(Area.STATIONS, freshness=freshness)
        try:
            pages = await all_pages(
                self._server, lambda page: tops(handle, window, now, page), freshness, _identity
            )
        except NOTHING:
            return ()
        if pages.failure is not None:
            raise pages.failure
        read = self._parts(pages.elements, timeline.TOP, timeline.top)
        table = await self._states.table(Freshness(since=freshness.since), {top.state for top in read})
        found = timeline.history(read, table)
        return [one for one in found if one.ended_at is None or one.ended_at > window.start]

    async def program_runs(
        self, station_id: str, kind: ProgramRunKind, window: Window, freshness: Freshness
    ) -> Sequence[ProgramRun]:
        """The programs that ran or were selected (API 1.11), oldest first. Raises `SourceFailure`."""
        question = program_runs(_handle(station_id), kind, window, self._server.clock.now())
        observed = await self._read(question, freshness)
        if observed is None:
            return ()
        elements = observed.value.elements()
        read = self._parts(elements, timeline.RUN, lambda one: timeline.program_run(one, kind))
        return timeline.in_order(read)

    async def _read(self, question: Question, freshness: Freshness) -> Observed[Payload] | None:
        await self._server.know(Area.STATIONS, freshness=freshness)
        try:
            observed = await self._server.read(question, freshness)
        except NOTHING:
            return None
        if observed.failure is not None:
            raise observed.failure
        return observed

    def _parts(self, elements: list[Any], shape: Shape, read: Callable[[Fields], P]) -> list[P]:
        return parts(elements, shape, read, self._server.diagnostics)


def _handle(station_id: str) -> str:
    return GlobalId.parse(station_id).remote


def _identity(item: Any) -> Any:
    """Tops have no identifier of their own: state, start and end make one."""
    if not isinstance(item, dict):
        return None
    return tuple(
        str(item.get(name)) for name in ("topstatehandlefield", "topstartdatefield", "topenddatefield")
    )
