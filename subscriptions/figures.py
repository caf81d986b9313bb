"""What an engine is doing, in numbers: for metrics, for the API and for looking inside."""

from dataclasses import dataclass, replace

from floorgraph.model.ids import Kind
from floorgraph.model.source import FeedState
from floorgraph.vendors.contract import Source
from floorgraph.vendors.floor import Floor
from subscriptions.circles import Circles
from subscriptions.cohorts import Cohorts
from subscriptions.newsroom import Newsroom
from subscriptions.publishing import Publishing


@dataclass(frozen=True, slots=True, kw_only=True)
class CohortFigures:
    """One cohort."""

    kind: Kind
    """The kind of record it follows."""
    sources: tuple[str, ...] | None
    """Keys of the sources it follows; None for all."""
    ids: int | None
    """Number of records it follows; None for all that match."""
    filtered: bool
    """Whether a filter decides which records it follows."""
    on: tuple[str, ...] | None
    """Fields whose changes it asks for; None for all."""
    max_age: float | None
    """Age in seconds that it asks for; None for the feed's own pace."""
    members: int
    """Subscriptions in it."""
    riders: int
    """Members that get each event as it is made; the others begin or are behind."""
    executions: int
    """Events made so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CircleFigures:
    """One cohort that follows the sources themselves."""

    sources: tuple[str, ...] | None
    """Keys of the sources it follows; None for all."""
    members: int
    """Subscriptions in it."""
    executions: int
    """Events made so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KindFigures:
    """What is kept of one kind of record."""

    kind: Kind
    known: int
    """Records known, over all sources."""
    journal_depth: int
    """Changes kept for subscribers who come back."""
    conflated: int
    """Changes folded for slower subscribers since start."""
    resyncs: int
    """Subscriptions that had to begin anew since start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """One engine at one moment. Reading it costs no calls and changes nothing."""

    sequence: int
    """The number of the latest change."""
    demands: int
    """Live subscriptions to records."""
    pollers: int
    """Feeds that are polled now."""
    seats: int
    """Mailboxes in use: one per cohort, and one per subscription that begins or is behind."""
    feeds: dict[str, tuple[FeedState, ...]]
    """The feeds by source key."""
    kinds: tuple[KindFigures, ...]
    """The kinds of which anything is known."""
    cohorts: tuple[CohortFigures, ...]
    """The cohorts that follow records."""
    circles: tuple[CircleFigures, ...] = ()
    """Those that follow sources."""


def completed(
    room: Newsroom, cohorts: Cohorts, publishing: Publishing, source: Source, state: FeedState
) -> FeedState:
    """A feed's state with what other parts of the engine know of it."""
    kinds = [Kind(word) for word in state.kinds]
    return replace(
        state,
        held_back=tuple(publishing.held_back(source.key, kinds)),
        cohorts=sum(
            not one.topic.kinds.isdisjoint(kinds) and (wanted is None or source.key in wanted)
            for one in cohorts
            for wanted in (one.topic.concerned(),)
        ),
        journal_depth=sum(room.journal.depth(kind) for kind in kinds),
        conflated=sum(room.tally.conflated[kind] for kind in kinds),
        resyncs=sum(room.tally.resyncs[kind] for kind in kinds),
    )


def figures(
    room: Newsroom, cohorts: Cohorts, circles: Circles, publishing: Publishing, floor: Floor
) -> Figures:
    """The engine now."""
    kinds = sorted({kind for source in floor for kind in room.journal.kinds_of(source.key)})
    return Figures(
        sequence=room.journal.sequence,
        demands=len(room.demand),
        pollers=room.polling.tasks(),
        seats=len(room.audience),
        feeds={
            source.key: tuple(
                completed(room, cohorts, publishing, source, state) for state in room.polling.states(source)
            )
            for source in floor
        },
        kinds=tuple(
            KindFigures(
                kind=kind,
                known=sum(len(room.journal.known(source.key, kind)) for source in floor),
                journal_depth=room.journal.depth(kind),
                conflated=room.tally.conflated[kind],
                resyncs=room.tally.resyncs[kind],
            )
            for kind in kinds
        ),
        cohorts=tuple(
            CohortFigures(
                kind=one.topic.kind,
                sources=None if one.topic.sources is None else tuple(sorted(one.topic.sources)),
                ids=None if one.topic.ids is None else len(one.topic.ids),
                filtered=one.topic.matches is not None,
                on=None if one.topic.on is None else tuple(sorted(one.topic.on)),
                max_age=one.topic.max_age,
                members=one.members,
                riders=one.riders,
                executions=one.press.executions,
            )
            for one in cohorts
        ),
        circles=tuple(
            CircleFigures(
                sources=None if one.topic.keys is None else tuple(sorted(one.topic.keys)),
                members=one.members,
                executions=one.press.executions,
            )
            for one in circles
        ),
    )
