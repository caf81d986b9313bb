"""Sources as the API shows them: what a vendor server can do and how it is doing."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from floorgraph.model.ids import Kind


class SourceStatus(Enum):
    """How a source is doing.

    Clients must be ready for values that are added later.
    """

    STARTING = "STARTING"
    """Not heard from yet; the first probe is under way."""
    UP = "UP"
    """Answers."""
    DEGRADED = "DEGRADED"
    """Answers in part: some calls fail, or some records could not be read."""
    DOWN = "DOWN"
    """Does not answer; records are the last known ones."""
    PAUSED = "PAUSED"
    """Nothing is sent for now, because the vendor asked to wait or a budget is spent."""
    AUTH_REQUIRED = "AUTH_REQUIRED"
    """The vendor refuses the configured credentials; tried again at long intervals only."""


class Capability(Enum):
    """What a source may be able to do."""

    STATIONS = "STATIONS"
    """Lists its stations."""
    STATION_IMAGES = "STATION_IMAGES"
    """Has pictures of its stations."""
    LIVE_STATUS = "LIVE_STATUS"
    """Reports what its stations are doing."""
    LIVE_STATUS_BATCH = "LIVE_STATUS_BATCH"
    """Reports the live status of all stations in one call."""
    ALARMS = "ALARMS"
    """Reports active alarms."""
    ALARM_HISTORY = "ALARM_HISTORY"
    """Reports the alarms of a span of time."""
    STATE_HISTORY = "STATE_HISTORY"
    """Reports the states of a span of time."""
    KPIS = "KPIS"
    """Computes key performance indicators."""
    PROGRAM_RUNS = "PROGRAM_RUNS"
    """Reports which programs ran or were selected in a span of time."""
    PART_COUNTS = "PART_COUNTS"
    """Counts the parts made on each station."""
    PROGRAMS = "PROGRAMS"
    """Keeps programs and their versions."""
    PROGRAM_CONTENT = "PROGRAM_CONTENT"
    """Gives out the text of program versions."""
    PROTOCOLS = "PROTOCOLS"
    """Tells the transfer protocol of a station."""
    JOBS = "JOBS"
    """Lists its jobs; without it jobs are known only by the names that stations report."""
    ORDERS = "ORDERS"
    """Lists its orders."""
    PIECES = "PIECES"
    """Tells what is made, one by one or counted."""
    LAYOUTS = "LAYOUTS"
    """Places pieces on stock."""
    BATCHES = "BATCHES"
    """Tracks material in batches."""
    DOWNTIMES = "DOWNTIMES"
    """Plans times at which stations do not work."""
    CAPACITY = "CAPACITY"
    """Tells for each day how much of it a station could work and did."""
    RESOURCES = "RESOURCES"
    """Passes its own resources through as they are, for administrators."""
    USERS = "USERS"
    """Lists its users and what their groups may do."""


@dataclass(slots=True, kw_only=True)
class CapabilityState:
    """Whether a source has a capability, and if not, why not."""

    name: Capability
    """The capability."""
    available: bool
    """True when this server, version, licence and configuration offer it."""
    reason: str | None = None
    """What is missing, or what the capability rests on."""


@dataclass(slots=True, kw_only=True)
class SourceCommand:
    """A command that the vendor of a source knows, and whether it can be sent to this source."""

    name: str
    """Name of the mutation."""
    destructive: bool
    """True when it cannot be undone, so that it needs a second switch in the configuration."""
    allowed: bool
    """True when the configuration allows it for this source."""
    available: bool
    """True when this server, version, licence and configuration offer it, as far as is known."""
    reason: str | None = None
    """What stands against it; null when nothing does."""


@dataclass(slots=True, kw_only=True)
class FeedState:
    """One repeated question to a source, and how it is going."""

    name: str
    """Name of the feed, unique within its source."""
    kinds: tuple[str, ...]
    """The kinds of record that the feed keeps up to date."""
    interval_seconds: float | None
    """Seconds between the end of one poll and the start of the next; null while nobody asks."""
    reason: str
    """The rung of the ladder, which is why the interval is what it is: `idle`, `active`, `backoff`,
    `paused`, `lingering` or `burst`."""
    subscribers: int
    """Live subscriptions that the feed serves."""
    last_polled_at: datetime | None
    """When the last poll ended (UTC)."""
    consecutive_failures: int
    """Polls that failed since the last one that succeeded."""
    next_poll_at: datetime | None = None
    """When the next poll is due (UTC), in the past when it is overdue; null while nobody asks."""
    overruns: int = 0
    """Polls that took longer than the interval, since start."""
    polls: int = 0
    """Polls that have ended, since start, whatever came of them."""
    failed_polls: int = 0
    """Polls that failed, since start."""
    held_back: tuple[str, ...] = ()
    """Why removals of records wait for further confirmation, in words; empty when none do."""
    cohorts: int = 0
    """Groups of subscriptions that the feed serves and that share each event, because they ask for the
    same in the same form with the same rights."""
    journal_depth: int = 0
    """Changes of these kinds, of all sources, that are kept for subscribers who come back."""
    conflated: int = 0
    """Changes of these kinds, of all sources, that were folded into later ones because subscribers were
    slower, since start; once for subscribers that shared the folding."""
    resyncs: int = 0
    """Subscriptions to these kinds, of all sources, that had to begin anew, since start."""


@dataclass(slots=True, kw_only=True)
class BudgetState:
    """How many calls an endpoint class may take, and how many it took."""

    endpoint: str
    """The endpoint class that the budget covers; `*` covers all of the source."""
    per_second: float | None
    """Most calls per second; null without a limit."""
    limit: int | None
    """Most calls per day; null without a limit."""
    used: int
    """Calls made since the last reset."""
    reset_at: datetime | None
    """When `used` starts again from 0 (UTC); null without a daily limit."""
    low: bool = False
    """True when polls have had their part of the day's calls, so that only the reserve for queries is left
    until `resetAt`; false without a daily limit."""


@dataclass(slots=True, kw_only=True)
class UnmappedWord:
    """A vendor's word that has no unified counterpart here."""

    vocabulary: str
    """What the word describes, for example `station state`."""
    word: str
    """The vendor's word."""
    count: int
    """Times it was met since start."""


