"""Simulators that are installed, and what each of them promises."""

import pytest

from floorgraph.simulators.contract import Simulator
from floorgraph.simulators.registry import UnknownSimulator, simulator, simulators


def test_there_is_one() -> None:
    assert simulators()


def test_an_unknown_one_is_an_error_that_lists_those_there_are() -> None:
    with pytest.raises(UnknownSimulator, match=f"'acme'; known: {', '.join(simulators())}"):
        simulator("acme")


@pytest.mark.parametrize("found", simulators().values(), ids=simulators().keys())
def test_its_options_are_described_and_its_demo_fits_them(found: Simulator) -> None:
    assert simulator(found.vendor) is found
    schema = found.options.model_json_schema()
    tables = {"options": schema, **schema.get("$defs", {})}
    undescribed = [
        f"{table}.{name}"
        for table, described in tables.items()
        for name, one in described.get("properties", {}).items()
        if "description" not in one
    ]
    assert undescribed == []
    keys = [instance.key for instance in found.demo]
    assert len(keys) == len(set(keys)) > 0
    for instance in found.demo:
        found.options.model_validate(instance.options)
        settings = instance.source_settings("http://127.0.0.1:1")
        assert settings["key"] == instance.key
        assert settings["vendor"] == found.vendor
        assert str(settings["base_url"]).startswith("http://127.0.0.1:1")
