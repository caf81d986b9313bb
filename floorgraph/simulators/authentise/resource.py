"""Resources, their fields, and rows of them."""

import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Final
from urllib.parse import urlsplit

Row = dict[str, Any]
"""A record by field name: links are `Ref`, times are text as it goes out, what is null may be missing.

Every row has its own link under `uri`, whether its resource shows it or not.
"""

NO_DEFAULT: Final = object()

TYPE_NAMES = {
    "s": "string", "i": "integer", "f": "float", "b": "boolean", "dt": "iso-8601 datetime",
    "d": "iso-8601 date", "td": "timedelta", "id": "uuid", "U": "URI", "L": "URL", "a": "array",
    "o": "object", "x": "anything",
}  # fmt: skip
"""How the vendor calls the types."""

_PATH = re.compile(r"/([\w-]+(?:/[\w-]+)*)/([0-9a-fA-F]{8}(?:-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12})/?")


class Ref(str):
    """A link to a record, kept as its path; the server's address is put in front when it goes out."""

    __slots__ = ()

    @property
    def resource(self) -> str:
        """Name of the resource it leads to."""
        return self[1:-38]

    @property
    def uuid(self) -> str:
        """Identifier of the record within its resource."""
        return self[-37:-1]


def ref(resource: str, uuid: str) -> Ref:
    """The link to a record."""
    return Ref(f"/{resource}/{uuid}/")


def signature(uuid: str) -> str:
    """What makes the link to a file valid."""
    return f"s{zlib.crc32(uuid.encode()):08x}"


def read_ref(text: str) -> Ref | None:
    """The link in a text, whatever host it names: only the path says which record is meant."""
    path = urlsplit(text).path if "://" in text else text
    found = _PATH.fullmatch(path)
    return ref(found[1], found[2].lower()) if found else None


def stamp(seconds: float) -> str:
    """A time as the server writes it: UTC, microseconds unless they are zero. Sorts like the time itself."""
    return datetime.fromtimestamp(round(seconds, 6), UTC).isoformat()


def seconds_of(text: str) -> float:
    """The time of a stamp, in seconds since 1970."""
    return datetime.fromisoformat(text).timestamp()


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A field of a resource."""

    name: str
    type: str
    targets: tuple[str, ...] = ()
    """Resources it links to."""
    choices: tuple[str, ...] = ()
    default: object = NO_DEFAULT
    required: bool = False
    settable: bool = False
    filter_only: bool = False
    item_only: bool = False

    @property
    def filterable(self) -> bool:
        """Whether lists can be filtered by it."""
        return self.type not in ("o", "x")

    @property
    def sortable(self) -> bool:
        """Whether lists can be sorted by it."""
        return self.type not in ("o", "x", "a") and not self.filter_only

    def described(self) -> dict[str, object]:
        """What `OPTIONS` says of it."""
        methods = [] if self.filter_only else ["GET"]
        if self.settable:
            methods += ["POST", "PUT"]
        shown: dict[str, object] = {
            "type": TYPE_NAMES[self.type],
            "choices": list(self.choices) or None,
            "filterable": self.filterable,
            "searchable": self.type == "s",
            "methods": methods,
            "optional": not self.required,
            "sortable": self.sortable,
        }
        if self.default is not NO_DEFAULT:
            shown["default"] = self.default
        return shown


@dataclass(frozen=True, kw_only=True)
class Resource:
    """A resource: what its rows have and which methods there are."""

    name: str
    methods: frozenset[str]
    fields: Mapping[str, Field]

    @cached_property
    def shown(self) -> tuple[Field, ...]:
        """The fields that are data."""
        return tuple(field for field in self.fields.values() if not field.filter_only)

    @cached_property
    def defaults(self) -> Row:
        """Values of fields that are not given."""
        return {
            field.name: field.default for field in self.fields.values() if field.default is not NO_DEFAULT
        }

    def described(self) -> dict[str, object]:
        """What `OPTIONS` says of it."""
        return {
            "signature": {
                "type": "object",
                "choices": None,
                "filterable": True,
                "searchable": True,
                "methods": ["GET", "POST", "PUT"],
                "optional": False,
                "sortable": True,
                "fields": {name: field.described() for name, field in self.fields.items()},
            }
        }
