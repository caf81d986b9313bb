"""What becomes of a poll's answer: filled in from history, compared, taken up and told, in one step."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence

import structlog

from floorgraph.model.ids import Kind
from floorgraph.model.record import Record
from floorgraph.model.time import Clock
from floorgraph.vendors.answers import Listing, Step
from floorgraph.vendors.contract import Source
from floorgraph.vendors.failures import SourceFailure
from subscriptions.audience import Audience
from subscriptions.commands import Commands
from subscriptions.comparison import Comparison, same_thing
from subscriptions.difference import Difference, through, updated
from subscriptions.journal import Journal
from subscriptions.policy import EnginePolicy

log = structlog.get_logger("floorgraph.subscriptions")

Between = Mapping[Kind, Mapping[str, Sequence[Record]]]
"""What records went through since the last poll, by kind and id, oldest first."""


class Publishing:
    """Compares what polls find with what is known, for all collections of an engine."""

    def __init__(
        self,
        journal: Journal,
        audience: Audience,
        commands: Commands,
        *,
        clock: Clock,
        policy: EnginePolicy,
        calm: Callable[[str], None],
    ) -> None:
        self._journal = journal
        self._audience = audience
        self._commands = commands
        self._clock = clock
        self._policy = policy
        self._calm = calm
        self._comparisons: dict[tuple[str, Kind], Comparison] = {}

    async def between(self, source: Source, listings: Mapping[Kind, Listing]) -> Between:
        """What the source's own history tells about changes since the last poll; nothing where it fails."""
        if type(source).backfill is Source.backfill:
            return {}
        found: dict[Kind, Mapping[str, Sequence[Record]]] = {}
        for kind, listing in listings.items():
            steps = self._steps(source.key, kind, listing)
            if steps:
                found[kind] = await self._asked(source, kind, steps)
        return found

    def publish(self, key: str, listings: Mapping[Kind, Listing], began: float, between: Between) -> None:
        """Compare what a poll found, take it up, and tell whoever listens."""
        at = self._clock.now()
        confirmed = False
        for kind, listing in listings.items():
            comparison = self._comparisons.setdefault((key, kind), Comparison(self._policy.removal))
            held = comparison.held_back
            known = self._journal.known(key, kind)
            compared = comparison.compare(known, listing)
            compared = compared.leaving(self._commands.overtaken(began), known)
            filled = _filled(compared.differences, between.get(kind, {}))
            told = self._commands.explain(filled, began)
            confirmed = confirmed or any(difference.command_id is not None for difference in told)
            self._audience.tell(kind, self._journal.record(key, kind, compared, told, at))
            if comparison.held_back and comparison.held_back != held:
                log.warning("removals held back", source=key, kind=str(kind), reasons=comparison.held_back)
        if confirmed and not self._commands.awaiting(key, self._clock.monotonic()):
            self._calm(key)

    def held_back(self, key: str, kinds: Iterable[Kind] | None = None) -> list[str]:
        """Why removals of a source, or of some of its kinds, wait for further confirmation."""
        wanted = None if kinds is None else frozenset(kinds)
        found = (
            comparison.held_back
            for (source, kind), comparison in self._comparisons.items()
            if source == key and (wanted is None or kind in wanted)
        )
        return [reason for reasons in found for reason in reasons]

    def withdraw(self, key: str, reason: str) -> None:
        """A source is gone: all its records are, too."""
        at = self._clock.now()
        for kind in self._journal.kinds_of(key):
            self._comparisons.pop((key, kind), None)
            compared = Comparison.emptied(self._journal.known(key, kind), reason)
            self._audience.tell(kind, self._journal.record(key, kind, compared, compared.differences, at))
            self._journal.forget(key, kind)

    def _steps(self, key: str, kind: Kind, listing: Listing) -> list[Step]:
        known = self._journal.known(key, kind)
        steps: list[Step] = []
        for record in listing.records:
            before = known.get(record.id)
            if before is None or before is record or not same_thing(before, record):
                continue
            if updated(before, record) is not None:
                steps.append(Step(before, record))
        return steps[: self._policy.backfilled_records]

    async def _asked(
        self, source: Source, kind: Kind, steps: Sequence[Step]
    ) -> Mapping[str, Sequence[Record]]:
        try:
            async with asyncio.timeout(self._policy.backfill_deadline):
                return await source.backfill(kind, steps)
        except* (SourceFailure, TimeoutError) as group:
            # The steps in between stay untold, as without a history; the changes themselves are told.
            log.info("no backfill", source=source.key, kind=str(kind), failure=str(group.exceptions[0]))
        except* Exception as group:
            log.exception("backfill broken", source=source.key, kind=str(kind), exc_info=group)
        return {}


def _filled(differences: Iterable[Difference], between: Mapping[str, Sequence[Record]]) -> list[Difference]:
    found: list[Difference] = []
    for difference in differences:
        steps = between.get(difference.id, ())
        found.extend(through(difference, steps) if steps else (difference,))
    return found
