"""What sources answer with: records, listings of polls, and what they say about themselves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from floorgraph.model.record import Record
from floorgraph.vendors.failures import SourceFailure

R_co = TypeVar("R_co", bound=Record, covariant=True)


@dataclass(frozen=True, slots=True)
class Answer(Generic[R_co]):
    """The records asked for.

    `failure` is set when they are the last known ones because a fresher
    answer could not be had. `complete` is False when the vendor is known to
    have sent only part of the list. `groups` deals the records out to the
    values of the `Where` where the records themselves do not say whose they
    are; without it their own fields decide.
    """

    items: Sequence[R_co]
    observed_at: datetime | None
    complete: bool = True
    failure: SourceFailure | None = None
    groups: Mapping[str, Sequence[R_co]] | None = None


@dataclass(frozen=True, slots=True)
class ResourcePage:
    """One page of a vendor's own resource, passed through; `after` goes on behind it."""

    items: Sequence[Any]
    after: str | None


@dataclass(frozen=True, slots=True)
class Listing:
    """One kind of record as a poll found it; removals may be inferred only from a complete one.

    `authoritative` says that absence is as good as a word: the records are
    parts of answers that name their owners, such as the alarms inside live
    statuses. Then one complete listing is enough, and no loss is suspicious.
    """

    records: Sequence[Record]
    complete: bool
    observed_at: datetime
    authoritative: bool = False


@dataclass(frozen=True, slots=True)
class PlanLine:
    """What keeping one sort of record up to date costs, of a quota of calls per day."""

    feed: str
    """Name of the feed that asks."""
    endpoint: str
    """The endpoint class that is asked."""
    calls_per_poll: int
    """Calls that one poll makes, as things stand now."""
    wanted_interval: float
    """Seconds between polls if calls cost nothing."""
    interval: float
    """Seconds between polls that the quota allows over a whole day."""
    calls_per_day: float
    """Calls over a whole day of polling at that interval."""
    limit: int | None
    """Most calls per day; None without a limit."""


@dataclass(frozen=True, slots=True)
class AssumptionNote:
    """Something that a server says about itself and the adapter takes for granted otherwise."""

    subject: str
    """What it is about, in the vendor's words, such as a resource and a field."""
    expected: str
    """What the adapter takes for granted."""
    found: str
    """What the server says."""


@dataclass(frozen=True, slots=True)
class Step:
    """A record as it was known, and as a poll found it changed."""

    before: Record
    after: Record


@dataclass(frozen=True, slots=True)
class Image:
    """A picture, and its media type such as `image/png`."""

    content: bytes
    media_type: str
