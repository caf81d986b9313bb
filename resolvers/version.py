"""Versions of programs: how lists of them are narrowed and ordered, and what they are related to."""

from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

from floorgraph.model.ids import Kind
from loaders.program import ContentByVersionId
from loaders.records import ProgramById
from resolvers.criteria import Criteria
from resolvers.relation import BY_ID, Relation, by_field


class VersionOrderField(Enum):
    """What versions of programs can be ordered by."""

    LABEL = "label"
    """By label, numbers in it counting as numbers."""
    CREATED_AT = "created_at"
    """By the time of creation."""
    MODIFIED_AT = "modified_at"
    """By the time of the last modification."""


@dataclass(kw_only=True)
class VersionCriteria(Criteria):
    """Narrows a list of program versions. Conditions are combined with AND, the values of one with OR."""

    kind: ClassVar = Kind.PROGRAM_VERSION
    searched: ClassVar = ("label", "comment", "remote_id")


PROGRAM = Relation(ProgramById, by_field("program_id"))
CONTENT = Relation(ContentByVersionId, BY_ID)
