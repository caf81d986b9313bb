"""Programs and their versions in GraphQL."""

from floorgraph.model import program
from resolvers import program as relations
from resolvers.program import ProgramCriteria, ProgramOrderField
from schema.connection import order_input, relation_list_field
from schema.declare import criteria_input, record_type
from schema.fields import related
from schema.node import Record
from schema.nouns import PROGRAMS, STATIONS, VERSIONS

__all__ = ["CustomField", "Program", "ProgramFilter", "ProgramOrder"]


@record_type(program.CustomField)
class CustomField:
    """A field that the customer defined at the vendor."""


@record_type(program.Program)
class Program(Record):
    """A program, where it belongs and its versions."""

    station = related(
        relations.STATION,
        STATIONS.node | None,
        "The station that the program is kept for; null when it is kept for none.",
    )
    alias_of = related(
        relations.ALIAS_OF,
        PROGRAMS.node | None,
        "The program that this one stands for under another name; null when it stands for itself.",
    )
    versions = relation_list_field(VERSIONS, relations.VERSIONS, "The program's versions.")


@criteria_input("ProgramFilter", ("station", "job", "order"))
class ProgramFilter(ProgramCriteria):
    """Narrows a list of programs."""


ProgramOrder = order_input("ProgramOrder", ProgramOrderField)
