"""The desk: takes commands in, sees each of them through once, and answers what became of it."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import ClassVar, Final
from uuid import uuid4

import structlog

from floorgraph.commands.aftermath import Aftermath
from floorgraph.commands.book import Book
from floorgraph.commands.carrying import Carrying
from floorgraph.commands.checks import fault_of_id, source_of
from floorgraph.commands.effects import Effects, NoEffects
from floorgraph.commands.entry import Entry, fault
from floorgraph.commands.log import Log, LogUnusable
from floorgraph.commands.policy import CommandPolicy
from floorgraph.commands.store import Page, Wanted
from floorgraph.commands.writing import digest, told
from floorgraph.model.command import Command, CommandOutcome, UserErrorCode
from floorgraph.model.errors import FloorgraphError
from floorgraph.model.time import Clock, SystemClock
from floorgraph.vendors.floor import Floor

log = structlog.get_logger("floorgraph.commands")

PRUNE_EVERY: Final = 500
"""Commands after which the log is looked through for what is too old."""


class TooManyCommands(FloorgraphError):
    """A caller sends more commands than allowed; `retryAfterSeconds` says when the next may come."""

    code: ClassVar[str] = "TOO_MANY_REQUESTS"
    retryable: ClassVar[bool] = True

    def __init__(self, wait: float) -> None:
        super().__init__("More commands than one caller may send; see limits.commands_per_minute.")
        self._wait = wait

    def extensions(self) -> dict[str, object]:
        """With the seconds to wait."""
        return super().extensions() | {"retryAfterSeconds": round(self._wait, 3)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who sends a command."""

    name: str | None
    """As logs name callers; None for somebody who did not say who they are."""
    role: str
    sources: frozenset[str] | None = None
    """Keys of the sources that exist for the caller; all when None."""


@dataclass(frozen=True, slots=True)
class _UnderWay:
    digest: str
    task: "asyncio.Task[Entry]"


