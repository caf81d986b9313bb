"""Versions of programs in GraphQL."""

from floorgraph.model import program
from resolvers import version as relations
from resolvers.version import VersionCriteria, VersionOrderField
from schema.connection import order_input
from schema.declare import criteria_input, record_type
from schema.fields import related
from schema.node import Record
from schema.nouns import PROGRAMS

__all__ = ["ProgramContent", "ProgramVersion", "ProgramVersionFilter", "ProgramVersionOrder"]


@record_type(program.ProgramContent)
class ProgramContent:
    """The text of one version of a program."""


@record_type(program.ProgramVersion)
class ProgramVersion(Record):
    """A version of a program and its text."""

    program = related(
        relations.PROGRAM,
        PROGRAMS.node | None,
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


ProgramVersionOrder = order_input("ProgramVersionOrder", VersionOrderField)
