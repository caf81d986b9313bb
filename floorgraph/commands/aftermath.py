"""The aftermath of commands: what is polled at once, and what goes on until their outcome is clear."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from dataclasses import replace
from typing import Any

import structlog

from floorgraph.commands.book import Book
from floorgraph.commands.checks import ids_in
from floorgraph.commands.effects import Effects
from floorgraph.commands.entry import Entry, Operation, fault
from floorgraph.commands.policy import CommandPolicy
from floorgraph.commands.writing import bounded, is_cut, restored
from floorgraph.model.command import Command, CommandOutcome, OperationStatus, UserErrorCode
from floorgraph.model.time import Clock
from floorgraph.vendors.commands import Advance, Settlement, Verdict
from floorgraph.vendors.failures import SourceFailure, Unsupported
from floorgraph.vendors.floor import Floor

log = structlog.get_logger("floorgraph.commands")

NOT_DONE = "The vendor did not answer, and reading the record again showed that nothing was done."
NEVER_SENT = "The server stopped before the command was sent."
NO_ANSWER = "The server stopped before an answer came."
NEVER_TOLD = "The vendor does not tell what becomes of it."
TOO_LONG = "Nothing was heard of it for too long."


class Aftermath:
    """Tells the engine what commands mean, and owns what goes on after them. `run` is owned by the desk."""

    def __init__(
        self,
        floor: Floor,
        offered: Mapping[str, tuple[type[Command], ...]],
        book: Book,
        effects: Effects,
        clock: Clock,
        sleep: Callable[[float], Awaitable[None]],
        policy: CommandPolicy,
    ) -> None:
        self._floor = floor
        self._offered = offered
        self._book = book
        self._effects = effects
        self._clock = clock
        self._sleep = sleep
        self._policy = policy
        self._group: asyncio.TaskGroup | None = None
        self._waiting: list[Coroutine[Any, Any, None]] = []

    async def run(self) -> None:
        """Go on until cancelled; what is not clear then is taken up by `recover` after the next start."""
        try:
            async with asyncio.TaskGroup() as group:
                self._group = group
                for work in self._waiting:
                    group.create_task(work)
                self._waiting.clear()
                await asyncio.Event().wait()
        finally:
            self._group = None
            for work in self._waiting:
                work.close()

    def begin(self, entry: Entry, command: Command) -> None:
        """A command is about to be sent: whatever is asked from now on may show its effect."""
        self._effects.begin(entry.command_id, entry.source, command.affects)
        self._effects.expect(entry.command_id, _affected(command))

    def withdraw(self, entry: Entry) -> None:
        """A command changed nothing."""
        self._effects.answered(entry.command_id)
        self._effects.unexpect(entry.command_id)

    def done(self, entry: Entry, command: Command, *, changed: bool) -> None:
        """A vendor did a command or took it on: poll what it affects."""
        if not changed:
            self.withdraw(entry)
        self._look(entry, command, entry.record_ids)

    def unknown(self, entry: Entry, command: Command) -> None:
        """Find out in the background what became of a command."""
        self._look(entry, command, ())
        self._start(self._settle(entry, command), entry)

    async def accepted(self, entry: Entry, command: Command) -> Entry:
        """Follow a command that the vendor works on, in the background; the entry with its operation."""
        entry = self._book.latest(entry)
        if entry.handle is None:
            self._effects.answered(entry.command_id)
            ended = self._operation(
                Advance(OperationStatus.UNKNOWN, detail=NEVER_TOLD, result=entry.vendor_answer)
            )
            return await self._book.advanced(entry, ended)
        begun = await self._book.advanced(entry, self._operation(Advance(OperationStatus.RUNNING)))
        self._start(self._follow(begun, command, entry.handle), entry)
        return begun

    async def recover(self, entry: Entry) -> None:
        """Take up a command that was left when the server stopped. Nothing is sent again."""
        if entry.outcome is None and entry.sent_at is None:
            errors = [fault(NEVER_SENT, UserErrorCode.SOURCE_UNAVAILABLE)]
            await self._book.ended(entry, CommandOutcome.REJECTED, errors)
            return
        if entry.outcome is None:
            answer = {"failure": NO_ANSWER, "vendorCode": None}
            errors = [fault(NO_ANSWER, UserErrorCode.NO_CLEAR_ANSWER)]
            entry = await self._book.ended(entry, CommandOutcome.OUTCOME_UNKNOWN, errors, vendorAnswer=answer)
        try:
            command = self._command(entry)
        except ValueError as error:
            log.warning("command not taken up", command_id=entry.command_id, reason=str(error))
            await self._given_up(entry)
            return
        if entry.outcome is CommandOutcome.ACCEPTED:
            await self.accepted(entry, command)
        else:
            self.begin(entry, command)
            self._start(self._settle(entry, command), entry)

    async def _given_up(self, entry: Entry) -> None:
        if entry.outcome is CommandOutcome.ACCEPTED:
            lost = self._operation(Advance(OperationStatus.UNKNOWN, detail=TOO_LONG))
            await self._book.advanced(entry, lost)
        else:
            await self._book.resolved(entry, CommandOutcome.OUTCOME_UNKNOWN, entry.errors)

    def _command(self, entry: Entry) -> Command:
        kinds = {kind.word(): kind for kinds in self._offered.values() for kind in kinds}
        if entry.word not in kinds:
            raise ValueError(f"there is no command '{entry.word}' any more")
        return restored(kinds[entry.word], entry.input)

    async def _settle(self, entry: Entry, command: Command) -> None:
        began, pause, policy = self._clock.monotonic(), self._policy.settle_pause, self._policy
        heard = False
        while (passed := self._clock.monotonic() - began) < policy.settle_limit:
            await self._sleep(pause)
            pause = min(2 * pause, policy.settle_cap)
            found = await self._settlement(entry, command)
            if found is None:
                if not heard:
                    # Nobody could see its effect yet, polls included.
                    self._effects.expect(entry.command_id, _affected(command))
                continue
            heard = True
            if found.verdict is Verdict.DONE:
                done = CommandOutcome.CONFIRMED if found.handle is None else CommandOutcome.ACCEPTED
                resolved = await self._settled(entry, command, done, found)
                if done is CommandOutcome.ACCEPTED:
                    await self.accepted(resolved, command)
                return
            # Whether it is done shows later, if at all: nothing waits for that.
            self._effects.answered(entry.command_id)
            passed = self._clock.monotonic() - began
            if passed < policy.patience:
                # A slow vendor may still carry it out, so that "not done" proves nothing yet.
                pause = min(pause, max(policy.patience - passed, 0.05))
                continue
            if found.verdict is Verdict.NOT_DONE:
                await self._settled(entry, command, CommandOutcome.REJECTED, found)
                return
            break
        await self._book.resolved(entry, CommandOutcome.OUTCOME_UNKNOWN, entry.errors)
        log.warning(
            "command stays unclear", command=entry.word, command_id=entry.command_id, source=entry.source
        )

    async def _settlement(self, entry: Entry, command: Command) -> Settlement | None:
        source = self._floor.get(entry.source)
        if source is None:
            return None
        if is_cut(entry.before):
            return Settlement(Verdict.OPEN)
        try:
            async with asyncio.timeout(self._policy.review_deadline):
                return await source.settle(command, entry.before)
        except (SourceFailure, TimeoutError):
            return None

    async def _settled(
        self, entry: Entry, command: Command, outcome: CommandOutcome, found: Settlement
    ) -> Entry:
        errors = []
        if outcome is CommandOutcome.REJECTED:
            errors = [fault(NOT_DONE, UserErrorCode.SOURCE_UNAVAILABLE)]
            self.withdraw(entry)
        resolved = await self._book.resolved(
            entry,
            outcome,
            errors,
            recordIds=list(found.record_ids),
            after=bounded(dict(found.after)),
            handle=found.handle,
        )
        self._look(resolved, command, found.record_ids)
        log.info(
            "command resolved",
            command=entry.word,
            command_id=entry.command_id,
            source=entry.source,
            outcome=outcome.value,
        )
        return resolved

    async def _follow(self, entry: Entry, command: Command, handle: str) -> None:
        began, pause = self._clock.monotonic(), self._policy.follow_pause
        told: Advance | None = None
        while self._clock.monotonic() - began < self._policy.follow_limit:
            await self._sleep(pause)
            pause = min(1.5 * pause, self._policy.follow_cap)
            found = await self._advance(entry, command, handle)
            # However long the vendor takes, the change that comes of it is the command's.
            self._effects.renew(entry.command_id)
            if found is None or found == told:
                continue
            fresh = frozenset(found.record_ids) - frozenset(told.record_ids if told else ())
            told, operation = found, self._operation(found)
            entry = await self._book.advanced(entry, operation)
            if fresh or operation.final:
                self._look(entry, command, sorted(fresh))
            if operation.final:
                log.info(
                    "operation ended",
                    command=entry.word,
                    command_id=entry.command_id,
                    source=entry.source,
                    status=operation.status.value,
                )
                return
        await self._given_up(entry)

    async def _advance(self, entry: Entry, command: Command, handle: str) -> Advance | None:
        source = self._floor.get(entry.source)
        if source is None:
            return None
        try:
            async with asyncio.timeout(self._policy.review_deadline):
                return await source.follow(command, handle)
        except Unsupported as failure:
            return Advance(OperationStatus.UNKNOWN, detail=failure.detail)
        except (SourceFailure, TimeoutError):
            return None

    def _operation(self, found: Advance) -> Operation:
        return Operation(
            status=found.status,
            progress=found.progress,
            detail=found.detail,
            record_ids=tuple(found.record_ids),
            result=bounded(found.result),
            document=found.document,
            updated_at=self._clock.now(),
        )

    def _look(self, entry: Entry, command: Command, ids: Any) -> None:
        """Poll what a command affects, and expect to see the records that it brought."""
        known = {named.id for named in ids_in(command)}
        fresh = [one for one in ids if one not in known]
        if fresh:
            self._effects.expect(entry.command_id, fresh)
        if entry.settled:
            self._effects.answered(entry.command_id)
        self._effects.burst(entry.source, command.affects)

    def _start(self, work: Coroutine[Any, Any, None], entry: Entry) -> None:
        guarded = self._guarded(work, entry)
        if self._group is None:
            self._waiting.append(guarded)
        else:
            self._group.create_task(guarded, name=f"aftermath of {entry.word}")

    async def _guarded(self, work: Coroutine[Any, Any, None], entry: Entry) -> None:
        """No command's aftermath can end another's."""
        try:
            await work
        except Exception:
            log.exception("aftermath broken", command=entry.word, command_id=entry.command_id)
            await self._given_up(replace(entry))


def _affected(command: Command) -> list[str]:
    """The records that a command names and may change; a later change of others is not its effect."""
    return [named.id for named in ids_in(command) if named.kind in command.affects]
