"""The shop: what is stored, what stands in which queue, and what happens next."""

from collections.abc import Callable
from heapq import heappop, heappush
from itertools import count

from floorgraph.simulators.authentise.options import AuthentiseOptions
from floorgraph.simulators.authentise.resource import Ref, Row
from floorgraph.simulators.authentise.store import Store
from floorgraph.simulators.dice import Dice

STATION_FIELDS = {"printer": "printer", "post-processor": "post_processor", "shipping": "shipping"}
"""From a station's resource to the field of a run that names it."""
OPERATIONS = {"printer": "printing", "post-processor": "post-processing", "shipping": "shipping"}
"""From a station's resource to a run's operation."""

Action = Callable[[], object]


class Shop:
    """The tenant's shop. Everything that will happen stands in the agenda, in the order of its time."""

    def __init__(self, options: AuthentiseOptions, now: float) -> None:
        self.options = options
        self.dice = Dice("shop", options.seed)
        self._late = Dice("late", options.seed)
        self.store = Store(
            options.seed,
            events_kept=options.events_kept,
            resolution=options.stamp_resolution,
            lag=self._lag,
        )
        self.store.now = now
        self.queues: dict[Ref, list[Ref]] = {}
        """Runs that wait at a station, next one first."""
        self.active: dict[Ref, list[Ref]] = {}
        """Runs in progress or paused at a station."""
        self.estimates: dict[Ref, float] = {}
        """Seconds of work in a run, at pace 1."""
        self.pool: list[Ref] = []
        """Pieces nobody has planned yet."""
        self.hidden: set[Ref] = set()
        """Records the user may not see."""
        self.alive = options.alive
        self.churn = options.churn
        self.churn_keys: list[str] = []
        """Identifiers of pieces, to choose from quickly."""
        self.late_share = options.late_share
        self.late_seconds = options.late_seconds
        self.fixed_lag: float | None = None
        """How much earlier the changes at hand are stamped, whatever chance says."""
        self.numbers = count(1)
        self._agenda: list[tuple[float, int, Action]] = []
        self._turns = count()

    @property
    def now(self) -> float:
        """The time up to which everything has happened, in seconds since 1970."""
        return self.store.now

    def after(self, seconds: float, action: Action) -> None:
        """Let something happen later."""
        heappush(self._agenda, (self.now + seconds, next(self._turns), action))

    def paced(self, seconds: float, action: Action) -> None:
        """Let something happen after so much work, which goes as fast as the shop's pace."""
        self.after(seconds / self.options.pace, action)

    def advance(self, to: float) -> None:
        """Let everything happen that happens until then."""
        while self._agenda and self._agenda[0][0] <= to:
            when, _, action = heappop(self._agenda)
            self.store.now = max(when, self.store.now)
            action()
        self.store.now = max(self.store.now, to)

    def features_off(self) -> list[str]:
        """Names of the features that are switched off."""
        return [row["name"] for row in self.store.where("feature", "enabled", False)]

    def station_of(self, run: Row) -> Ref | None:
        """The station a run is given to; None when only its type is known."""
        found: Ref | None = run.get("printer") or run.get("post_processor") or run.get("shipping")
        return found

    def capacity(self, station: Ref) -> int:
        """How many runs a station can work on at once."""
        if station.resource == "printer":
            return 1
        if station.resource == "shipping":
            return 10
        kind = self.store.get(self.store.find(station).get("post_processor_type"))
        return int(kind.get("in_progress_max") or 1) if kind else 1

    def _lag(self) -> float:
        if self.fixed_lag is not None:
            return self.fixed_lag
        if not self.late_share or self._late.roll() >= self.late_share:
            return 0.0
        return self._late.between(0.0, self.late_seconds)
