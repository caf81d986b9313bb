"""Values of fields: what a filter's text means, and whether a body's value fits."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from floorgraph.simulators.authentise.errors import Problem, VendorError
from floorgraph.simulators.authentise.resource import TYPE_NAMES, Field, Ref, Resource, Row, read_ref

_TRUE, _FALSE = ("t", "true", "1"), ("f", "false", "0")


def read_datetime(text: str) -> str:
    """The stamp of a time in any ISO 8601 form; without an offset it is UTC.

    Raises:
        ValueError: it is none.
    """
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        found = found.replace(tzinfo=UTC)
    return found.astimezone(UTC).isoformat()


class Reader:
    """Reads values with the address of the server in mind."""

    def __init__(self, bases: tuple[str, ...], resources: Mapping[str, Resource]) -> None:
        self._bases = bases
        self._resources = resources
        self._filters: dict[str, Callable[[str], object]] = {
            "i": _whole, "f": float, "td": float, "b": _truth, "dt": read_datetime,
            "d": lambda text: date.fromisoformat(text).isoformat(), "id": lambda text: str(UUID(text)),
            "U": self._link, "L": self._address, "a": self._element,
        }  # fmt: skip

    def filter_value(self, field: Field, text: str) -> object:
        """What a filter's value means.

        Raises:
            ValueError: it does not fit the field's type or is none of its choices.
        """
        value = self._filters.get(field.type, str)(text)
        if field.choices and value not in field.choices:
            raise ValueError(text)
        return value

    def _link(self, text: str) -> object:
        """Any link the server routes; that it leads to another kind of resource only means no match."""
        found = read_ref(text)
        if found is None or "G" not in self._methods(found):
            raise ValueError(text)
        return found

    def _address(self, text: str) -> object:
        """An absolute link, compared as text: the host must be the server's own."""
        parts = urlsplit(text)
        if not (parts.scheme and parts.netloc):
            raise ValueError(text)
        for base in self._bases:
            if text.startswith(base + "/"):
                return Ref(text[len(base) :])
        return text

    def _element(self, text: str) -> object:
        return read_ref(text) or text

    def _methods(self, link: Ref) -> frozenset[str]:
        resource = self._resources.get(link.resource)
        return resource.methods if resource else frozenset()

    def body(self, resource: Resource, given: Any, method: str) -> Row:
        """The values of a body.

        Raises:
            VendorError: 400 with everything that is wrong.
        """
        if not isinstance(given, dict):
            raise VendorError(400, "type-validation-error", "The body must be an object")
        problems, values = list[Problem](), Row()
        for name, value in given.items():
            field = resource.fields.get(name)
            if field is None:
                problems.append(Problem("request-validation-error", f"'{name}' is no property here"))
            elif not field.settable:
                problems.append(Problem("cannot-set-property", f"'{name}' cannot be set with {method}"))
            elif problem := self._problem(field, value):
                problems.append(problem)
            else:
                values[name] = self._stored(field, value)
        if method == "POST":
            problems += [
                Problem("missing-parameter", f"'{field.name}' is required")
                for field in resource.fields.values()
                if field.required and field.name not in given
            ]
        if problems:
            raise VendorError.of(problems)
        if method == "PUT" and not values:
            raise VendorError(400, "empty-payload", "The body is empty and would change nothing")
        return values

    def _problem(self, field: Field, value: Any) -> Problem | None:
        if value is None:
            return _wrong_type(field) if field.required else None
        if not _fits(field, value):
            return _wrong_type(field)
        if field.choices and value not in field.choices:
            return Problem(
                "property-value-not-in-allowed-values",
                f"'{field.name}' must be one of {', '.join(field.choices)}, not '{value}'",
            )
        links = [value] if field.type in ("U", "L") else value if field.type == "a" else []
        for text in links if field.targets else []:
            found = read_ref(text) if isinstance(text, str) else None
            if found is None or found.resource not in field.targets:
                return Problem(
                    "request-validation-error", f"'{text}' is no link of the kind of '{field.name}'"
                )
        return None

    def _stored(self, field: Field, value: Any) -> Any:
        if value is None:
            return None
        match field.type:
            case "U" | "L":
                return read_ref(value) or value
            case "a":
                return [(isinstance(one, str) and read_ref(one)) or one for one in value]
            case "dt":
                return read_datetime(value)
            case "id":
                return str(UUID(value))
            case "f" | "td":
                return float(value)
            case _:
                return value


def _wrong_type(field: Field) -> Problem:
    return Problem("type-validation-error", f"'{field.name}' must be of type {TYPE_NAMES[field.type]}")


def _fits(field: Field, value: Any) -> bool:
    match field.type:
        case "b":
            return isinstance(value, bool)
        case "i":
            return isinstance(value, int) and not isinstance(value, bool)
        case "f" | "td":
            return isinstance(value, (int, float)) and not isinstance(value, bool)
        case "o":
            return isinstance(value, dict)
        case "a":
            return isinstance(value, list)
        case "x":
            return True
        case "dt":
            return isinstance(value, str) and _reads(read_datetime, value)
        case "d":
            return isinstance(value, str) and _reads(date.fromisoformat, value)
        case "id":
            return isinstance(value, str) and _reads(UUID, value)
        case _:
            return isinstance(value, str)


def _reads(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except ValueError:
        return False
    return True


def _whole(text: str) -> int:
    number = float(text)
    if int(number) != number:
        raise ValueError(text)
    return int(number)


def _truth(text: str) -> bool:
    lower = text.lower()
    if lower not in _TRUE + _FALSE:
        raise ValueError(text)
    return lower in _TRUE
