"""How a simulated CloudNest gateway is set up."""

from typing import Literal

from pydantic import Field, field_validator, model_validator

from floorgraph.simulators.cloudnest.errors import CONDITIONS
from floorgraph.simulators.cloudnest.limits import LimitRule
from floorgraph.simulators.contract import SimulatorOptions

TreeOddity = Literal[
    "cycle", "self-parent", "orphan", "late-parent", "empty-folder", "same-titles", "unknown-type"
]
"""Shapes of the job tree a client has to bear; docs/simulators/cloudnest.md says what each is."""

Oddity = Literal[
    "plc-periods",
    "props-object",
    "repeated-tasks",
    "string-numbers",
    "result-times",
    "missing-fields",
    "unknown-states",
]
"""Habits beyond those the vendor's pages show; docs/simulators/cloudnest.md says what each is."""


class CloudNestOptions(SimulatorOptions):
    """Options of the CloudNest simulator."""

    # Who may call.
    app_id: str = "simulator-app"
    """The application that calls are signed for."""
    app_secret: str = "simulator-secret"  # noqa: S105
    """The secret that signatures are made with."""
    org_codes: list[str] = Field(default=["TEAM001"])
    """Teams the CloudNest part knows (`X-FS-Orgcode`)."""
    header_styles: list[Literal["dash", "camel"]] = Field(default=["dash"])
    """Spellings of the signature headers: `app-id` or `appId`; the documents show both."""
    sign_window_seconds: float = Field(default=600.0, gt=0)
    """How far a time stamp may be from the gateway's clock, either side."""
    clock_skew: float = 0.0
    """Seconds the gateway's clock (time stamps, Date header) is ahead of the hall's."""
    gateway_clock: Literal["simulated", "real"] = "simulated"
    """Which clock time stamps and the Date header follow; "real" helps clients that do not correct theirs."""

    # What they may call.
    cloudnest: bool = True
    """Whether the CloudNest part is granted."""
    iot: bool = True
    """Whether the machines' part is granted."""
    ungranted: list[str] = Field(default=[])
    """Endpoints (name, path or pattern) answered 1007."""
    granted_machines: list[int] | None = None
    """Machine numbers (gmid) in the caller's machine list; all when null."""
    daily_quota: int | None = Field(default=1000, ge=0)
    """Calls per day and endpoint; not limited when null."""
    rate_per_second: float | None = Field(default=1.0, gt=0)
    """Calls per second and endpoint; not limited when null."""
    limits: list[LimitRule] = Field(default=[])
    """Limits of single endpoints; they go before the two above."""
    rate_tolerance: float = Field(default=0.1, ge=0)
    """Seconds by which a call may come too early."""
    rate_clock: Literal["simulated", "real"] = "simulated"
    """Which clock the rate is measured by."""
    quota_day_offset_hours: float = 8.0
    """Where the quota's day begins, in hours east of UTC."""
    limit_status: Literal[200, 429] = 200
    """HTTP status of a call over a limit."""
    max_batch: int = Field(default=50, ge=1)
    """How many ids one call may name."""

    # How it talks.
    codes: dict[str, int] = Field(default={})
    """Other codes than the built-in ones, by condition."""
    messages: dict[str, str] = Field(default={})
    """Other wordings than the built-in ones, by condition."""
    paths: dict[str, str] = Field(default={})
    """Where endpoints lie, by name, when not at their own or invented path."""
    zone_id: Literal["machine-data", "everywhere", "ignored"] = "machine-data"
    """Which endpoints heed the header `zoneId`."""
    guid_case: Literal["document", "mixed"] = "document"
    """Layouts upper and everything else lower case, or any GUID in any case in any answer."""
    software: Literal["1.0", "2.0", "both"] = "both"
    """What `part/loc_info` takes: nest tasks, single layouts, or both."""
    oddities: list[Oddity] = Field(default=[])
    """Habits of the payloads that are in force; the manual says what each does."""
    tree_oddities: list[TreeOddity] = Field(default=["empty-folder"])
    """Oddities of the job tree that are in force; the manual says what each does."""
    examples: bool = False
    """The job tree is the one in the vendor's document, sent verbatim; no jobs are added to it."""

    # The hall.
    machines: int = Field(default=6, ge=1, le=500)
    """Cutting machines."""
    welders: int = Field(default=0, ge=0, le=100)
    """Welding machines; CloudNest does not know them."""
    machine_names: list[str] = Field(default=[])
    """Names of the first machines."""
    jobs: int = Field(default=30, ge=0, le=20_000)
    """Jobs (leaves of the tree) at the start."""
    folders: int | None = Field(default=None, ge=0)
    """Folders of the tree; a sixth of the jobs, at least three, when null."""
    parts_per_job: tuple[int, int] = (3, 8)
    """Fewest and most parts of a job."""
    layouts_per_job: tuple[int, int] = (1, 3)
    """Fewest and most layouts of a job."""
    plates_per_task: tuple[int, int] = (1, 8)
    """Fewest and most sheets of a task."""
    draft_share: float = Field(default=0.1, ge=0, le=1)
    """Share of jobs without layouts."""
    waiting_share: float = Field(default=0.1, ge=0, le=1)
    """Share of jobs with layouts but without production tasks."""
    mixed_share: float = Field(default=0.2, ge=0, le=1)
    """Share of layouts that cut a part of another job too."""
    bare_tasks: int = Field(default=1, ge=0)
    """How many of the first tasks are answered without parts."""
    plates: int = Field(default=12, ge=0)
    """Standard plates in stock."""
    scraps: int = Field(default=6, ge=0)
    """Scrap plates in stock at the start."""
    sheet_seconds: tuple[int, int] = (240, 900)
    """Shortest and longest time to cut a sheet."""
    load_seconds: tuple[int, int] = (30, 90)
    """Shortest and longest time between two sheets."""
    trouble: float = Field(default=0.2, ge=0, le=1)
    """How likely a sheet is interrupted by an alarm, a pause or a stop."""
    pace: float = Field(default=1.0, gt=0, le=1000)
    """Everything in the hall goes this much faster."""
    history_hours: float = Field(default=8.0, ge=0, le=24 * 60)
    """How much past the machines have when the server starts."""
    new_jobs: bool = True
    """Whether a new job is planned when a machine runs out of work."""
    jobs_kept: int | None = Field(default=None, ge=1)
    """Above this many the oldest finished jobs go; three times the first jobs, at least 200, when null."""
    boost_seconds: float = Field(default=30.0, ge=0)
    """How long automatic nesting takes."""

    @field_validator("codes", "messages")
    @classmethod
    def _known_conditions(cls, given: dict[str, object]) -> dict[str, object]:
        if unknown := sorted(set(given) - set(CONDITIONS)):
            raise ValueError(f"unknown: {', '.join(unknown)}; known: {', '.join(CONDITIONS)}")
        return given

    @model_validator(mode="after")
    def _ranges(self) -> "CloudNestOptions":
        for name in ("parts_per_job", "layouts_per_job", "plates_per_task", "sheet_seconds", "load_seconds"):
            low, high = getattr(self, name)
            if not 1 <= low <= high:
                raise ValueError(f"{name}: expected two numbers, 1 <= first <= second")
        return self

    def limit_rules(self) -> list[LimitRule]:
        """All rules, those for single endpoints first."""
        rest = LimitRule(endpoint="*", daily_quota=self.daily_quota, rate_per_second=self.rate_per_second)
        return [*self.limits, rest]
