"""Folders of jobs in GraphQL."""

from floorgraph.model import folder
from resolvers import folder as relations
from resolvers.folder import FolderCriteria, FolderOrderField
from schema import enums
from schema.connection import order_input, relation_list_field
from schema.declare import criteria_input, record_type
from schema.fields import related
from schema.node import Record
from schema.nouns import FOLDERS, JOBS

__all__ = ["JobFolder", "JobFolderFilter", "JobFolderOrder", "enums"]


@record_type(folder.JobFolder)
class JobFolder(Record):
    """A folder, what lies in it and what it lies in."""

    parent = related(relations.PARENT, FOLDERS.node | None, "The folder that it lies in; null for a root.")
    children = relation_list_field(FOLDERS, relations.CHILDREN, "The folders that lie in it.")
    jobs = relation_list_field(JOBS, relations.JOBS, "The jobs that lie in it.")


@criteria_input("JobFolderFilter", ("parent",))
class JobFolderFilter(FolderCriteria):
    """Narrows a list of folders."""


JobFolderOrder = order_input("JobFolderOrder", FolderOrderField)
