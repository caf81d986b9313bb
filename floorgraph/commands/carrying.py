"""Carrying one command out: every check first, the log before the vendor, and the vendor once."""

import asyncio
from collections.abc import Mapping
from typing import Any

import structlog

from floorgraph.commands.aftermath import Aftermath
from floorgraph.commands.book import Book
from floorgraph.commands.checks import forbidding, ids_in, refusals, source_of
from floorgraph.commands.entry import Entry, fault
from floorgraph.commands.log import LogUnusable
from floorgraph.commands.policy import CommandPolicy
from floorgraph.commands.turns import Turns
from floorgraph.commands.writing import bounded
from floorgraph.model.command import Command, CommandOutcome, UserError, UserErrorCode
from floorgraph.vendors.commands import Result, Review
from floorgraph.vendors.contract import Source
from floorgraph.vendors.failures import OutcomeUnknown, SourceFailure
from floorgraph.vendors.floor import Floor

log = structlog.get_logger("floorgraph.commands")

INSIDE = "Something failed inside this server before the command was sent; its log has the details."


class Carrying:
    """Carries commands out, one after the other where they act on the same records."""

    def __init__(
        self,
        floor: Floor,
        offered: Mapping[str, tuple[type[Command], ...]],
        book: Book,
        aftermath: Aftermath,
        policy: CommandPolicy,
    ) -> None:
        self._floor = floor
        self._offered = offered
        self._book = book
        self._aftermath = aftermath
        self._policy = policy
        self._turns = Turns()

    async def carry(self, entry: Entry, command: Command, sources: frozenset[str] | None) -> Entry:
        """The entry of a command that was written down, as it ended."""
        key, errors = source_of(command)
        errors = errors or self._forbidden(command, key, sources)
        if errors:
            return await self._rejected(entry, errors)
        names = [named.id for named in ids_in(command)] or [entry.source]
        async with self._turns.taken(names):
            # Whatever was waited for, the configuration may be another one by now.
            source = self._floor.get(entry.source)
            errors = self._forbidden(command, key, sources)
            if source is None or errors:
                return await self._rejected(entry, errors)
            found = await self._reviewed(source, command)
            if found.errors:
                return await self._rejected(entry, found.errors)
            return await self._send(entry, source, command, found)

    def _forbidden(
        self, command: Command, key: str | None, sources: frozenset[str] | None
    ) -> list[UserError]:
        exists = key is not None and (sources is None or key in sources)
        source = self._floor.get(key) if exists and key is not None else None
        offered = () if source is None else self._offered.get(source.vendor, ())
        error = forbidding(type(command), source, key, offered)
        return [] if error is None else [error]

    async def _reviewed(self, source: Source, command: Command) -> Review:
        try:
            async with asyncio.timeout(self._policy.review_deadline):
                return await source.review(command)
        except SourceFailure as failure:
            return Review(errors=refusals(failure, sent=False))
        except TimeoutError:
            message = f"'{source.key}' did not answer in time; nothing was sent."
            return Review(errors=[fault(message, UserErrorCode.SOURCE_UNAVAILABLE)])
        except Exception:
            log.exception("command not reviewed", command=command.word(), source=source.key)
            return Review(errors=[fault(INSIDE, UserErrorCode.SOURCE_UNAVAILABLE)])

    async def _send(self, entry: Entry, source: Source, command: Command, review: Review) -> Entry:
        try:
            entry = await self._book.sent(entry, review.before)
        except LogUnusable as trouble:
            message = f"{trouble} Nothing was sent."
            return await self._rejected(entry, [fault(message, UserErrorCode.SOURCE_UNAVAILABLE)])
        self._aftermath.begin(entry, command)
        try:
            async with asyncio.timeout(self._policy.deadline):
                result = await source.carry_out(command, entry.command_id)
        except OutcomeUnknown as failure:
            return await self._unknown(entry, command, str(failure), failure.vendor_code)
        except SourceFailure as failure:
            self._aftermath.withdraw(entry)
            return await self._rejected(entry, refusals(failure, sent=True), vendorAnswer=str(failure))
        except TimeoutError:
            detail = f"no answer within {self._policy.deadline:g} s"
            return await self._unknown(entry, command, f"{source.key}: {entry.word}: {detail}", None)
        except Exception:
            log.exception(
                "command broken", command=entry.word, source=source.key, command_id=entry.command_id
            )
            return await self._unknown(entry, command, "Something failed inside this server.", None)
        return await self._answered(entry, command, review, result)

    async def _answered(self, entry: Entry, command: Command, review: Review, result: Result) -> Entry:
        if result.outcome is CommandOutcome.OUTCOME_UNKNOWN:
            return await self._unknown(entry, command, "The vendor gave no clear answer.", None)
        ended = await self._book.ended(
            entry,
            result.outcome,
            result.errors,
            recordIds=list(result.record_ids),
            after=bounded(dict(result.after)),
            vendorAnswer=bounded(result.vendor_answer),
            handle=result.handle,
        )
        if result.outcome is CommandOutcome.REJECTED:
            self._aftermath.withdraw(ended)
            return ended
        same = bool(result.after) and dict(result.after) == dict(review.before)
        self._aftermath.done(ended, command, changed=not same)
        if result.outcome is CommandOutcome.ACCEPTED:
            return await self._aftermath.accepted(ended, command)
        return ended

    async def _unknown(self, entry: Entry, command: Command, text: str, vendor_code: str | None) -> Entry:
        answer = {"failure": text, "vendorCode": vendor_code}
        errors = [fault(text, UserErrorCode.NO_CLEAR_ANSWER, (), vendor_code)]
        ended = await self._book.ended(entry, CommandOutcome.OUTCOME_UNKNOWN, errors, vendorAnswer=answer)
        self._aftermath.unknown(ended, command)
        return ended

    async def _rejected(self, entry: Entry, errors: "list[UserError] | Any", **found: Any) -> Entry:
        return await self._book.ended(entry, CommandOutcome.REJECTED, errors, **found)
