"""What every vendor adapter offers: the `Source`, its answers, and the `Manifest` that registers it.

Reads never wait for each other and never raise anything but `SourceFailure`.
A source without a counterpart for something answers with nothing and says so
in `capabilities()`; the defaults below do exactly that, so that an adapter
writes only what its vendor has. All ids here are global ids as text.
"""

# The defaults answer nothing, whatever they are asked.
# ruff: noqa: ARG002

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from floorgraph.model.alarm import Alarm
from floorgraph.model.command import Command, OperationStatus
from floorgraph.model.ids import Kind
from floorgraph.model.program import ProgramContent
from floorgraph.model.record import Record
from floorgraph.model.source import BudgetState, Capability, CapabilityState, Feed, SourceCondition
from floorgraph.model.station import LiveStatus
from floorgraph.model.time import Clock, SystemClock
from floorgraph.model.timeline import ProgramRun, ProgramRunKind, StateInterval, StationKpis, Window
from floorgraph.vendors.answers import Answer, AssumptionNote, Image, Listing, PlanLine, ResourcePage, Step
from floorgraph.vendors.commands import Advance, Result, Review, Settlement, Verdict
from floorgraph.vendors.diagnostics import Diagnostics
from floorgraph.vendors.failures import SourceFailure, Unsupported
from floorgraph.vendors.gate.call import Freshness
from floorgraph.vendors.gate.tally import Traffic
from floorgraph.vendors.handling import Handler
from floorgraph.vendors.pricing import Ask, Price, Read, one_by_one
from floorgraph.vendors.questions import Part, Where
from floorgraph.vendors.source_settings import SourceSettings

Ahead = Coroutine[Any, Any, None]
"""A question that is asked before its answer is needed."""


