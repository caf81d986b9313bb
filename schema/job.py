"""Jobs in GraphQL."""

from floorgraph.model import job
from resolvers import job as relations
from resolvers.job import JobCriteria, JobOrderField
from schema import enums, progress
from schema.connection import order_input, relation_list_field
from schema.declare import criteria_input, record_type
from schema.fields import related
from schema.node import Record
from schema.nouns import BATCHES, FOLDERS, JOBS, LAYOUTS, ORDERS, PIECES, PROGRAMS, STATIONS

__all__ = ["Job", "JobFilter", "JobOrder", "enums", "progress"]


@record_type(job.Job)
class Job(Record):
    """A job and what it belongs to."""

    station = related(
        relations.STATION,
        STATIONS.node | None,
        "The station that the job is given to; null when it is given to none.",
    )
    order = related(
        relations.ORDER,
        ORDERS.node | None,
        "The order that the job belongs to; null when there is none or only its name is known.",
    )
    program = related(
        relations.PROGRAM,
        PROGRAMS.node | None,
        "The program that the job runs; null when the vendor names none.",
    )
    folder = related(
        relations.FOLDER, FOLDERS.node | None, "The folder that the job lies in; null when it lies in none."
    )
    parents = relation_list_field(JOBS, relations.PARENTS, "The jobs that this one is part of.")
    children = relation_list_field(JOBS, relations.CHILDREN, "The jobs that are part of this one.")
    layouts = relation_list_field(LAYOUTS, relations.LAYOUTS, "The layouts that the job makes.")
    batches = relation_list_field(BATCHES, relations.BATCHES, "The batches of material that the job uses.")
    pieces = relation_list_field(PIECES, relations.PIECES, "What the job makes.")


@criteria_input("JobFilter", ("station", "order", "parent", "folder"))
class JobFilter(JobCriteria):
    """Narrows a list of jobs."""


JobOrder = order_input("JobOrder", JobOrderField)
