"""The engine's bounds, in one place. Times in seconds."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class LadderPolicy:
    """How a feed's polls follow each other."""

    start_spread: float = 1.0
    """First polls of feeds that are asked for at the same moment are spread over at most this long."""
    shortest: float = 0.1
    """Least time between polls of a feed that sets no minimum of its own."""
    jitter: float = 0.05
    """Share of the period by which a gap is longer or shorter at random."""
    backoff_base: float = 1.0
    """Longest wait after the first failure; doubles with every further one."""
    backoff_cap: float = 300.0
    """Longest wait after failures."""
    auth_pause: float = 300.0
    """Wait after refused credentials."""
    pause_bounds: tuple[float, float] = (1.0, 3600.0)
    """Shortest and longest wait that a vendor or a budget can ask for."""
    burst_polls: int = 5
    """Most polls in quick succession after a command."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovalPolicy:
    """When a record that is missing from listings counts as removed."""

    confirmations: int = 2
    """Complete listings in a row that must lack a record."""
    sudden_share: float = 0.2
    """Share of the known records above which a loss is sudden."""
    sudden_count: int = 2
    """Number of records above which a loss is sudden; both must be exceeded."""
    sudden_confirmations: int = 3
    """Complete listings in a row that must lack records that were lost suddenly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnginePolicy:
    """The engine's bounds."""

    ladder: LadderPolicy = field(default_factory=LadderPolicy)
    """How polls follow each other."""
    removal: RemovalPolicy = field(default_factory=RemovalPolicy)
    """When missing records count as removed."""
    linger: float = 30.0
    """How long a feed is polled on after its last subscriber left."""
    first_wait: float = 10.0
    """Longest wait for first polls before a snapshot is sent with what is there."""
    sharing: float = 0.1
    """Share of the period that an answer made for a query may be old to serve as a poll's."""
    poll_deadline: float = 60.0
    """Longest time for one poll; a last resort behind the source's own deadlines."""
    backfilled_records: int = 20
    """Most records per poll and kind whose steps in between are asked for in the vendor's history."""
    backfill_deadline: float = 10.0
    """Longest time for asking a vendor's history after a poll."""
    remembered_changes: int = 10_000
    """Changes kept per kind of record for subscribers that come back."""
    waiting_records: int = 10_000
    """Most records with changes waiting for one slow subscriber; beyond it starts anew."""
    heartbeat: float = 60.0
    """Time between probes of a source that nobody polls."""
    probe_base: float = 5.0
    """Wait after the first failed probe; doubles up to `heartbeat`."""
    command_patience: float = 60.0
    """How long after a command a change of its record counts as its effect."""
    watch_interval: float = 30.0
    """Time between looks at the clocks for signs of having been suspended."""
    suspended: float = 300.0
    """Jump of the wall clock against the monotonic one that counts as having been suspended."""
    secret: bytes | None = field(default=None, repr=False)
    """Signs cursors; one for each running engine when None. Set it to tell foreign from forged."""
