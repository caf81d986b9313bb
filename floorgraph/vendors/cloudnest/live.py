"""Live statuses: the states of all machines in one call per 50, and what is read of single ones."""

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from floorgraph.model.alarm import Alarm
from floorgraph.model.ids import Kind
from floorgraph.model.record import again
from floorgraph.model.station import LiveStatus, Station
from floorgraph.vendors.cloudnest.client import Payload
from floorgraph.vendors.cloudnest.endpoints import DEVICE_STATES
from floorgraph.vendors.cloudnest.gateway import Gateway, Question
from floorgraph.vendors.cloudnest.machines import Machine, MachineList, Machines
from floorgraph.vendors.cloudnest.mapping.state import (
    ALARMING,
    NO_CARD,
    NOT_GRANTED,
    NOT_REPORTED,
    WORKING,
    device_state,
    silent,
)
from floorgraph.vendors.cloudnest.plan import chunks
from floorgraph.vendors.cloudnest.readings import Readings
from floorgraph.vendors.coerce import BadRecord, Shape
from floorgraph.vendors.continuity import carried
from floorgraph.vendors.failures import Forbidden, SourceFailure, Unsupported
from floorgraph.vendors.gate import Freshness, Observed
from floorgraph.vendors.turns import TURNS, Steps

STATE = Shape("device state", expected=("cardId", "deviceState"), identity="cardId")
STATES_WANTED = 10.0
UNITS = 3
"""The units of work that one live status takes, about."""


@dataclass(frozen=True, slots=True)
class Word:
    """The vendor's word for what a machine does, and since when it is seen to do so."""

    word: str
    since: datetime | None
    at: datetime
    stale: bool = False
    seen: bool = True
    """Whether `since` is when we saw it begin, rather than what the machine's history says."""


