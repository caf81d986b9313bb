"""What operations ask of sources: fields of the same objects that need the same ask once."""

from graphql import OperationDefinitionNode, parse

from floorgraph.model.ids import Kind
from floorgraph.vendors.pricing import Ask, Read
from floorgraph.vendors.questions import By, Part
from schema.build import build_schema
from schema.limits.demand import demand_of


def asked(document: str) -> list[Ask]:
    parsed = parse(document)
    (operation,) = parsed.definitions
    assert isinstance(operation, OperationDefinitionNode)
    return [one.ask for one in demand_of(SCHEMA, parsed, operation, {}).questions]


SCHEMA = build_schema()
LIVE = Ask(Read.LIVE, 7)


def test_fields_of_the_same_objects_ask_once() -> None:
    found = asked("{ stations(first: 7) { nodes { status state { name } climate { humidityPercent } } } }")
    assert found.count(LIVE) == 1


def test_fields_of_other_objects_ask_for_themselves() -> None:
    document = "{ stations(first: 7) { nodes { status currentJob { station { status } } } } }"
    assert asked(document).count(LIVE) == 2


def test_lists_of_the_same_kind_ask_each_for_themselves() -> None:
    document = "{ a: stations(first: 7) { nodes { status } } b: stations(first: 7) { nodes { status } } }"
    assert asked(document).count(LIVE) == 2


def test_parts_are_told_apart() -> None:
    found = asked("{ stations(first: 7) { nodes { downtimes { reason } capacity { day } } } }")
    assert {one.part for one in found if one.read is Read.PARTS} == {
        Part.DOWNTIMES.value,
        Part.CAPACITY.value,
    }


def test_ids_that_a_client_names_are_told_as_such() -> None:
    named = asked('{ station(id: "am:station:printer/1") { currentJob { id } } }')
    assert Ask(Read.RECORDS, 1, Kind.STATION, By.ID.value, free=True) in named
    assert Ask(Read.RECORDS, 1, Kind.JOB, By.ID.value, per=Kind.STATION) in named
    (listed,) = asked('{ stations(filter: { ids: ["am:station:printer/1"] }) { totalCount } }')
    assert listed.free
