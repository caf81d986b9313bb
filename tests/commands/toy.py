"""A source whose answers to commands a test decides, and an engine that writes down what it is told."""

# Its answers do not depend on what it is asked.
# ruff: noqa: ARG002

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from floorgraph.commands.desk import CommandDesk, Sender
from floorgraph.commands.policy import CommandPolicy
from floorgraph.model.command import Command
from floorgraph.model.ids import Kind
from floorgraph.vendors.answers import Image
from floorgraph.vendors.commands import Advance, Result, Review, Settlement, Verdict
from floorgraph.vendors.floor import Floor
from tests.support.deadline import DEADLINE
from tests.support.memory import MemorySource

T = TypeVar("T")

OPERATOR = Sender(name="key:ada", role="operator")
QUICK = CommandPolicy(
    settle_pause=0.01, settle_cap=0.02, patience=0.1, follow_pause=0.01, follow_cap=0.02, settle_limit=5.0
)


class Colour(Enum):
    """A colour."""

    RED = "RED"
    """Red."""
    BLUE = "BLUE"
    """Blue."""


@dataclass(frozen=True, kw_only=True)
class Coat:
    """A coat of paint."""

    kinds: ClassVar[dict[str, Kind]] = {"batch_id": Kind.BATCH}

    batch_id: str | None = None
    """The paint."""
    colour: Colour = Colour.RED
    """The colour of the coat."""
    layers: int = 1
    """How many layers."""


@dataclass(frozen=True, kw_only=True)
class Paint(Command):
    """Paint stations."""

    kinds: ClassVar[dict[str, Kind]] = {"station_ids": Kind.STATION}
    affects: ClassVar[frozenset[Kind]] = frozenset({Kind.STATION})
    returns: ClassVar[Kind | None] = Kind.STATION

    station_ids: tuple[str, ...]
    """The stations."""
    coats: tuple[Coat, ...] = ()
    """The coats, the first one first."""
    remark: str | None = None
    """What people should know."""
    password: str | None = field(default=None, metadata={"secret": True})
    """Opens the paint cupboard."""


@dataclass(frozen=True, kw_only=True)
class Burn(Command):
    """Burn a source down."""

    destructive: ClassVar[bool] = True
    affects: ClassVar[frozenset[Kind]] = frozenset({Kind.STATION})

    source: str
    """The source."""


class Obedient(MemorySource):
    """Does what `script` says, and counts."""

    def __init__(self, key: str = "north") -> None:
        super().__init__(key)
        self.allowed_commands = frozenset({"paint", "burn"})
        self.sent: list[tuple[Command, str]] = []
        self.judged: Review | Exception = Review((), {"colour": "grey"})
        self.result: Result | BaseException = Result(record_ids=[f"{key}:station:1"], after={"colour": "red"})
        self.settlement: Settlement | Exception = Settlement(Verdict.OPEN)
        self.advances: list[Advance | Exception] = []
        self.asked = 0
        self.gate = asyncio.Event()
        self.gate.set()

    async def review(self, command: Command) -> Review:
        return _given(self.judged)

    async def carry_out(self, command: Command, command_id: str) -> Result:
        self.sent.append((command, command_id))
        await self.gate.wait()
        return _given(self.result)

    async def settle(self, command: Command, before: Mapping[str, Any]) -> Settlement:
        self.asked += 1
        assert before == {"colour": "grey"}
        return _given(self.settlement)

    async def follow(self, command: Command, handle: str) -> Advance:
        return _given(self.advances.pop(0) if len(self.advances) > 1 else self.advances[0])

    async def document(self, handle: str) -> Image:
        return Image(b"report " + handle.encode(), "text/plain")


def _given(value: T | BaseException) -> T:
    if isinstance(value, BaseException):
        raise value
    return value


class Told:
    """What the engine was told, in order."""

    def __init__(self) -> None:
        self.words: list[tuple[Any, ...]] = []
        self.renewed: set[str] = set()
        self.open: set[tuple[str, ...]] = set()
        """Commands whose answer is awaited."""

    def expect(self, command_id: str, ids: Iterable[str]) -> None:
        self.words.append(("expect", command_id, *ids))

    def begin(self, command_id: str, source_key: str, kinds: Iterable[Kind]) -> None:
        self.open.add((command_id, source_key, *sorted(kinds)))

    def answered(self, command_id: str) -> None:
        self.open = {one for one in self.open if one[0] != command_id}

    def unexpect(self, command_id: str) -> None:
        self.words.append(("unexpect", command_id))

    def renew(self, command_id: str) -> None:
        self.renewed.add(command_id)

    def burst(self, source_key: str, kinds: Iterable[Kind]) -> None:
        self.words.append(("burst", source_key, *sorted(kinds)))


@asynccontextmanager
async def desk_of(
    *sources: Obedient,
    told: Told | None = None,
    folder: Path | None = None,
    policy: CommandPolicy = QUICK,
    **more: Any,
) -> AsyncIterator[CommandDesk]:
    desk = CommandDesk(
        Floor(sources),
        {"memory": (Paint, Burn)},
        effects=told or Told(),
        policy=policy,
        state_dir=folder,
        **more,
    )
    async with desk.running():
        yield desk


def painted(command_id: str | None = "c1", **rest: Any) -> Paint:
    return Paint(command_id=command_id, **{"station_ids": ("north:station:1",), **rest})


async def until(condition: Callable[[], bool]) -> None:
    """Wait for something that another task does."""
    async with asyncio.timeout(DEADLINE):
        while not condition():  # noqa: ASYNC110  what is waited for is a plain value
            await asyncio.sleep(0.002)
