"""What becomes of a poll's answer: filled in from history, compared, taken up and told, in one step."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import structlog

from floorgraph.model.ids import Kind
from floorgraph.model.record import Record, changed_fields
from floorgraph.model.time import Clock
from floorgraph.vendors.answers import Listing, Step
from floorgraph.vendors.contract import Source
from floorgraph.vendors.failures import SourceFailure
from floorgraph.vendors.turns import TURNS, Turns, at_once, letting_go
from subscriptions.arrivals import Arrival, Arrivals
from subscriptions.audience import Audience
from subscriptions.change import ChangeKind
from subscriptions.commands import Commands
from subscriptions.comparison import Comparison, Findings
from subscriptions.difference import Difference, through
from subscriptions.journal import Journal
from subscriptions.policy import EnginePolicy

log = structlog.get_logger("floorgraph.subscriptions")


@dataclass(frozen=True, slots=True)
class Passed:
    """What a record went through, oldest first, since it was as somebody knew it."""

    before: Record
    records: Sequence[Record]

    def since(self, known: Record | None) -> Sequence[Record]:
        """The rest of it for somebody who knows more by now; nothing where that is no place on the way."""
        if known is None or not changed_fields(self.before, known):
            return self.records
        for place in range(len(self.records), 0, -1):
            if not changed_fields(self.records[place - 1], known):
                return self.records[place:]
        return ()


Between = Mapping[Kind, Mapping[str, Passed]]
"""What records went through since the last poll, by kind and id."""


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
        turns: Turns = TURNS,
    ) -> None:
        self._journal = journal
        self._audience = audience
        self._commands = commands
        self._clock = clock
        self._policy = policy
        self._calm = calm
        self._turns = turns
        self._comparisons: dict[tuple[str, Kind], Comparison] = {}
        self._arrivals: dict[str, Arrivals] = {}

    async def publish(self, source: Source, listings: Mapping[Kind, Listing], began: float) -> None:
        """Compare what a poll found, take it up in one step, and tell whoever listens.

        `began` is when the poll was sent (monotonic). Long listings are
        compared, and their changes told, in turns with everybody else; what
        polls of one source found is taken up in the order in which they ended.
        """
        arrivals = self._arrivals.setdefault(source.key, Arrivals())
        with arrivals.arrived(listings, began) as arrival:
            findings = await self._taken_up(source, arrivals, arrival)
        # What was known before; often nobody else has it any more.
        before = [record for found in findings.values() for record in found.known.values()]
        del findings
        try:
            await self._turns.through(self._audience.hearing())
        finally:
            # Nobody is left with half of it, whatever becomes of this poll.
            at_once(self._audience.hearing())
        await self._turns.through(letting_go(before))

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
            entries = self._journal.record(key, kind, compared, compared.differences, at)
            self._audience.tell(kind, entries, self._journal.view())
            self._journal.forget(key, kind)
        at_once(self._audience.hearing())
        self._arrivals.pop(key, None)

    async def _taken_up(
        self, source: Source, arrivals: Arrivals, arrival: Arrival
    ) -> Mapping[Kind, Findings]:
        """Ask the history once where something changed, then take up what was found, when it is its turn."""
        findings: Mapping[Kind, Findings] = {}
        between: Between | None = None
        while True:
            async with arrivals.comparing:
                findings = await self._findings(source.key, arrival.listings, findings)
                steps = self._steps(source, findings) if between is None else {}
                if not steps and arrivals.is_next(arrival):
                    self._take_up(source.key, arrival, findings, between or {})
                    return findings
            if steps:
                between = {
                    kind: await self._asked(source, kind, found, arrival) for kind, found in steps.items()
                }
            await arrivals.turn(arrival)

    async def _findings(
        self, key: str, listings: Mapping[Kind, Listing], before: Mapping[Kind, Findings]
    ) -> dict[Kind, Findings]:
        """What each listing says by itself; those from before where nothing became known since."""
        found = dict(before)
        for kind, listing in listings.items():
            known = self._journal.known(key, kind)
            if kind not in found or found[kind].known is not known:
                found[kind] = await self._turns.through(Findings.of(known, listing))
        return found

    def _take_up(
        self, key: str, arrival: Arrival, findings: Mapping[Kind, Findings], between: Between
    ) -> None:
        at, began = self._clock.now(), arrival.began
        confirmed = False
        for kind, listing in arrival.listings.items():
            comparison = self._comparisons.setdefault((key, kind), Comparison(self._policy.removal))
            held = comparison.held_back
            compared = comparison.take(findings[kind], listing)
            compared = compared.leaving(self._commands.overtaken(began), findings[kind].known)
            if findings[kind].known and self._commands.may_bring(key, kind, self._clock.monotonic()):
                # Whose they are is in the answer that is still to come; the polls after it tell of them.
                compared = compared.without_new()
            filled = _filled(compared.differences, between.get(kind, {}))
            told = self._commands.explain(filled, began)
            confirmed = confirmed or any(difference.command_id is not None for difference in told)
            self._audience.tell(
                kind, self._journal.record(key, kind, compared, told, at), self._journal.view()
            )
            if comparison.held_back and comparison.held_back != held:
                log.warning("removals held back", source=key, kind=str(kind), reasons=comparison.held_back)
        if confirmed and not self._commands.awaiting(key, self._clock.monotonic()):
            self._calm(key)

    def _steps(self, source: Source, findings: Mapping[Kind, Findings]) -> dict[Kind, list[Step]]:
        """The changes of which the source's own history may tell what came between."""
        found: dict[Kind, list[Step]] = {}
        for kind in source.backfilled & findings.keys():
            steps = (
                Step(one.previous, one.record)
                for one in findings[kind].differences
                if one.kind is ChangeKind.UPDATED and one.previous is not None and one.record is not None
            )
            if first := list(islice(steps, self._policy.backfilled_records)):
                found[kind] = first
        return found

    async def _asked(
        self, source: Source, kind: Kind, steps: Sequence[Step], arrival: Arrival
    ) -> Mapping[str, Passed]:
        if arrival.hurried:
            return {}
        try:
            async with arrival.waiting(self._policy.backfill_deadline):
                found = await source.backfill(kind, steps)
            return {step.before.id: Passed(step.before, found.get(step.before.id, ())) for step in steps}
        except* (SourceFailure, TimeoutError) as group:
            # The steps in between stay untold, as without a history; the changes themselves are told.
            reason = str(group.exceptions[0]) or ("another poll came" if arrival.hurried else "not in time")
            log.info("no backfill", source=source.key, kind=str(kind), failure=reason)
        except* Exception as group:
            log.exception("backfill broken", source=source.key, kind=str(kind), exc_info=group)
        return {}


def _filled(differences: Iterable[Difference], between: Mapping[str, Passed]) -> list[Difference]:
    if not between:
        return list(differences)
    found: list[Difference] = []
    for difference in differences:
        passed = between.get(difference.id)
        steps = () if passed is None else passed.since(difference.previous)
        found.extend(through(difference, steps) if steps else (difference,))
    return found
