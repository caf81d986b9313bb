"""Versions of programs in GraphQL."""

from typing import Annotated

import strawberry

from floorgraph.model import program
from floorgraph.model.ids import Kind
from resolvers import version as relations
from resolvers.version import VersionCriteria, VersionOrderField
from schema.connection import Noun, order_input
from schema.declare import criteria_input, part_type, record_type
from schema.fields import related
from schema.node import Record

__all__ = ["VERSIONS", "ProgramContent", "ProgramVersion", "ProgramVersionFilter"]


@part_type
class ProgramContent(program.ProgramContent):
    """The text of one version of a program."""


@record_type()
class ProgramVersion(Record, program.ProgramVersion):
    """A version of a program and its text."""

    program = related(
        relations.PROGRAM,
        Annotated["Program", strawberry.lazy("schema.program")] | None,
        "The program that this is a version of.",
    )
    content = related(
        relations.CONTENT,
        ProgramContent | None,
        "The version's text, fetched from the vendor one version at a time; null where the source does not "
        "give it out.",
    )


@criteria_input("ProgramVersionFilter", ())
class ProgramVersionFilter(VersionCriteria):
    """Narrows a list of versions."""


VERSIONS = Noun(
    kind=Kind.PROGRAM_VERSION,
    node=ProgramVersion,
    criteria=VersionCriteria,
    filter=ProgramVersionFilter,
    order=order_input("ProgramVersionOrder", VersionOrderField),
    plural="versions",
)
