"""The book: the log together with what is known of commands under way, told to those who watch."""

from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import structlog

from floorgraph.commands.entry import (
    Entry,
    Event,
    Operation,
    Stage,
    applied,
    facts_of_error,
    facts_of_operation,
)
from floorgraph.commands.log import Log, LogUnusable
from floorgraph.commands.notices import Notices
from floorgraph.commands.writing import LARGEST_BEFORE, bounded
from floorgraph.model.command import CommandOutcome, UserError
from floorgraph.model.time import Clock

logger = structlog.get_logger("floorgraph.commands")


@dataclass(slots=True)
class Book:
    """Writes entries on, and remembers those of which something is still to be found out."""

    log: Log
    clock: Clock
    notices: Notices = field(default_factory=Notices)
    outcomes: "Counter[tuple[str, str, str]]" = field(default_factory=Counter)
    """(source, command, outcome) -> how many ended or were resolved so, since the start."""
    _live: dict[int, Entry] = field(default_factory=dict)

    def take_up(self, entry: Entry) -> Entry:
        """Remember an entry until nothing more is to be found out of it."""
        self._live[entry.number] = entry
        return entry

    def latest(self, entry: Entry) -> Entry:
        """An entry with what is known by now."""
        return self._live.get(entry.number, entry)

    async def sent(self, entry: Entry, before: Any) -> Entry:
        """A command is about to be sent. Raises `LogUnusable`: then it must not be."""
        event = Event(Stage.SENT, self.clock.now(), {"before": bounded(dict(before), LARGEST_BEFORE)})
        await self.log.note(entry.number, event)
        return self._known(applied(entry, event))

    async def ended(
        self,
        entry: Entry,
        outcome: CommandOutcome,
        errors: Sequence[UserError] = (),
        **found: Any,
    ) -> Entry:
        """What came of a command, or why it was not sent."""
        return await self._judged(Stage.ENDED, entry, outcome, errors, found)

    async def resolved(
        self, entry: Entry, outcome: CommandOutcome, errors: Sequence[UserError] = (), **found: Any
    ) -> Entry:
        """What reading again said about a command whose outcome was unknown."""
        return await self._judged(Stage.RESOLVED, entry, outcome, errors, found)

    async def advanced(self, entry: Entry, operation: Operation) -> Entry:
        """How far an accepted command is; only its end is written down."""
        event = Event(Stage.ADVANCED, operation.updated_at, facts_of_operation(operation))
        if operation.final:
            await self._write(entry, event)
        return self._known(replace(entry, operation=operation))

    async def watch(self, entry: Entry) -> AsyncGenerator[Entry, None]:
        """An entry as it is known now, and again whenever more is known, until that is all."""
        with self.notices.watching(entry.number) as news:
            told: Entry | None = None
            while True:
                news.clear()
                known = self._live.get(entry.number) or await self.log.entry(entry.number) or entry
                if known != told:
                    told = known
                    yield known
                if known.settled or self.notices.over:
                    return
                await news.wait()

    async def _judged(
        self,
        stage: Stage,
        entry: Entry,
        outcome: CommandOutcome,
        errors: Sequence[UserError],
        found: dict[str, Any],
    ) -> Entry:
        facts = {"outcome": outcome.value, "errors": [facts_of_error(error) for error in errors]}
        event = Event(stage, self.clock.now(), facts | found)
        await self._write(entry, event)
        self.outcomes[entry.source, entry.word, outcome.value] += 1
        return self._known(applied(entry, event))

    async def _write(self, entry: Entry, event: Event) -> None:
        """Write down what cannot be undone by not writing it down."""
        try:
            await self.log.note(entry.number, event)
        except LogUnusable as trouble:
            logger.error(  # noqa: TRY400  the cause is in the text
                "command not written down",
                command_id=entry.command_id,
                stage=str(event.stage),
                reason=str(trouble),
            )

    def _known(self, entry: Entry) -> Entry:
        if entry.settled:
            self._live.pop(entry.number, None)
        else:
            self._live[entry.number] = entry
        self.notices.tell(entry.number)
        return entry