class Source(ABC):
    """One configured vendor server."""

    vendor: str
    """The vendor's key, such as the name of its folder."""
    backfilled: ClassVar[frozenset[Kind]] = frozenset()
    """Kinds of records that `backfill` knows a history of."""

    def __init__(self, settings: SourceSettings, tools: "SourceTools") -> None:
        self.key = settings.key
        self.title = settings.title or settings.key
        self.clock = tools.clock
        self.allowed_commands = settings.commands
        """Names of the commands that the configuration allows for this source."""
        self.destructive_commands = settings.destructive_commands
        """Whether it allows those that cannot be undone."""
        self.diagnostics = Diagnostics(clock=tools.clock)
        self.on_change: Callable[[], None] = lambda: None
        """Called whenever condition or capabilities may have changed."""

    @property
    @abstractmethod
    def version(self) -> str | None:
        """The interface version found, in the vendor's own numbering; None until it is known."""

    @property
    def clock_skew_seconds(self) -> float | None:
        """Seconds by which the server's clock is ahead of ours, from its last answer; None when unknown."""
        return None

    @abstractmethod
    def condition(self) -> SourceCondition:
        """How the source is doing."""

    @abstractmethod
    def capabilities(self) -> Sequence[CapabilityState]:
        """What the source can do, one entry per capability that the vendor could have."""

    @abstractmethod
    async def probe(self) -> None:
        """Find out whether the server answers, and what it can do if that is not known.

        Returns normally when it answers; raises the `SourceFailure` otherwise.
        """

    @abstractmethod
    async def close(self) -> None:
        """End calls in flight and connections."""

    @abstractmethod
    async def select(self, kind: Kind, where: Where, freshness: Freshness) -> Answer[Any]:
        """The records of a kind that `where` asks for, in a stable order.

        Kinds that the vendor does not have give an empty answer. Ids that do not exist are left out.
        """

    def ask_ahead(self, read: Read, freshness: Freshness) -> Ahead | None:
        """Ask already for what will be read of all stations, where that is the same call whatever they are.

        None where it must be known first which they are. What fails here is told by the read itself.
        """
        del read, freshness
        return None

    def budgets(self) -> Sequence[BudgetState]:
        """The budgets in use."""
        return ()

    def inherit(self, former: "Source") -> None:  # noqa: B027  most have nothing to take up
        """Take the place of a source with the same key and other settings.

        What must not start anew with other settings is taken up from it, such
        as counters of a day's calls. Called before `former` is closed.
        """

    def traffic(self) -> Traffic:
        """What was asked of the source and sent to its server since it was made."""
        return Traffic()

    async def live(
        self, station_ids: Iterable[str], freshness: Freshness
    ) -> Mapping[str, LiveStatus | SourceFailure]:
        """What stations report now, by id; stations of which nothing is known are left out."""
        return {}

    async def detailed(
        self, lives: Mapping[str, LiveStatus], freshness: Freshness
    ) -> Mapping[str, LiveStatus | SourceFailure]:
        """Live statuses with what a source would ask for station by station, such as progress and alarms.

        Asked only when such a field is selected; a source whose live statuses have everything
        already gives them back as they are.
        """
        return dict(lives)

    async def current_jobs(self, station_ids: Iterable[str], freshness: Freshness) -> Mapping[str, str]:
        """Id of the job that each station works on, by station id; stations without one are left out."""
        return {}

    async def alarms(self, station_id: str, window: Window, freshness: Freshness) -> Sequence[Alarm]:
        """The alarms that were raised at a station within a window, oldest first."""
        return ()

    async def state_history(
        self, station_id: str, window: Window, freshness: Freshness
    ) -> Sequence[StateInterval]:
        """The states of a station within a window, oldest first."""
        return ()

    async def kpis(self, station_id: str, window: Window, freshness: Freshness) -> StationKpis | None:
        """The key performance indicators of a station over a window."""
        return None

    async def program_runs(
        self, station_id: str, kind: ProgramRunKind, window: Window, freshness: Freshness
    ) -> Sequence[ProgramRun]:
        """The programs that ran or were selected at a station within a window, oldest first."""
        return ()

    async def protocol(self, station_id: str, freshness: Freshness) -> str | None:
        """The protocol by which programs are transferred to a station."""
        return None

    async def image(self, station_id: str, freshness: Freshness) -> Image | None:
        """A picture of a station."""
        return None

    async def has_image(self, station_id: str, freshness: Freshness) -> bool:
        """Whether the vendor has a picture of a station."""
        return False

    async def content(self, version_id: str, freshness: Freshness) -> ProgramContent | None:
        """The text of a program version."""
        return None

    async def parts(
        self, part: Part, owner_ids: Iterable[str], freshness: Freshness
    ) -> Mapping[str, Sequence[Any] | SourceFailure]:
        """What belongs to records, by the records' ids; records that have none may be left out."""
        return {}

    async def assumptions(self) -> Sequence[AssumptionNote]:
        """Where the server differs from what the adapter takes for granted about it.

        Asked by people who set a source up, not by queries: it may take many
        calls. Raises `SourceFailure` when the server does not answer.
        """
        return ()

    async def resource(
        self, path: str, filters: Mapping[str, str], first: int, after: str | None
    ) -> ResourcePage:
        """One page of a resource of the vendor as it is, without secrets.

        Raises `Unsupported` where the vendor passes nothing through, and
        `BadArgument` for a path or filter that the vendor does not document.
        """
        raise Unsupported(
            source=self.key, endpoint="resource", detail="this vendor passes no resources through"
        )

    async def examine(self) -> None:
        """As `probe`, and find out at some cost what it leaves open, for somebody who checks a configuration.

        Raises the `SourceFailure` of `probe`.
        """
        await self.probe()

    def price(self, ask: Ask) -> Price:
        """What answering a question costs at most, as things stand now; makes no calls.

        One call per key, and one for a whole list, unless the vendor knows better.
        """
        return one_by_one(ask)

    def plan(self) -> Sequence[PlanLine]:
        """What each feed costs of the vendor's quotas; nothing for vendors without quotas."""
        return ()

    def feeds(self) -> Sequence[Feed]:
        """The repeated questions that keep this source's records up to date, as things stand now."""
        return ()

    async def poll(self, feed: Feed, freshness: Freshness) -> Mapping[Kind, Listing]:
        """Ask a feed's question once. Raises `SourceFailure` when it is not answered afresh."""
        raise NotImplementedError(f"{self.key} has no feed '{feed.name}'.")

    def affordable_interval(self, feed: Feed) -> float:
        """Seconds between polls of a feed that the budget can pay for now; 0 when it can pay for any.

        Read before every poll, together with `Feed.minimum`; see `Gate.affordable_interval`.
        """
        return 0.0

    async def backfill(self, kind: Kind, steps: Sequence[Step]) -> Mapping[str, Sequence[Record]]:
        """What records went through between two observations, from the vendor's own history.

        By record id, oldest first, without the observations themselves. Asked after each poll with
        the records that changed, if they are of a kind in `backfilled`. May raise
        `SourceFailure`: then the steps in between are not told.
        """
        return {}

    def handler(self, command: type[Command]) -> Handler[Any] | None:
        """Who handles commands of a class; None for one that the vendor has no counterpart for."""
        return None

    def lacking(self, command: type[Command]) -> str | None:
        """Why this server cannot carry out a command of its vendor, such as its version or a licence.

        None when nothing speaks against it, or when that will only show. Makes no calls.
        """
        handler = self.handler(command)
        return None if handler is None else handler.lacking()

    async def review(self, command: Command) -> Review:
        """What stands against a command before it is sent, judged by fresh records; sends nothing to change.

        Raises `SourceFailure` when the records cannot be had.
        """
        return await self._handler_of(command).review(command)

    async def carry_out(self, command: Command, command_id: str) -> Result:
        """Send a command, once. Whatever it may have changed is asked for afresh from now on.

        Nothing kept, and no read that was under way, may answer a later question with what was before.
        Raises `OutcomeUnknown` when it may or may not have been carried out (sent, and no clear
        answer), any other `SourceFailure` only when it was certainly not.
        """
        return await self._handler_of(command).carry_out(command)

    async def settle(self, command: Command, before: Mapping[str, Any]) -> Settlement:
        """Read again what a command of unknown outcome was to change. Raises `SourceFailure`.

        `before` is that of the review. After a restart of this program, texts of more than 2,000 characters
        in the command are empty: what must be known of them belongs into `before`.
        """
        handler = self.handler(type(command))
        return Settlement(Verdict.OPEN) if handler is None else await handler.settle(command, before)

    async def follow(self, command: Command, handle: str) -> Advance:
        """How far an accepted command is. Raises `SourceFailure`."""
        handler = self.handler(type(command))
        return Advance(OperationStatus.UNKNOWN) if handler is None else await handler.follow(command, handle)

    async def document(self, handle: str) -> Image:
        """A document that came of a command, such as a report. Raises `SourceFailure`."""
        raise Unsupported(source=self.key, endpoint="document", detail="this vendor makes no documents")

    def _handler_of(self, command: Command) -> Handler[Any]:
        handler = self.handler(type(command))
        if handler is None:
            detail = "this vendor has no counterpart for the command"
            raise Unsupported(source=self.key, endpoint=command.word(), detail=detail)
        return handler


@dataclass(frozen=True, slots=True)
class SourceTools:
    """What the application lends to its sources."""

    clock: Clock = field(default_factory=SystemClock)
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    """Waits for some seconds of that clock."""
    state_dir: Path | None = None
    """Folder for what must survive a restart, such as counters of calls; None keeps nothing."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """How a vendor registers itself under the entry point group `floorgraph.vendors`."""

    vendor: str
    title: str
    settings: type[SourceSettings]
    build: Callable[[Any, SourceTools], Source]
    """Makes a source from an instance of `settings`. Makes no calls."""
    commands: tuple[type[Command], ...] = ()
    """The commands that such a source can carry out, version and licence permitting; see `Source.lacking`."""
    capabilities: Mapping[Capability, str] = field(default_factory=dict)
    """What such a source can do at best, and in Markdown what that takes: a version, an endpoint."""
