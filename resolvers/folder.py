"""Folders of jobs: how lists of them are narrowed and ordered, and what they are related to."""

from dataclasses import dataclass
from enum import Enum
from typing import Any, ClassVar

from floorgraph.model.ids import Kind
from floorgraph.vendors.questions import By
from loaders.records import FoldersByParentId, Found, JobFolderById, JobsByFolderId
from resolvers.criteria import Criteria
from resolvers.relation import BY_ID, Relation, by_field


class FolderOrderField(Enum):
    """What folders can be ordered by."""

    NAME = "name"
    """By name, numbers in it counting as numbers."""
    POSITION = "position"
    """By place among siblings."""


@dataclass(kw_only=True)
class FolderCriteria(Criteria):
    """Narrows a list of folders. Conditions are combined with AND, the values of one with OR."""

    kind: ClassVar = Kind.JOB_FOLDER
    parents: ClassVar = {"parent": (By.PARENT, Kind.JOB_FOLDER)}

    parent: str | None = None
    """Only folders that lie in this one."""
    roots: bool = False
    """Only folders that lie in no other."""

    def admits(self, record: Any) -> bool:
        """Whether a folder meets every condition."""
        return super().admits(record) and not (self.roots and record.parent_id is not None)


PARENT = Relation(JobFolderById, by_field("parent_id"))
CHILDREN = Relation(FoldersByParentId, BY_ID, empty=Found())
JOBS = Relation(JobsByFolderId, BY_ID, empty=Found())
