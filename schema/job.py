"""Jobs in GraphQL."""

from typing import Annotated

import strawberry

from floorgraph.model import job
from floorgraph.model.ids import Kind
from resolvers import job as relations
from resolvers.job import JobCriteria, JobOrderField
from schema.connection import Noun, order_input, relation_list_field
from schema.declare import criteria_input, record_type
from schema.fields import related
from schema.node import Record
from schema.piece import PIECES

__all__ = ["JOBS", "Job", "JobFilter"]


@record_type()
class Job(Record, job.Job):
    """A job and what it belongs to."""

    station = related(
        relations.STATION,
        Annotated["Station", strawberry.lazy("schema.station")] | None,
        "The station that the job is given to; null when it is given to none.",
    )
    order = related(
        relations.ORDER,
        Annotated["Order", strawberry.lazy("schema.order")] | None,
        "The order that the job belongs to; null when there is none or only its name is known.",
    )
    program = related(
        relations.PROGRAM,
        Annotated["Program", strawberry.lazy("schema.program")] | None,
        "The program that the job runs; null when the vendor names none.",
    )
    pieces = relation_list_field(PIECES, relations.PIECES, "What the job makes.")


@criteria_input("JobFilter", ("station", "order"))
class JobFilter(JobCriteria):
    """Narrows a list of jobs."""


JOBS = Noun(
    kind=Kind.JOB,
    node=Job,
    criteria=JobCriteria,
    filter=JobFilter,
    order=order_input("JobOrder", JobOrderField),
    plural="jobs",
)
