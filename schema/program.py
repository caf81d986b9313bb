"""Programs and their versions in GraphQL."""

from typing import Annotated

import strawberry

from floorgraph.model import program
from floorgraph.model.ids import Kind
from resolvers import program as relations
from resolvers.program import ProgramCriteria, ProgramOrderField, prepare_programs
from schema.connection import Noun, order_input, relation_list_field
from schema.declare import criteria_input, part_type, record_type
from schema.fields import related
from schema.node import Record
from schema.version import VERSIONS

__all__ = ["PROGRAMS", "CustomField", "Program", "ProgramFilter"]


@part_type
class CustomField(program.CustomField):
    """A field that the customer defined at the vendor."""


@record_type()
class Program(Record, program.Program):
    """A program, where it belongs and its versions."""

    station = related(
        relations.STATION,
        Annotated["Station", strawberry.lazy("schema.station")] | None,
        "The station that the program is kept for; null when it is kept for none.",
    )
    alias_of = related(
        relations.ALIAS_OF,
        Annotated["Program", strawberry.lazy("schema.program")] | None,
        "The program that this one stands for under another name; null when it stands for itself.",
    )
    versions = relation_list_field(VERSIONS, relations.VERSIONS, "The program's versions.")


@criteria_input("ProgramFilter", ("station", "job", "order"))
class ProgramFilter(ProgramCriteria):
    """Narrows a list of programs."""


PROGRAMS = Noun(
    kind=Kind.PROGRAM,
    node=Program,
    criteria=ProgramCriteria,
    filter=ProgramFilter,
    order=order_input("ProgramOrder", ProgramOrderField),
    plural="programs",
    prepare=prepare_programs,
)
