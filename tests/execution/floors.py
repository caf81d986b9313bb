"""Floors made up at random, with whatever can be wrong about what vendors send."""

# Sources answer the same whatever is asked; dice are for tests alone.
# ruff: noqa: ARG002, S311

import dataclasses
import random
import types
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from typing import Any, Union, get_args, get_origin, get_type_hints

import msgspec

from floorgraph.model.alarm import Alarm
from floorgraph.model.batch import Batch, BatchAction
from floorgraph.model.capacity import DayCapacity
from floorgraph.model.downtime import Downtime
from floorgraph.model.folder import JobFolder
from floorgraph.model.ids import Kind
from floorgraph.model.job import Job
from floorgraph.model.layout import Layout, Placement
from floorgraph.model.order import LineItem, Order
from floorgraph.model.piece import Piece, PieceStep
from floorgraph.model.program import Program, ProgramContent, ProgramVersion
from floorgraph.model.record import Record
from floorgraph.model.source import FeedState
from floorgraph.model.station import LiveStatus, Station
from floorgraph.model.timeline import ProgramRun, ProgramRunKind, StateInterval, StationKpis, Window
from floorgraph.vendors.answers import Answer
from floorgraph.vendors.failures import SourceFailure
from floorgraph.vendors.gate.call import Freshness
from floorgraph.vendors.questions import Part, Where
from tests.support.memory import MemorySource, unreachable

RECORDS: Mapping[Kind, type[Record]] = {
    Kind.STATION: Station,
    Kind.JOB: Job,
    Kind.ORDER: Order,
    Kind.PIECE: Piece,
    Kind.PROGRAM: Program,
    Kind.PROGRAM_VERSION: ProgramVersion,
    Kind.ALARM: Alarm,
    Kind.LAYOUT: Layout,
    Kind.BATCH: Batch,
    Kind.JOB_FOLDER: JobFolder,
}
PARTS: Mapping[Part, type] = {
    Part.PLACEMENTS: Placement,
    Part.BATCH_ACTIONS: BatchAction,
    Part.DOWNTIMES: Downtime,
    Part.PIECE_STEPS: PieceStep,
    Part.LINE_ITEMS: LineItem,
    Part.CAPACITY: DayCapacity,
}
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
TEXTS = ("", "Mill 9", "Mill 10", "Ölpresse", '"quoted"\n')
SOUND = frozenset({"id", "source", "remote_id"})
"""Fields that are right whatever else is wrong: without them a record is none."""


class Odd:
    """Something that is of no type of the schema."""

    def __repr__(self) -> str:
        return "Odd"

    def __str__(self) -> str:
        return "odd"


def wrong(dice: random.Random) -> Any:
    """A value that does not belong where it stands."""
    return dice.choice(
        [
            None,
            True,
            7,
            -0.5,
            2**40,
            float("nan"),
            "7",
            "text",
            b"bytes",
            [None],
            ["a", 1, None],
            (None, 2.5),
            {"a": 1},
            {"x"},
            Odd(),
            NOON,
            Kind.JOB,
            ValueError("a value that is an error"),
            unreachable("north"),
        ]
    )


