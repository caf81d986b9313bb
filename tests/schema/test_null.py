"""Null where a call failed never takes its parent with it: by the schema of every type, and by what happens
when every call but the parent's own fails (row E14)."""

from collections.abc import Iterator
from inspect import iscoroutinefunction
from typing import Any

import graphql
import pytest

from floorgraph.model.batch import Batch, BatchKind, BatchStatus
from floorgraph.model.folder import JobFolder
from floorgraph.model.ids import Kind
from floorgraph.model.layout import Layout, LayoutKind, LayoutStatus
from floorgraph.model.program import Program, ProgramVersion
from floorgraph.model.record import Record
from floorgraph.model.source import Capability, CapabilityState
from floorgraph.vendors.gate.call import Freshness
from schema.build import build_schema
from tests.support.client import query
from tests.support.memory import MemorySource, common, job, order, piece, station, unreachable
from tests.support.serving import serving_sources

SCHEMA: Any = build_schema()
TYPES: dict[str, graphql.GraphQLObjectType] = {
    name: found
    for name, found in SCHEMA._schema.type_map.items()
    if isinstance(found, graphql.GraphQLObjectType) and not name.startswith("__")
}


def crossing(name: str) -> Iterator[tuple[str, graphql.GraphQLField]]:
    """The fields of a type whose values may have to be asked for: their resolvers wait."""
    for field, found in TYPES[name].fields.items():
        declared = (found.extensions or {}).get("strawberry-definition")
        resolver = getattr(declared, "base_resolver", None)
        if resolver is not None and iscoroutinefunction(resolver.wrapped_func):
            yield field, found


def may_be_missing(of: Any) -> bool:
    """Whether a value of a type can be told without what a failed source did not give."""
    if not graphql.is_non_null_type(of):
        return True
    inner = of.of_type
    if graphql.is_list_type(inner):
        return not graphql.is_non_null_type(inner.of_type)
    return str(inner).endswith("Connection") or str(inner).endswith("Payload")


@pytest.mark.parametrize("name", sorted(name for name in TYPES if any(crossing(name))))
def test_what_crosses_a_call_may_be_missing(name: str) -> None:
    assert [field for field, found in crossing(name) if not may_be_missing(found.type)] == []


def test_a_field_that_must_be_there_would_be_seen() -> None:
    bare = graphql.build_schema(
        "type Query { a: Int! b: [Int!]! c: [Int]! d: Int e: XConnection! } type XConnection { f: Int }"
    )
    query_type = bare.query_type
    assert query_type is not None
    assert [name for name, field in query_type.fields.items() if not may_be_missing(field.type)] == ["a", "b"]


def records() -> list[Record]:
    """One of each type that has relations, leading to all others."""
    here = {kind: f"north:{kind}:1" for kind in Kind}
    return [
        station("1", workshop="Hall"),
        job("1", station_id=here[Kind.STATION], order_id=here[Kind.ORDER], program_id=here[Kind.PROGRAM]),
        order("1"),
        piece("1", job_id=here[Kind.JOB], order_id=here[Kind.ORDER], station_id=here[Kind.STATION]),
        Layout(
            **common(Kind.LAYOUT, "1", "north"),
            name="Sheet 1",
            kind=next(iter(LayoutKind)),
            status=LayoutStatus.READY,
            job_ids=(here[Kind.JOB],),
            station_id=here[Kind.STATION],
            batch_id=here[Kind.BATCH],
        ),
        Batch(
            **common(Kind.BATCH, "1", "north"),
            name="Steel",
            kind=BatchKind.SHEET,
            status=BatchStatus.AVAILABLE,
            station_id=here[Kind.STATION],
        ),
        Program(
            **common(Kind.PROGRAM, "1", "north"), name="O1", reference="O1", station_id=here[Kind.STATION]
        ),
        ProgramVersion(
            **common(Kind.PROGRAM_VERSION, "1", "north"), label="1", program_id=here[Kind.PROGRAM]
        ),
        JobFolder(**common(Kind.JOB_FOLDER, "1", "north"), name="Folder"),
    ]


class Forgetful(MemorySource):
    """Answers one call, and no further one."""

    def __init__(self) -> None:
        super().__init__("north", records())

    def capabilities(self) -> list[CapabilityState]:
        return [CapabilityState(name=one, available=True) for one in Capability]

    async def _call(self, name: str, freshness: Freshness) -> None:
        await super()._call(name, freshness)
        if sum(self.calls.values()) > 1:
            raise unreachable()


def selection(field: graphql.GraphQLField) -> str:
    """What to ask of a field's value."""
    named = graphql.get_named_type(field.type)
    if graphql.is_leaf_type(named):
        return ""
    return " { unavailableSources }" if str(named).endswith("Connection") else " { __typename }"


def related(name: str) -> list[tuple[str, graphql.GraphQLField]]:
    """The relations of a record's type; what needs arguments or rights of its own is left out."""
    return [
        (field, found)
        for field, found in crossing(name)
        if not any(graphql.is_required_argument(argument) for argument in found.args.values())
    ]


@pytest.mark.parametrize("record", records(), ids=lambda record: type(record).__name__)
async def test_a_record_stands_when_nothing_that_it_leads_to_can_be_had(record: Record) -> None:
    name = type(record).__name__
    asked = related(name)
    assert asked
    fields = " ".join(field + selection(found) for field, found in asked)
    async with serving_sources([Forgetful()]) as base_url:
        answer = await query(base_url, f'{{ node(id: "{record.id}") {{ ... on {name} {{ id {fields} }} }} }}')
    found = answer["data"]["node"]
    assert found["id"] == record.id
    for error in answer.get("errors", []):
        assert error["path"][0] == "node"
        assert error["extensions"]["code"] == "UNREACHABLE"
    failed = {error["path"][1] for error in answer.get("errors", [])}
    for field, of in asked:
        if str(graphql.get_named_type(of.type)).endswith("Connection"):
            assert found[field] is not None
            assert (found[field]["unavailableSources"] == ["north"]) == (field in failed)
        else:
            assert found[field] is None or field not in failed
    assert failed, "nothing failed"
