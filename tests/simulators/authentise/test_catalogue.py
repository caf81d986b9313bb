"""The tables of resources."""

import pytest

from floorgraph.simulators.authentise.catalogue import RESOURCES
from floorgraph.simulators.authentise.catalogue.reading import read_table
from floorgraph.simulators.authentise.resource import TYPE_NAMES


def test_a_table_is_read() -> None:
    (first, second) = read_table(
        """
thing LPG
    name:s@r state:s{new|old}=new@w parts:a>part|model
    by_part:U>part@f
other -
    uri:U>other
"""
    )
    assert (first.name, first.methods, second.methods) == ("thing", frozenset("LPG"), frozenset())
    assert first.fields["name"].required
    assert first.fields["state"].choices == ("new", "old")
    assert first.fields["parts"].targets == ("part", "model")
    assert first.defaults == {"state": "new"}
    assert [field.name for field in first.shown] == ["name", "state", "parts"]


def test_what_is_no_field_is_refused() -> None:
    with pytest.raises(ValueError, match="not a field"):
        list(read_table("thing L\n    name"))


def test_every_resource_makes_sense() -> None:
    assert len(RESOURCES) > 200
    for name, resource in RESOURCES.items():
        assert resource.methods <= set("LPGUD"), name
        for field in resource.fields.values():
            assert field.type in TYPE_NAMES, (name, field)
            assert not (field.filter_only and field.settable), (name, field)
            if field.choices:
                assert all(field.choices), (name, field)
                assert field.type == "s"