@dataclass(slots=True, kw_only=True)
class DriftNote:
    """A difference between the payloads that were expected and those that came."""

    payload: str
    """The payload it was seen in, for example `station`."""
    field: str
    """The vendor's field name."""
    change: str
    """What is different: `new`, `gone`, `retyped`, `unreadable`, or a repair to malformed JSON by name."""
    count: int
    """Times it was met since start."""


@dataclass(slots=True, kw_only=True)
class QuarantinedRecord:
    """A record that could not be read and was left out of its list."""

    payload: str
    """The payload it came in, for example `station`."""
    remote_id: str | None
    """The vendor's identifier, where it could be read."""
    reason: str
    """Why it could not be read."""
    at: datetime
    """When it was left out (UTC)."""


@dataclass(slots=True, kw_only=True)
class SourceCondition:
    """How a source is doing at one moment."""

    status: SourceStatus
    """How the source is doing."""
    failing_since: datetime | None = None
    """Since when calls fail (UTC); null while they succeed."""
    next_attempt_at: datetime | None = None
    """When the source is tried again (UTC); null while nothing stands in the way."""
    failure_code: str | None = None
    """Code of the last failure; null while calls succeed."""
    failure: str | None = None
    """What went wrong and what to do about it; null while calls succeed."""
    last_answer_at: datetime | None = None
    """When the source last answered (UTC)."""


@dataclass(frozen=True, slots=True)
class Feed:
    """A repeated question to a source that keeps some kinds of record up to date."""

    name: str
    kinds: frozenset[Kind]
    interval: float
    """Seconds between polls when a subscriber does not ask for an age of its own."""
    minimum: float
    """Fewest seconds between polls, however young a subscriber wants its data."""
    burst: float | None = None
    """Fewest seconds between the polls that follow a command, where that is less than `minimum`."""