def value_of(dice: random.Random, hint: Any, wild: float) -> Any:
    """A random value for an annotation."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        chosen = dice.choice(arguments)
        return None if chosen is type(None) else value_of(dice, chosen, wild)
    if origin in (tuple, list):
        items = [value_of(dice, arguments[0], wild) for _ in range(dice.randrange(3))]
        return tuple(items) if origin is tuple else items
    if dataclasses.is_dataclass(hint) or (isinstance(hint, type) and issubclass(hint, msgspec.Struct)):
        return part(dice, hint, wild)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return dice.choice(list(hint))
    simple: dict[Any, Any] = {
        str: dice.choice(TEXTS),
        int: dice.randrange(-3, 100),
        float: dice.choice([0.0, 1.5, 3]),
        bool: dice.random() < 0.5,
        date: NOON.date(),
        datetime: NOON + timedelta(seconds=dice.randrange(5), microseconds=dice.choice([0, 1])),
    }
    return simple.get(hint, {"any": [1, None, "x"]})


def part(dice: random.Random, owner: Any, wild: float, **given: Any) -> Any:
    """A record, a part of one, or a state of a source with random fields, some of them wrong."""
    hints = get_type_hints(owner)
    values: dict[str, Any] = {}
    for name in _names(owner):
        if name in given:
            values[name] = given[name]
        elif name not in SOUND and dice.random() < wild:
            values[name] = wrong(dice)
        elif name.endswith("_id") and name != "remote_id":
            values[name] = some_id(dice, name)
        elif name.endswith("_ids"):
            values[name] = tuple({some_id(dice, name) or "north:job:1" for _ in range(2)})
        else:
            values[name] = value_of(dice, hints[name], wild)
    return owner(**values)


def _names(owner: Any) -> Sequence[str]:
    if dataclasses.is_dataclass(owner):
        return [field.name for field in dataclasses.fields(owner)]
    return [field.name for field in msgspec.structs.fields(owner)]


_KINDS = {
    "alias_of": Kind.PROGRAM,
    "replaced_by": Kind.PIECE,
    "counterpart": Kind.BATCH,
    "folder": Kind.JOB_FOLDER,
    "parent": Kind.JOB,
}


def some_id(dice: random.Random, name: str) -> str | None:
    """The id of a record that may exist, none, or one that nobody can read."""
    word = name.removesuffix("_ids").removesuffix("_id")
    kind = _KINDS.get(word) or Kind(word)
    return dice.choice([None, *(f"{source}:{kind}:{n}" for source in ("north", "south") for n in (1, 2)),
                        f"north:{kind}:99", f"east:{kind}:1", "nonsense"])  # fmt: skip


class WildSource(MemorySource):
    """A source with random contents that answers the same whoever asks in whatever order."""

    def __init__(self, key: str, seed: int, wild: float, failing: float) -> None:
        super().__init__(key)
        self._seed = seed
        self._wild = wild
        self._failing = failing
        dice = random.Random(f"{seed}:{key}")
        for kind, owner in RECORDS.items():
            for number in range(dice.randrange(4)):
                common = {"id": f"{key}:{kind}:{number}", "source": key, "remote_id": str(number)}
                if kind is Kind.STATION:
                    common["live"] = None  # type: ignore[assignment]
                self.records.append(part(dice, owner, wild, **common))

    def _dice(self, *words: object) -> random.Random:
        return random.Random(":".join(map(str, (self._seed, self.key, *words))))

    def _raise_perhaps(self, *words: object) -> None:
        dice = self._dice("failure", *words)
        if dice.random() < self._failing:
            raise dice.choice([unreachable(self.key), unreachable(self.key), RuntimeError("a bug")])

    def feed_states(self) -> list[FeedState]:
        """Feeds to show."""
        return [part(self._dice("feeds"), FeedState, self._wild)]

    async def select(self, kind: Kind, where: Where, freshness: Freshness) -> Answer[Any]:
        self._raise_perhaps(kind, where.by)
        own = [record for record in self.records if record.kind_word is kind and where.admits(record)]
        stale = unreachable(self.key) if self._dice("stale", kind).random() < self._failing else None
        return Answer(items=own, observed_at=NOON, failure=stale)

    async def live(
        self, station_ids: Iterable[str], freshness: Freshness
    ) -> Mapping[str, LiveStatus | SourceFailure]:
        self._raise_perhaps("live")
        found: dict[str, LiveStatus | SourceFailure] = {}
        for key in station_ids:
            dice = self._dice("live", key)
            source, _, remote = key.split(":", 2)
            if dice.random() < self._failing:
                found[key] = unreachable(self.key)
            elif dice.random() < 0.8:
                found[key] = part(dice, LiveStatus, self._wild, id=key, source=source, remote_id=remote)
        return found

    async def current_jobs(self, station_ids: Iterable[str], freshness: Freshness) -> Mapping[str, str]:
        self._raise_perhaps("current jobs")
        ids = {key: some_id(self._dice("current", key), "job_id") for key in station_ids}
        return {key: found for key, found in ids.items() if found is not None}

    async def parts(
        self, part_: Part, owner_ids: Iterable[str], freshness: Freshness
    ) -> Mapping[str, Sequence[Any] | SourceFailure]:
        self._raise_perhaps(part_)
        found: dict[str, Sequence[Any] | SourceFailure] = {}
        for key in owner_ids:
            dice = self._dice(part_, key)
            several = [part(dice, PARTS[part_], self._wild) for _ in range(dice.randrange(3))]
            found[key] = unreachable(self.key) if dice.random() < self._failing else several
        return found

    async def alarms(self, station_id: str, window: Window, freshness: Freshness) -> Sequence[Alarm]:
        return self._some(Alarm, station_id, id="north:alarm:7", source="north", remote_id="7")

    async def state_history(
        self, station_id: str, window: Window, freshness: Freshness
    ) -> Sequence[StateInterval]:
        return self._some(StateInterval, station_id)

    async def kpis(self, station_id: str, window: Window, freshness: Freshness) -> StationKpis | None:
        return next(iter(self._some(StationKpis, station_id)), None)

    async def program_runs(
        self, station_id: str, kind: ProgramRunKind, window: Window, freshness: Freshness
    ) -> Sequence[ProgramRun]:
        return self._some(ProgramRun, station_id, kind)

    async def content(self, version_id: str, freshness: Freshness) -> ProgramContent | None:
        return next(iter(self._some(ProgramContent, version_id)), None)

    async def protocol(self, station_id: str, freshness: Freshness) -> str | None:
        self._raise_perhaps("protocol", station_id)
        dice = self._dice("protocol", station_id)
        return wrong(dice) if dice.random() < self._wild else dice.choice([None, "FTP"])

    def _some(self, owner: Any, *words: object, **given: Any) -> list[Any]:
        self._raise_perhaps(owner.__name__, *words)
        dice = self._dice(owner.__name__, *words)
        return [part(dice, owner, self._wild, **given) for _ in range(dice.randrange(4))]
