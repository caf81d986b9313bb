"""Abilities: what one CWork server can do, as far as it is known. Immutable; `probe` finds it out.

CWork has no endpoint that tells its version. What answers says which
version it is at least, what does not says which it is below; a function
between the two is simply tried. Versions are the minor numbers of API 1.x
(vendor document, "API versioning").
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum


class Area(Enum):
    """What is found out together, when it is first needed."""

    STATIONS = "stations"
    WORK = "work"
    DOCUMENTS = "documents"
    USERS = "users"


@dataclass(frozen=True, slots=True)
class Needs:
    """What a function needs: the minor version that brought it, and a licence; `any` is any of them."""

    minor: int
    licence: str = "any"


NEEDS: Mapping[str, Needs] = {
    "stations": Needs(0),
    "states": Needs(0),
    "statuses": Needs(0, "monitor"),
    "kpi": Needs(3, "monitor"),
    "documents": Needs(3, "dnc"),
    "versions": Needs(3, "dnc"),
    "image": Needs(4),
    "alarms": Needs(6, "monitor"),
    "protocol": Needs(6, "monitor"),
    "users": Needs(10),
    "groups": Needs(10),
    "tops": Needs(10, "monitor"),
    "program runs": Needs(11, "monitor"),
    "batch": Needs(12, "monitor"),
    "counters": Needs(12, "monitor"),
    "orders": Needs(13, "prod"),
    "operations": Needs(13, "prod"),
    "content": Needs(14, "dnc"),
    "custom fields": Needs(16, "dnc"),
    "change state": Needs(9, "monitor"),
    "amend state": Needs(14, "monitor"),
    "automatic state": Needs(14, "monitor"),
    "reset parts": Needs(13, "monitor"),
    "send": Needs(14, "dnc"),
    "send several": Needs(14, "dnc"),
    "create document": Needs(3, "dnc"),
    "submit version": Needs(3, "dnc"),
    "certify": Needs(16, "dnc"),
    "delete version": Needs(14, "dnc"),
    "delete document": Needs(14, "dnc"),
    "delete range": Needs(7, "dnc"),
}

UNKNOWN_FUNCTION = "the server does not know this function"

STATUS_FIELDS: Mapping[str, int] = {
    "comment": 1,
    "alarms": 6,
    "activeprogram": 6,
    "runningprogram": 11,
    "totalparts": 12,
    "partssincereset": 12,
}
"""Field of a live status, in small letters -> the minor version that brought it."""


@dataclass(frozen=True, slots=True)
class Abilities:
    """What is known of a server. `below` is exclusive; None means that no upper bound was found."""

    at_least: int = 0
    below: int | None = None
    batch: bool = False
    """Whether one call brings the live status of all stations."""
    known: frozenset[Area] = frozenset()
    off: Mapping[str, str] = field(default_factory=dict)
    """Function -> why it is not asked for."""
    forbidden: frozenset[str] = frozenset()
    """Those of them that a licence or a right stands in the way of."""
    rights: str | None = None
    """What the configured user may do, in words."""

    @property
    def version(self) -> str:
        """The version in words: `1.15` where it is certain, otherwise `>=1.6 <1.11`."""
        if self.below is None:
            return f">=1.{self.at_least}"
        if self.below == self.at_least + 1:
            return f"1.{self.at_least}"
        return f">=1.{self.at_least} <1.{self.below}"

    def lacking(self, function: str) -> str | None:
        """Why a function is not to be had; None when it is, or when that will show."""
        if function in self.off:
            return self.off[function]
        needed = NEEDS[function]
        if self.below is not None and needed.minor >= self.below:
            return f"needs CWork API 1.{needed.minor}; this server answers {self.version}"
        return None

    def has(self, function: str) -> bool:
        """Whether nothing speaks against a function."""
        return self.lacking(function) is None

    def newer(self, minor: int) -> "Abilities":
        """With the proof that the server has at least this version."""
        below = None if self.below is not None and self.below <= minor else self.below
        return replace(self, at_least=max(self.at_least, minor), below=below)

    def older(self, minor: int) -> "Abilities":
        """With the sign that the server is below this version; a proof of the opposite weighs more."""
        if minor <= self.at_least or (self.below is not None and self.below <= minor):
            return self
        return replace(self, below=minor)

    def unknown_to_server(self, *functions: str) -> "Abilities":
        """Without functions that the server does not know, whatever its version."""
        return replace(self, off={**self.off, **dict.fromkeys(functions, UNKNOWN_FUNCTION)})

    def not_allowed(self, *functions: str) -> "Abilities":
        """Without functions that a licence or a right stands in the way of."""
        off = {function: _licence_reason(function) for function in functions}
        return replace(self, off={**self.off, **off}, forbidden=self.forbidden.union(functions))

    def without_batch(self, reason: str) -> "Abilities":
        """With one call per live status, although the version should have one for all."""
        return replace(self, batch=False, off={**self.off, "batch": reason})

    def knowing(self, area: Area) -> "Abilities":
        """With an area that is found out."""
        return replace(self, known=self.known | {area})


def _licence_reason(function: str) -> str:
    """Why a function that the server refuses is missing."""
    licence = NEEDS[function].licence
    if licence == "any":
        return "no licence of the API is active, or the configured user may not use this function"
    return f"licence {licence} is missing, or the configured user may not use this function"


def version_of_status(names: frozenset[str]) -> tuple[int, int | None]:
    """Lower and upper bound of the version from the field names of one live status, in small letters."""
    at_least = max((minor for name, minor in STATUS_FIELDS.items() if name in names), default=0)
    later = [minor for name, minor in STATUS_FIELDS.items() if minor > at_least]
    # Comments and programs may be left out when empty, alarms and counters not.
    if "alarms" not in names:
        return at_least, 6 if at_least < 6 else None
    return at_least, min(later, default=None)
