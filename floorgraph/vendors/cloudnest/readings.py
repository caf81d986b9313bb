"""Readings: what is asked machine by machine, alarms and cutting, and only when its state calls for it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from floorgraph.model.alarm import Alarm
from floorgraph.vendors.cloudnest.endpoints import CURRENT_ALARMS, CURRENT_WORK, CUT_STATE
from floorgraph.vendors.cloudnest.gateway import Gateway, Question
from floorgraph.vendors.cloudnest.machines import Machine
from floorgraph.vendors.cloudnest.mapping.alarm import alarms
from floorgraph.vendors.cloudnest.mapping.cutting import NOTHING, Cutting, cutting, work
from floorgraph.vendors.cloudnest.mapping.state import ALARMING, PAUSED, STOPPED, WORKING
from floorgraph.vendors.continuity import carry_over
from floorgraph.vendors.failures import NotApplicable, NotFound, Unsupported
from floorgraph.vendors.gate import Freshness

PROGRESS_WANTED, ALARMS_WANTED = 30.0, 60.0
INTERRUPTED = frozenset({PAUSED, STOPPED, ALARMING})
"""States in which the sheet at hand waits."""
SILENT = (NotApplicable, NotFound, Unsupported)
"""Failures that are answers about one machine."""


@dataclass(slots=True)
class Reading:
    """What was last read of one machine."""

    cutting: Cutting = NOTHING
    alarms: tuple[Alarm, ...] | None = None
    read_at: float = float("-inf")


@dataclass(slots=True)
class Readings:
    """The readings of one account, by station id."""

    gateway: Gateway
    version: object = field(default_factory=object)
    _kept: dict[str, Reading] = field(default_factory=dict)

    def of(self, machine: Machine, word: str) -> Reading:
        """What is known of a machine in this state."""
        kept = self._kept.get(machine.station.id, Reading())
        known = kept.alarms if word == ALARMING else ()
        if word == WORKING:
            return Reading(kept.cutting, known)
        if word in INTERRUPTED:
            return Reading(Cutting(kept.cutting.file, kept.cutting.progress), known)
        return Reading(NOTHING, known)

    def turned(self, machine: Machine, word: str) -> None:
        """A machine's state has changed: what was read of the one before does not count any more."""
        kept = self._kept.get(machine.station.id)
        if kept is None:
            return
        if word != ALARMING:
            kept.alarms = None
        if word != WORKING and word not in INTERRUPTED:
            kept.cutting = NOTHING
        self.version = object()

    def next(self, machines: Iterable[Machine]) -> list[Machine]:
        """Those of the machines that one question can ask for, the ones read longest ago first."""
        ranked = sorted(machines, key=lambda one: (self._reading(one).read_at, one.station.id))
        return ranked[: self.gateway.settings.calls_per_question]

    async def read_cutting(
        self, machines: Sequence[Machine], freshness: Freshness, *, polled: bool = False
    ) -> None:
        """Progress and measured values of working machines, a call for each. Raises `SourceFailure`."""
        for machine in machines:
            name = CURRENT_WORK if machine.welder else CUT_STATE
            question = Question(name, {"cardId": machine.card}, PROGRESS_WANTED, len(machines))
            read = self.gateway.fresh if polled else self.gateway.read
            try:
                observed = await read(question, freshness)
            except SILENT:
                self._reading(machine).cutting = NOTHING
                continue
            frame = self.gateway.frame(observed.at, machines=True)
            found = (work if machine.welder else cutting)(observed.value.value, frame)
            self._took(machine, cutting=found)

    async def read_alarms(
        self, machines: Sequence[Machine], freshness: Freshness, *, polled: bool = False
    ) -> None:
        """The alarms that stand at machines, a call for each. Raises `SourceFailure`."""
        for machine in machines:
            question = Question(CURRENT_ALARMS, {"cardId": machine.card}, ALARMS_WANTED, len(machines))
            read = self.gateway.fresh if polled else self.gateway.read
            try:
                observed = await read(question, freshness)
            except SILENT:
                continue
            frame = self.gateway.frame(observed.at, machines=True)
            before = {one.id: one for one in self._reading(machine).alarms or ()}
            found = alarms(observed.value.items(), machine.station.remote_id, frame)
            self._took(machine, alarms=tuple(carry_over(before, found)))

    def _took(
        self, machine: Machine, *, cutting: Cutting | None = None, alarms: tuple[Alarm, ...] | None = None
    ) -> None:
        kept = self._reading(machine)
        if cutting is not None and cutting != kept.cutting:
            kept.cutting, self.version = cutting, object()
        if alarms is not None and alarms != kept.alarms:
            kept.alarms, self.version = alarms, object()
        kept.read_at = self.gateway.clock.monotonic()

    def _reading(self, machine: Machine) -> Reading:
        return self._kept.setdefault(machine.station.id, Reading())
