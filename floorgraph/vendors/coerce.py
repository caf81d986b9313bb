"""Reading a vendor's payload tolerantly: names in any case, numbers as text, dates of any fashion.

What cannot be read becomes None and is counted as drift; only a required
field makes a record unreadable (`BadRecord`). The rules hold for all vendors:

- text: a string as it is, without surrounding blanks only for the test of
  emptiness (an empty one is None); a number becomes its digits.
- numbers: a JSON number, or a string with one; a single decimal comma is
  accepted (`"0,70"`), because servers that build JSON from strings write
  numbers in the fashion of their country. Booleans, NaN and infinities are no numbers.
- booleans: true, false, 1, 0, and these as strings in any case.
- instants: ISO 8601, any number of decimals; without an offset in the given
  zone. Years outside 1990..2099 are placeholders of the vendor, not times.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any, Final, Literal, TypeVar, overload

from floorgraph.vendors import values
from floorgraph.vendors.diagnostics import Diagnostics, cut
from floorgraph.vendors.values import kind

R = TypeVar("R")
T = TypeVar("T")

_ABSENT: Final = object()


class BadRecord(Exception):
    """A record that cannot be read: the payload's name, the field and why."""

    def __init__(self, payload: str, field: str, reason: str, remote_id: str | None = None) -> None:
        self.complaint = f"{field}: {reason}" if field else reason
        super().__init__(f"{payload}: {self.complaint}")
        self.payload = payload
        self.field = field
        self.reason = reason
        self.remote_id = remote_id


@dataclass(frozen=True, slots=True, init=False)
class Shape:
    """The fields that a payload is expected to have, declared once per payload.

    `expected` fields are noted when they are gone; `optional` ones may come
    and go; anything else is noted as new. Names compare in any case;
    `"OEECategory|TPM"` means either. `identity` names the vendor's identifier.
    """

    name: str
    identity: str | None
    exact: frozenset[str]
    expected: tuple[tuple[str, frozenset[str]], ...]
    known: frozenset[str]

    def __init__(
        self,
        name: str,
        *,
        expected: Iterable[str] = (),
        optional: Iterable[str] = (),
        identity: str | None = None,
    ) -> None:
        wanted = [entry.split("|") for entry in expected]
        allowed = [entry.lower() for entry in optional]
        folded = tuple((names[0], frozenset(name.lower() for name in names)) for names in wanted)
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "identity", identity)
        object.__setattr__(self, "exact", frozenset(names[0] for names in wanted))
        object.__setattr__(self, "expected", folded)
        object.__setattr__(self, "known", frozenset(allowed).union(*(names for _, names in folded)))

    def note_drift(self, payload: Mapping[str, Any], diagnostics: Diagnostics) -> None:
        """Count the fields of a payload that are new, and the expected ones that are gone."""
        if payload.keys() == self.exact:
            return
        present = {key.lower(): key for key in payload}
        for written, names in self.expected:
            if names.isdisjoint(present):
                diagnostics.drift(self.name, written, "gone")
        for folded in present.keys() - self.known:
            diagnostics.drift(self.name, present[folded], "new")


