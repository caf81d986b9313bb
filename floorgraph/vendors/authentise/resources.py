"""The vendor's resources as its document lists them: which can be read, and what lists can be filtered by.

`resources.json` is an extract of that document. Names that it lost are told
as guessed. What logs people in is left out.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from floorgraph.vendors.jsontext import strict

MANDATORY: Mapping[str, str] = {
    "sensor-data": "sensor",
    "material_batch_sensor_data": "material_batch",
    "access-info-for-resource": "target_uri",
    "work-checklist-lookup": "related_uri",
    "material-genealogy": "target_batch",
}
"""Lists that answer only with a certain filter."""


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource; `fields` are the names that its list may be filtered by."""

    name: str
    listed: bool
    single: bool
    fields: frozenset[str]
    guessed: bool


@cache
def resources() -> Mapping[str, Resource]:
    """All resources by name, such as `run` or `material-test/unit`."""
    text = files("floorgraph.vendors.authentise").joinpath("resources.json").read_text("utf-8")
    table: Any = strict(text)
    return {
        name: Resource(
            name=name,
            listed="LIST" in entry["reads"],
            single="GET" in entry["reads"],
            fields=frozenset(entry["fields"].split()),
            guessed=bool(entry.get("guessed")),
        )
        for name, entry in table.items()
    }


_PATH = re.compile(r"/?(?P<name>[\w-]+(?:/[\w-]+)*?)/?")


def named(path: str) -> str | None:
    """The resource's name in a path; None for what is no path."""
    found = _PATH.fullmatch(path)
    return None if found is None else found["name"]
