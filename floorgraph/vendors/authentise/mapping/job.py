"""Jobs: runs, and work that is given to service providers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from floorgraph.model.ids import Kind
from floorgraph.model.job import Job, JobKind, JobStatus
from floorgraph.model.progress import Progress
from floorgraph.vendors.authentise.links import Ref, refs_of
from floorgraph.vendors.authentise.mapping.frame import Frame, short
from floorgraph.vendors.authentise.mapping.live import progress_of
from floorgraph.vendors.authentise.mapping.words import OUTSOURCED, RUN
from floorgraph.vendors.authentise.shelf import Row
from floorgraph.vendors.authentise.walk import moment_of

STATION_LINKS = ("printer", "post_processor", "shipping", "workstation_uri")
"""What names the station of a run, the first that is there."""


@dataclass(frozen=True, slots=True)
class Actuals:
    """What really happened in a run: its present actuals, and what the machine reported."""

    actuals: Row | None = None
    build: Row | None = None
    plan: Row | None = None
    file: Row | None = None
    """The build file made last."""


def station_of_run(run: Row) -> Ref | None:
    """The station that a run is given to; None while it has only a type."""
    for name in STATION_LINKS:
        found = run.link(name)
        if found is not None:
            return found
    return None


def run_job(row: Row, frame: Frame, about: Actuals) -> Job:
    """A run. It has no times of its own: they are those of its actuals, or of the machine's build."""
    fields = frame.fields(row)
    word = fields.text("status")
    orders = refs_of(row.get("orders"))
    actuals, build, plan = about.actuals, about.build, about.plan
    return Job(
        **frame.common(Kind.JOB, row, fields),
        name=fields.text("name") or fields.text("id") or short(row.ref),
        number=fields.text("id") or fields.text("customer_id"),
        kind=JobKind.RUN,
        operation=fields.text("operation"),
        status=frame.word("job", word, RUN, JobStatus.UNKNOWN, "run"),
        vendor_status=word,
        progress=_progress(build, frame),
        created_at=fields.instant("created"),
        queue_position=fields.integer("workstation_queue_position"),
        priority=fields.number("priority"),
        planned_start_at=moment_of(plan.get("estimated_start")) if plan else None,
        planned_end_at=moment_of(plan.get("estimated_end")) if plan else None,
        started_at=_moment(actuals, "start_in_progress_time") or _moment(build, "start_time"),
        ended_at=_moment(actuals, "end_in_progress_time") or _moment(build, "end_time"),
        error=fields.text("error"),
        notes=fields.text("notes"),
        station_id=frame.maybe_id(Kind.STATION, station_of_run(row)),
        order_id=frame.maybe_id(Kind.ORDER, orders[0] if orders else None),
        order_ids=frame.ids(Kind.ORDER, orders[1:]),
        program_id=frame.maybe_id(Kind.PROGRAM, about.file.ref if about.file else None),
    )


def outsourced_job(row: Row, frame: Frame) -> Job:
    """Work at a service provider; the run that it is part of is its parent."""
    fields = frame.fields(row)
    word = fields.text("status")
    run, order = row.link("run"), row.link("order")
    return Job(
        **frame.common(Kind.JOB, row, fields),
        name=fields.text("line_item_name") or fields.text("order_name") or short(row.ref),
        kind=JobKind.OUTSOURCED,
        description=fields.text("target"),
        status=frame.word("job", word, OUTSOURCED, JobStatus.UNKNOWN, "service provider job"),
        vendor_status=word,
        created_at=fields.instant("created"),
        due_at=fields.instant("due_at"),
        notes=fields.text("provider_notes"),
        order_name=fields.text("order_name"),
        order_id=frame.maybe_id(Kind.ORDER, order),
        parent_ids=() if run is None else (frame.id(Kind.JOB, run),),
    )


def latest(rows: Sequence[Row], name: str = "created") -> Row | None:
    """Of several rows the one that came last."""
    return max(rows, key=lambda row: str(row.get(name) or ""), default=None)


def _progress(build: Row | None, frame: Frame) -> Progress | None:
    return None if build is None else progress_of(build, frame)


def _moment(row: Row | None, name: str) -> datetime | None:
    return None if row is None else moment_of(row.get(name))