class Fields:
    """A tolerant reader over one JSON object of a vendor.

    Every reader takes the field's name and further names to try. Optional
    fields that are absent, null, empty or unreadable are None; with
    `required=True` that raises `BadRecord`. Raises `BadRecord` at once when
    the payload is not an object. Without a `Shape` (a bare name instead) new
    and gone fields are not looked for.
    """

    __slots__ = ("_diagnostics", "_folded", "_identity", "_zone", "name", "payload")

    def __init__(
        self, payload: Any, shape: Shape | str, *, diagnostics: Diagnostics, zone: tzinfo = UTC
    ) -> None:
        self.name = shape if isinstance(shape, str) else shape.name
        if not isinstance(payload, dict):
            raise BadRecord(self.name, "", f"expected an object, found {kind(payload)}")
        self.payload: dict[str, Any] = payload
        self._diagnostics = diagnostics
        self._zone = zone
        self._folded: dict[str, Any] | None = None
        self._identity = None if isinstance(shape, str) else shape.identity
        if not isinstance(shape, str):
            shape.note_drift(payload, diagnostics)

    @property
    def remote_id(self) -> str | None:
        """The vendor's identifier, if the shape names one and the payload has it."""
        if self._identity is None:
            return None
        found = self._find(self._identity, ())
        return cut(str(found)) if isinstance(found, str | int | float) and found != "" else None

    def raw(self, name: str, *aliases: str) -> Any:
        """The value as it came; None when it is absent."""
        found = self._find(name, aliases)
        return None if found is _ABSENT else found

    def has(self, name: str, *aliases: str) -> bool:
        """Whether the field is there and not null."""
        return self.raw(name, *aliases) is not None

    @overload
    def text(self, name: str, *aliases: str, required: Literal[True]) -> str: ...
    @overload
    def text(self, name: str, *aliases: str, required: bool = False) -> str | None: ...
    def text(self, name: str, *aliases: str, required: bool = False) -> str | None:
        """A string; numbers become their digits, an empty or blank string is None."""
        return self._read(values.text, name, aliases, required)

    @overload
    def integer(self, name: str, *aliases: str, required: Literal[True]) -> int: ...
    @overload
    def integer(self, name: str, *aliases: str, required: bool = False) -> int | None: ...
    def integer(self, name: str, *aliases: str, required: bool = False) -> int | None:
        """A whole number, also as a string; `50.0` is one, `50.5` is not."""
        return self._read(values.integer, name, aliases, required)

    @overload
    def number(self, name: str, *aliases: str, required: Literal[True]) -> float: ...
    @overload
    def number(self, name: str, *aliases: str, required: bool = False) -> float | None: ...
    def number(self, name: str, *aliases: str, required: bool = False) -> float | None:
        """A finite number, also as a string with a decimal point or one decimal comma."""
        return self._read(values.number, name, aliases, required)

    @overload
    def seconds(self, name: str, *aliases: str, required: Literal[True]) -> float: ...
    @overload
    def seconds(self, name: str, *aliases: str, required: bool = False) -> float | None: ...
    def seconds(self, name: str, *aliases: str, required: bool = False) -> float | None:
        """A duration in seconds, which is never negative."""
        return self._read(values.seconds, name, aliases, required)

    @overload
    def boolean(self, name: str, *aliases: str, required: Literal[True]) -> bool: ...
    @overload
    def boolean(self, name: str, *aliases: str, required: bool = False) -> bool | None: ...
    def boolean(self, name: str, *aliases: str, required: bool = False) -> bool | None:
        """True or false, also as 1 or 0 and as strings."""
        return self._read(values.boolean, name, aliases, required)

    @overload
    def instant(self, name: str, *aliases: str, required: Literal[True]) -> datetime: ...
    @overload
    def instant(self, name: str, *aliases: str, required: bool = False) -> datetime | None: ...
    def instant(self, name: str, *aliases: str, required: bool = False) -> datetime | None:
        """A moment in UTC, from ISO 8601; without an offset it is read in the payload's zone."""
        return self._read(lambda value: values.instant(value, self._zone), name, aliases, required)

    def items(self, name: str, *aliases: str) -> list[dict[str, Any]]:
        """A list of objects; what is no object is noted and left out. Absent means empty."""
        found = self._list(name, aliases)
        objects = [item for item in found if isinstance(item, dict)]
        if len(objects) != len(found):
            self._diagnostics.drift(self.name, name, "retyped")
        return objects

    def texts(self, name: str, *aliases: str) -> list[str]:
        """A list of strings without the empty ones. Absent means empty."""
        found: list[str] = []
        for item in self._list(name, aliases):
            try:
                text = values.text(item)
            except ValueError:
                self._diagnostics.drift(self.name, name, "retyped")
            else:
                if text is not None:
                    found.append(text)
        return found

    def child(self, name: str, *aliases: str, shape: Shape | None = None) -> "Fields | None":
        """The object under a name; None when it is absent, null or empty."""
        found = self._find(name, aliases)
        if found is _ABSENT or found is None or found in ("", {}, []):
            return None
        if not isinstance(found, dict):
            self._diagnostics.drift(self.name, name, "retyped")
            return None
        return Fields(found, shape or f"{self.name}.{name}", diagnostics=self._diagnostics, zone=self._zone)

    def bad(self, field: str, reason: str) -> BadRecord:
        """The error to raise when a rule of the adapter's own makes the record unreadable."""
        return BadRecord(self.name, field, reason, self.remote_id)

    def _list(self, name: str, aliases: tuple[str, ...]) -> list[Any]:
        found = self._find(name, aliases)
        if isinstance(found, list):
            return found
        if found is _ABSENT or found is None or found in ("", {}):
            return []
        self._diagnostics.drift(self.name, name, "retyped")
        return [found]

    def _read(
        self, convert: Callable[[Any], T | None], name: str, aliases: tuple[str, ...], required: bool
    ) -> T | None:
        found = self.payload.get(name, _ABSENT)
        if found is _ABSENT:
            found = self._find(name, aliases)
        value = None
        if found is not _ABSENT and found is not None:
            try:
                value = convert(found)
            except ValueError:
                change = "unreadable" if isinstance(found, str) else "retyped"
                self._diagnostics.drift(self.name, name, change)
        if value is None and required:
            raise self.bad(name, _complaint(found))
        return value

    def _find(self, name: str, aliases: tuple[str, ...]) -> Any:
        for candidate in (name, *aliases):
            found = self.payload.get(candidate, _ABSENT)
            if found is not _ABSENT:
                return found
        if self._folded is None:
            self._folded = {key.lower(): value for key, value in self.payload.items()}
        for candidate in (name, *aliases):
            found = self._folded.get(candidate.lower(), _ABSENT)
            if found is not _ABSENT:
                return found
        return _ABSENT


def read_records(
    payloads: Iterable[Any],
    shape: Shape,
    read: Callable[[Fields], R],
    *,
    diagnostics: Diagnostics,
    zone: tzinfo = UTC,
    lost: Iterable[str] = (),
) -> list[R]:
    """Turn the payloads of a full list into records; those that cannot be read are quarantined.

    Begins a new quarantine for the payload, so that records which can be
    read again disappear from it. A mistake of the vendor in one record never
    costs the list: besides `BadRecord` also the errors that arithmetic and
    conversion raise count as such. `lost` are the texts of records that could
    not even be read as JSON; they are quarantined too.
    """
    diagnostics.begin(shape.name)
    for fragment in lost:
        diagnostics.quarantine(shape.name, None, f"not JSON: {fragment}")
    records: list[R] = []
    for payload in payloads:
        fields: Fields | None = None
        try:
            fields = Fields(payload, shape, diagnostics=diagnostics, zone=zone)
            records.append(read(fields))
        except (BadRecord, ValueError, TypeError, LookupError, ArithmeticError) as error:
            reason = error.complaint if isinstance(error, BadRecord) else f"{type(error).__name__}: {error}"
            diagnostics.quarantine(shape.name, fields.remote_id if fields else None, reason)
    return records


def _complaint(found: Any) -> str:
    if found is _ABSENT:
        return "is missing"
    if found is None or found == "":
        return "is empty"
    return f"cannot be read from {kind(found)}"