class Live:
    """What the machines of one account report."""

    def __init__(self, gateway: Gateway, machines: MachineList, readings: Readings) -> None:
        self._gateway = gateway
        self._machines = machines
        self._readings = readings
        self._words: dict[str, Word] = {}
        self._failures: dict[str, SourceFailure] = {}
        self._seen: dict[str, LiveStatus] = {}
        self.at: datetime | None = None
        self.version = object()
        """Another one whenever a machine may be in another state than before."""

    async def read(
        self, ids: Iterable[str] | None, freshness: Freshness, *, polled: bool = False
    ) -> Machines:
        """See to it that the states of these stations, or of all, are as fresh as asked.

        Raises `SourceFailure` only when `polled` and something is not had afresh, or without machines.
        """
        machines = await self._machines.read(Freshness(since=freshness.since))
        cards = machines.cards()
        wanted = None if ids is None else {one.card for i in ids if (one := machines.by_id.get(i))}
        for chunk in chunks(cards, self._gateway.settings.chunk):
            if wanted is None or wanted.intersection(chunk):
                await self._read(chunk, machines, freshness, polled=polled)
        return machines

    async def statuses(
        self, machines: Machines, ids: Iterable[str] | None = None
    ) -> dict[str, LiveStatus | SourceFailure]:
        """What is known of these machines, or of all; makes no call."""
        by_id = machines.by_id
        wanted = by_id if ids is None else {key: by_id[key] for key in ids if key in by_id}
        return await TURNS.through(self._statuses(wanted))

    def _statuses(self, machines: Mapping[str, Machine]) -> Steps[dict[str, LiveStatus | SourceFailure]]:
        found: dict[str, LiveStatus | SourceFailure] = {}
        for key, machine in machines.items():
            if key in self._words or machine.card is None or key not in self._failures:
                live = carried(self._seen, self._status(machine))
                found[live.id] = self._seen[live.id] = live
            else:
                found[key] = self._failures[key]
            yield UNITS
        return found

    async def detailed(
        self, lives: Mapping[str, LiveStatus], freshness: Freshness
    ) -> Mapping[str, LiveStatus | SourceFailure]:
        """Live statuses with alarms of alarming machines and the cutting of working ones."""
        machines = await self._machines.read(Freshness(since=freshness.since))
        asked = [machines.by_id[key] for key in lives if key in machines.by_id]
        failures: dict[str, SourceFailure] = {}
        for word, read in (
            (ALARMING, self._readings.read_alarms),
            (WORKING, self._readings.read_cutting),
        ):
            for machine in self._readings.next(self.in_state(word, asked)):
                try:
                    await read((machine,), freshness)
                except (Unsupported, Forbidden):
                    break
                except SourceFailure as failure:
                    failures[machine.station.id] = failure
        known = await self.statuses(machines, lives)
        return {key: failures.get(key) or known.get(key, live) for key, live in lives.items()}

    def in_state(self, word: str, machines: Iterable[Machine]) -> list[Machine]:
        """Those of the machines that are in a state, as last known."""
        return [
            one
            for one in machines
            if one.card is not None
            and (known := self._words.get(one.station.id)) is not None
            and known.word == word
        ]

    def alarms(self, machines: Machines) -> list[Alarm]:
        """The alarms that are known to stand; makes no call."""
        return [
            alarm
            for machine in self.in_state(ALARMING, machines.by_id.values())
            for alarm in self._readings.of(machine, ALARMING).alarms or ()
        ]

    async def stations(self, machines: Machines) -> list[Station]:
        """The stations with what is known of them pinned to them; makes no call."""
        known = await self.statuses(machines)
        return [_pinned(machine.station, known.get(key)) for key, machine in machines.by_id.items()]

    def learn_since(self, station_id: str, word_status: object, since: datetime) -> None:
        """The beginning of a state, told by a machine's history."""
        known = self._words.get(station_id)
        if known is None:
            return
        state = device_state(known.word, known.since, self._gateway.diagnostics)
        if state.status is word_status:
            self._words[station_id] = dataclasses.replace(known, since=since, seen=False)

    async def _read(
        self, chunk: Sequence[str], machines: Machines, freshness: Freshness, *, polled: bool
    ) -> None:
        calls = len(chunks(machines.cards(), self._gateway.settings.chunk))
        question = Question(DEVICE_STATES, {"cardIds": list(chunk)}, STATES_WANTED, calls)
        asked = frozenset(chunk)
        concerned = {one.card: one for one in machines.by_id.values() if one.card in asked}
        ask = self._gateway.fresh if polled else self._gateway.read
        try:
            observed = await ask(question, freshness)
        except (Unsupported, Forbidden):
            # An answer about all machines: nothing is known of them, and the capabilities say why.
            self.version = object()
            for machine in concerned.values():
                self._words.pop(machine.station.id, None)
                self._failures.pop(machine.station.id, None)
            if polled:
                raise
            return
        except SourceFailure as failure:
            for machine in concerned.values():
                self._failed(machine, failure)
            if polled:
                raise
            return
        self.at = observed.at
        words = self._gateway.derived.of(
            f"states {chunk[0]}", (observed.value,), lambda: self._mapped(observed)
        )
        for card, machine in concerned.items():
            self._take(machine, words.get(card or ""), observed.at, stale=observed.failure is not None)

    def _mapped(self, observed: Observed[Payload]) -> dict[str, str]:
        frame = self._gateway.frame(observed.at, machines=True)
        found: dict[str, str] = {}
        for payload in observed.value.items():
            try:
                fields = frame.fields(payload, STATE)
                found[fields.text("cardId", required=True)] = fields.text("deviceState", required=True)
            except BadRecord as bad:
                frame.diagnostics.drift(bad.payload, bad.field or "*", "unreadable")
        return found

    def _take(self, machine: Machine, word: str | None, at: datetime, *, stale: bool) -> None:
        key = machine.station.id
        self._failures.pop(key, None)
        before = self._words.get(key)
        if word != (before and before.word):
            self.version = object()
        if word is None:
            self._words.pop(key, None)
            return
        if before is None or before.word != word:
            self._readings.turned(machine, word)
            # The first sight of a machine says nothing about when its state began; a change does.
            self._words[key] = Word(word, None if before is None else at, at, stale)
        else:
            self._words[key] = dataclasses.replace(before, at=at, stale=stale)

    @property
    def _silence(self) -> str:
        return NOT_REPORTED if self._gateway.grants.has(DEVICE_STATES) else NOT_GRANTED

    def _failed(self, machine: Machine, failure: SourceFailure) -> None:
        known = self._words.get(machine.station.id)
        if known is not None:
            self._words[machine.station.id] = dataclasses.replace(known, stale=True)
        self._failures[machine.station.id] = failure

    def _status(self, machine: Machine) -> LiveStatus:
        remote, known = machine.station.remote_id, self._words.get(machine.station.id)
        at = known.at if known else self.at or machine.station.observed_at
        frame = self._gateway.frame(at, machines=True)
        if known is None:
            reason = NO_CARD if machine.card is None else self._silence
            return LiveStatus(**frame.common(Kind.STATION, remote, None), state=silent(reason))
        reading = self._readings.of(machine, known.word)
        live = LiveStatus(
            **frame.common(Kind.STATION, remote, {"cardId": machine.card, "deviceState": known.word}),
            state=device_state(known.word, known.since, self._gateway.diagnostics, seen=known.seen),
            alarms=reading.alarms,
            running_program=reading.cutting.file,
            progress=reading.cutting.progress,
            laser=reading.cutting.laser,
        )
        live.stale = known.stale
        return live


def _pinned(station: Station, live: LiveStatus | SourceFailure | None) -> Station:
    """A station with its live status; it last changed when either of them did."""
    if not isinstance(live, LiveStatus):
        return station
    return again(
        station,
        live=live,
        observed_at=max(station.observed_at, live.observed_at),
        updated_at=max(station.updated_at, live.updated_at),
        stale=station.stale or live.stale,
    )
