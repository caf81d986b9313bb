"""Machines: which stations there are, from the machine list, the configuration and the tasks."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from floorgraph.model.ids import Kind
from floorgraph.model.record import again
from floorgraph.model.station import Station
from floorgraph.vendors.cloudnest.client import Payload
from floorgraph.vendors.cloudnest.endpoints import DEVICE, DEVICES
from floorgraph.vendors.cloudnest.gateway import Gateway, Question
from floorgraph.vendors.cloudnest.jobs import Jobs
from floorgraph.vendors.cloudnest.mapping.frame import Frame
from floorgraph.vendors.cloudnest.mapping.station import Device, devices, model_of, station
from floorgraph.vendors.cloudnest.settings import MachineSettings
from floorgraph.vendors.continuity import carry_over
from floorgraph.vendors.failures import Forbidden, SourceFailure, Unsupported
from floorgraph.vendors.gate import Freshness, Observed
from floorgraph.vendors.questions import EVERYTHING
from floorgraph.vendors.turns import Steps, mapped

LIST = Question(DEVICES, wanted=3600.0)
DETAIL_LASTS = 24 * 3600.0
DETAILS_PER_POLL = 5


@dataclass(frozen=True, slots=True)
class Machine:
    """A station with the numbers by which the two APIs know it."""

    station: Station
    card: str | None
    gmid: int | None
    welder: bool


@dataclass(frozen=True, eq=False)
class Machines:
    """The machines by station id, in a stable order: configured, then listed, then those of tasks."""

    by_id: Mapping[str, Machine]
    at: datetime
    complete: bool = True
    failure: SourceFailure | None = None

    def cards(self) -> list[str]:
        """All control cards, in a stable order, so that questions for all machines are always the same."""
        return list(self._cards)

    def gmids(self) -> list[int]:
        """All numbers of CloudNest, ascending."""
        return list(self._gmids)

    @cached_property
    def _cards(self) -> list[str]:
        return sorted(machine.card for machine in self.by_id.values() if machine.card is not None)

    @cached_property
    def _gmids(self) -> list[int]:
        return sorted(machine.gmid for machine in self.by_id.values() if machine.gmid is not None)


class MachineList:
    """The machines of one account. `known` is what was read last; it makes no call."""

    def __init__(self, gateway: Gateway, jobs: Jobs) -> None:
        self.known: Machines | None = None
        self._gateway = gateway
        self._jobs = jobs
        self._models: dict[str, str | None] = {}
        self._stations: dict[str, Station] = {}

    async def read(self, freshness: Freshness, *, polled: bool = False) -> Machines:
        """The machines. Raises `SourceFailure` when the machine list is needed and cannot be had."""
        try:
            ask = self._gateway.fresh if polled else self._gateway.read
            observed: Observed[Payload] | None = await ask(LIST, freshness)
        except (Unsupported, Forbidden):
            # What machines there are is then known from the configuration and from tasks.
            observed = None
        if observed is None and not self._gateway.settings.machines and not self._jobs.work.tasks:
            # No list and no configuration: machines are known only by the tasks given to them.
            await self._jobs.select(Kind.JOB, EVERYTHING, freshness)
        gmids = frozenset(self._jobs.work.gmids)
        inputs = (observed.value if observed else None, self._jobs.work, self._models)
        made = await self._gateway.derived.of_many("machines", inputs, lambda: self._made(observed, gmids))
        failure = observed.failure if observed else None
        self.known = made if failure is None else self._stale(made, failure)
        return self.known

    async def poll(self, freshness: Freshness) -> Machines:
        """The machine list afresh, and the details of a few machines that have none yet."""
        machines = await self.read(freshness, polled=True)
        missing = [card for card in machines.cards() if card not in self._models]
        if not missing or not self._gateway.grants.has(DEVICE):
            return machines
        models = dict(self._models)
        for card in missing[:DETAILS_PER_POLL]:
            try:
                observed = await self._gateway.read(_detail(card), freshness)
            except SourceFailure:
                break
            models[card] = model_of(observed.value.value, self._gateway.frame(observed.at))
        self._models = models
        return await self.read(Freshness())

    def _made(self, observed: Observed[Payload] | None, gmids: Iterable[int]) -> Steps[Machines]:
        at = observed.at if observed else self._gateway.clock.now()
        frame = self._gateway.frame(at)
        rows = devices(observed.value.items(), frame) if observed else {}
        rows = {card: replace(row, model=self._models.get(card)) for card, row in rows.items()}
        yield len(rows)
        every = _all(self._gateway.settings.machines, rows, gmids, frame, listed=observed is not None)
        machines = yield from mapped(every, lambda machine: machine)
        stations = carry_over(self._stations, [machine.station for machine in machines])
        self._stations = {one.id: one for one in stations}
        by_id = {
            one.id: replace(machine, station=one) for one, machine in zip(stations, machines, strict=True)
        }
        return Machines(by_id, at)

    def _stale(self, machines: Machines, failure: SourceFailure) -> Machines:
        stale = self._gateway.derived.of(
            "machines, stale",
            (machines,),
            lambda: {
                key: replace(one, station=again(one.station, stale=True))
                for key, one in machines.by_id.items()
            },
        )
        return Machines(stale, machines.at, machines.complete, failure)


def _all(
    configured: Sequence[MachineSettings],
    rows: Mapping[str, Device],
    gmids: Iterable[int],
    frame: Frame,
    *,
    listed: bool,
) -> Iterator[Machine]:
    known: set[int | None] = set()
    for one in configured:
        row = rows.get(one.card_id or "")
        remote = one.gmid if one.gmid is not None else one.card_id
        made = station(remote, one, row, frame)
        # A card that is not in the account's list cannot be asked for.
        card = one.card_id if row or not listed else None
        known.add(one.gmid)
        yield Machine(made, card, one.gmid, bool(row and row.welder))
    mapped = {one.card_id for one in configured}
    for card, row in rows.items():
        if card not in mapped:
            yield Machine(station(card, None, row, frame), card, None, row.welder)
    for gmid in sorted(gmids):
        if gmid not in known:
            yield Machine(station(gmid, None, None, frame), None, gmid, welder=False)


def _detail(card: str) -> Question:
    return Question(DEVICE, {"cardId": card}, wanted=DETAIL_LASTS)
