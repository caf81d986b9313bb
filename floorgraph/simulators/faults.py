"""Faults a simulated server can be told to show.

A fault names the endpoints it is for, how many calls it hits and how likely; the kinds say what happens.
"""

from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter


class _Fault(BaseModel):
    """What all faults have."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True, frozen=True)

    endpoint: str = "*"
    """Label of the endpoint (`GET /things/{id}`), or a pattern with `*` and `?`."""
    path: str | None = None
    """Only this exact path, when given."""
    count: int | None = Field(default=None, ge=1)
    """How many calls it hits before it is gone; for ever when absent."""
    probability: float = Field(default=1.0, ge=0, le=1)
    """How likely a call is hit."""


class _Replacing(_Fault):
    """A fault that answers in the vendor's place."""

    applied: bool = False
    """Whether the request takes effect before its answer is lost."""


class Latency(_Fault):
    """The answer comes later."""

    kind: Literal["latency"]
    ms: float = Field(ge=0)
    """Milliseconds before the request is looked at."""


class Hang(_Replacing):
    """No answer until the faults are cleared or the time is over; a client that still waits gets it then."""

    kind: Literal["hang"]
    seconds: float | None = Field(default=None, gt=0)
    """For how long at most; without end when absent."""


class Stall(_Fault):
    """The body stops half way; the rest follows when the fault is cleared."""

    kind: Literal["stall"]


class Cut(_Fault):
    """The connection closes in the middle of the body."""

    kind: Literal["cut"]


class Status(_Replacing):
    """An HTTP status in the vendor's place."""

    kind: Literal["status"]
    status: int = Field(default=503, ge=200, le=599)
    body: str = "Service unavailable"
    content_type: str = "text/plain"


class RateLimit(_Replacing):
    """429 with Retry-After."""

    kind: Literal["rate_limit"]
    retry_after: str | int | None = 1
    """Seconds or an HTTP date, sent as it is; no header when null."""


class Unauthorized(_Replacing):
    """401."""

    kind: Literal["unauthorized"]


class Html(_Replacing):
    """An HTML page with status 200, as a proxy or a login page would send."""

    kind: Literal["html"]


class Redirect(_Replacing):
    """A redirect elsewhere."""

    kind: Literal["redirect"]
    location: str
    """Where to; may be another host."""
    status: Literal[301, 302, 303, 307, 308] = 302


class Malformed(_Fault):
    """JSON that does not parse."""

    kind: Literal["malformed"]
    how: Literal["cut_text", "trailing_text", "bare_word"] = "cut_text"
    """The text ends early (lengths agree), goes on too long, or has a word without quotes in it."""


class Truncate(_Fault):
    """The list in the answer is shorter than it should be."""

    kind: Literal["truncate"]
    keep: int | None = Field(default=None, ge=0)
    """How many elements stay; half when absent."""


class Empty(_Fault):
    """The list in the answer is empty."""

    kind: Literal["empty"]


class Drift(_Fault):
    """A field of the payload is gone, renamed or of another type, wherever it occurs."""

    kind: Literal["drift"]
    field: str
    action: Literal["drop", "rename", "retype"] = "drop"
    to: str = ""
    """The new name when renamed."""


class Skew(_Fault):
    """The Date header is off."""

    kind: Literal["skew"]
    seconds: float


class Huge(_Fault):
    """A body of at least this size: white space after the JSON."""

    kind: Literal["huge"]
    bytes: int = Field(ge=1)


Fault = Annotated[
    Latency
    | Hang
    | Stall
    | Cut
    | Status
    | RateLimit
    | Unauthorized
    | Html
    | Redirect
    | Malformed
    | Truncate
    | Empty
    | Drift
    | Skew
    | Huge,
    Field(discriminator="kind"),
]

FAULT: TypeAdapter[Fault] = TypeAdapter(Fault)


class Faults:
    """The faults in force, in the order in which they were set."""

    def __init__(self, chance: Callable[[], float]) -> None:
        self._chance = chance
        self._next = 1
        self._active: dict[int, tuple[Fault, int]] = {}

    def add(self, fault: Fault) -> int:
        """Put a fault in force; returns its number."""
        number = self._next
        self._next += 1
        self._active[number] = (fault, 0)
        return number

    def clear(self) -> None:
        """All faults are gone."""
        self._active.clear()

    def remove(self, number: int) -> bool:
        """One fault is gone; false when it was not in force."""
        return self._active.pop(number, None) is not None

    def listed(self) -> list[dict[str, object]]:
        """The faults in force with their number and hits so far."""
        return [
            {"id": number, "hits": hits, **fault.model_dump()}
            for number, (fault, hits) in self._active.items()
        ]

    def take(self, label: str, path: str) -> list[Fault]:
        """The faults that hit this call; those used up go."""
        hit = []
        for number, (fault, hits) in list(self._active.items()):
            if not fnmatchcase(label, fault.endpoint) or fault.path not in (None, path):
                continue
            if fault.probability < 1 and self._chance() >= fault.probability:
                continue
            hit.append(fault)
            if fault.count is not None and hits + 1 >= fault.count:
                del self._active[number]
            else:
                self._active[number] = (fault, hits + 1)
        return hit
