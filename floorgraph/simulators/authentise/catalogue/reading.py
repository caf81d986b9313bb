"""Reads the tables of resources.

A line that is not indented opens a resource: its name and the methods it has (L list, P post, G get one,
U put, D delete, `-` none). The indented lines below it hold its fields, each written
`name:type>targets{choices}=default@marks`; everything after the type may be absent. Types are s string,
i integer, f float, b boolean, dt datetime, d date, td duration in seconds, id uuid, U link, L absolute link,
a array, o object, x anything. Marks are w settable, r required when posted, f a filter and no data, i filled
for one item only.
"""

import re
from collections.abc import Iterator

from floorgraph.simulators.authentise.catalogue.choices import CHOICES
from floorgraph.simulators.authentise.resource import NO_DEFAULT, Field, Resource

_FIELD = re.compile(
    r"(?P<name>[^:]+):(?P<type>\w+)(?:>(?P<targets>[\w|/-]+))?(?:\{(?P<choices>[^}]*)\})?"
    r"(?:=(?P<default>[^@]+))?(?:@(?P<marks>\w+))?"
)


def read_table(text: str) -> Iterator[Resource]:
    """The resources of a table."""
    head, fields = "", dict[str, Field]()
    for line in text.splitlines():
        if line.startswith(" "):
            for token in line.split():
                field = _field(token)
                fields[field.name] = field
        elif line:
            if head:
                yield _resource(head, fields)
            head, fields = line, {}
    yield _resource(head, fields)


def _resource(head: str, fields: dict[str, Field]) -> Resource:
    name, methods = head.split()
    return Resource(name=name, methods=frozenset(methods) - {"-"}, fields=fields)


def _field(token: str) -> Field:
    found = _FIELD.fullmatch(token)
    if found is None:
        raise ValueError(f"not a field: {token}")
    choices = found["choices"] or ""
    marks = found["marks"] or ""
    return Field(
        name=found["name"],
        type=found["type"],
        targets=tuple((found["targets"] or "").split("|")) if found["targets"] else (),
        choices=tuple(CHOICES.get(choices, choices).split("|")) if choices else (),
        default=_default(found["type"], found["default"]),
        required="r" in marks,
        settable="r" in marks or "w" in marks,
        filter_only="f" in marks,
        item_only="i" in marks,
    )


def _default(kind: str, text: str | None) -> object:
    if text is None:
        return NO_DEFAULT
    match kind:
        case "b":
            return text == "True"
        case "i":
            return int(text)
        case "f" | "td":
            return float(text)
        case _:
            return text