class CommandDesk:
    """The commands of one server. Runs once, within `running()`; its methods belong to that event loop."""

    def __init__(
        self,
        floor: Floor,
        offered: Mapping[str, tuple[type[Command], ...]],
        *,
        effects: Effects | None = None,
        clock: Clock | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        admit: Callable[[str], float | None] = lambda _name: None,
        policy: CommandPolicy | None = None,
        state_dir: Path | None = None,
    ) -> None:
        """`offered` are the commands of each vendor; `admit` counts a caller's command and says how long to
        wait when it is one too many."""
        self.policy = policy or CommandPolicy()
        self.log = Log(state_dir)
        self._clock = clock or SystemClock()
        self._admit = admit
        self.book = Book(self.log, self._clock)
        self._aftermath = Aftermath(
            floor, offered, self.book, effects or NoEffects(), self._clock, sleep, self.policy
        )
        self._carrying = Carrying(floor, offered, self.book, self._aftermath, self.policy)
        self._under_way: dict[tuple[str, str], _UnderWay] = {}
        self._taken = 0

    @asynccontextmanager
    async def running(self) -> AsyncIterator["CommandDesk"]:
        """Run until the block is left: commands under way are given some time, and what comes after them
        goes on with the next start."""
        async with self.log.open():
            owner = asyncio.create_task(self._aftermath.run(), name="aftermath of commands")
            try:
                await self._recover()
                yield self
            finally:
                await self._stop()
                owner.cancel()
                await asyncio.gather(owner, return_exceptions=True)

    async def send(self, command: Command, sender: Sender) -> Entry:
        """See a command through; the entry when its outcome is known, or known to be unknown.

        A repeat of a command with the same id gets the first one's entry. The
        command goes on when whoever waits is cancelled. Raises
        `TooManyCommands`, and `LogUnusable` when it could not be written down;
        then nothing was sent.
        """
        wait = self._admit(sender.name or "")
        if wait is not None:
            raise TooManyCommands(wait)
        entry = self._entry(command, sender)
        wrong = fault_of_id(command.command_id)
        if wrong is not None:
            return replace(entry, outcome=CommandOutcome.REJECTED, errors=(wrong,))
        name = (sender.name or "", entry.command_id)
        known = self._under_way.get(name)
        if known is None:
            task = asyncio.create_task(
                self._see_through(entry, command, sender), name=f"command {entry.word}"
            )
            known = self._under_way[name] = _UnderWay(entry.digest, task)
            task.add_done_callback(lambda done: self._over(name, done))
        elif known.digest != entry.digest:
            return _reused(entry)
        return await asyncio.shield(known.task)

    async def named(self, command_id: str, sender: Sender, *, anybody: bool) -> Entry | None:
        """A command by its id: the sender's own or, if they may see them, the latest one of anybody."""
        found = await self.log.named(command_id, sender.name, anybody=anybody)
        return None if found is None or not _visible(found, sender) else self.book.latest(found)

    async def page(self, wanted: Wanted, first: int, before: int | None, sender: Sender) -> Page:
        """A page of the log, as far as its sources exist for the caller."""
        if sender.sources is not None:
            chosen = sender.sources if wanted.sources is None else wanted.sources & sender.sources
            wanted = replace(wanted, sources=chosen)
        found = await self.log.page(wanted, first, before)
        return replace(found, entries=tuple(self.book.latest(entry) for entry in found.entries))

    def watch(self, entry: Entry) -> AsyncGenerator[Entry, None]:
        """An entry as it is, and again whenever more is known of it, until that is all."""
        return self.book.watch(entry)

    async def _see_through(self, entry: Entry, command: Command, sender: Sender) -> Entry:
        begun, new = await self.log.begin(entry)
        if not new:
            return self.book.latest(begun) if begun.digest == entry.digest else _reused(entry)
        await self._prune()
        began = self._clock.monotonic()
        ended = await self._carrying.carry(self.book.take_up(begun), command, sender.sources)
        log.info(
            "command",
            command=ended.word,
            command_id=ended.command_id,
            source=ended.source,
            who=ended.who,
            role=ended.role,
            outcome=None if ended.outcome is None else ended.outcome.value,
            errors=[error.code.value for error in ended.errors],
            seconds=round(self._clock.monotonic() - began, 3),
        )
        return ended

    def _entry(self, command: Command, sender: Sender) -> Entry:
        return Entry(
            number=0,
            command_id=command.command_id or uuid4().hex,
            word=command.word(),
            source=source_of(command)[0] or "",
            who=sender.name,
            role=sender.role,
            digest=digest(command),
            input=told(command),
            begun_at=self._clock.now(),
        )

    def _over(self, name: tuple[str, str], task: "asyncio.Task[Entry]") -> None:
        del self._under_way[name]
        if not task.cancelled():
            task.exception()  # Looked at, for the case that nobody waits any more.

    async def _recover(self) -> None:
        """Take up what was left when the server last stopped."""
        try:
            for entry in await self.log.unfinished():
                await self._aftermath.recover(self.book.take_up(entry))
            await self._prune(now=True)
        except LogUnusable as trouble:
            log.error("log of commands unusable; no command will be sent", reason=str(trouble))  # noqa: TRY400

    async def _prune(self, *, now: bool = False) -> None:
        self._taken += 1
        if now or self._taken % PRUNE_EVERY == 0:
            before = self._clock.now() - timedelta(days=self.policy.days)
            await self.log.use(lambda store: store.prune(self.policy.entries, before))

    async def _stop(self) -> None:
        self.book.notices.end()
        tasks = [one.task for one in self._under_way.values()]
        if tasks:
            await asyncio.wait(tasks, timeout=self.policy.stopping)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _visible(entry: Entry, sender: Sender) -> bool:
    return sender.sources is None or entry.source in sender.sources


def _reused(entry: Entry) -> Entry:
    message = f"'{entry.command_id}' was used for a different command; choose a new one."
    error = fault(message, UserErrorCode.COMMAND_ID_REUSED, ("input", "commandId"))
    return replace(entry, outcome=CommandOutcome.REJECTED, errors=(error,))
