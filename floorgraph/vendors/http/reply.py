"""An answer of a vendor server, and what its status means."""

import email.utils
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TypeVar

from floorgraph.vendors.failures import (
    AuthRequired,
    BadRequest,
    Conflict,
    Forbidden,
    Malformed,
    NotFound,
    RateLimited,
    SourceFailure,
    TimedOut,
    Unsupported,
    VendorFailure,
)
from floorgraph.vendors.jsonlists import decode_in_turns
from floorgraph.vendors.jsontext import Decoded, NotJson, Repair, Salvage

F = TypeVar("F", bound=SourceFailure)

LONGEST_EXCERPT = 200
LONGEST_TIME = 40

_STATUSES: Mapping[int, type[SourceFailure]] = {
    401: AuthRequired,
    402: Forbidden,
    403: Forbidden,
    404: NotFound,
    405: Unsupported,
    407: AuthRequired,
    408: TimedOut,
    409: Conflict,
    410: NotFound,
    412: Conflict,
    423: Conflict,
    429: RateLimited,
    501: Unsupported,
    504: TimedOut,
}
_SECONDS = re.compile(r"\s*(-?\d{1,18})(\.\d+)?\s*")
_SCHEME = re.compile(r"\b((?:basic|bearer)\s+)[^\s\"'&,;<>]+", re.IGNORECASE)
_CREDENTIAL = re.compile(
    r"\b((?:api[-_ ]?key|token|secret|password|passwd|authorization)\W{1,4}(?:(?:basic|bearer)\s+)?)"
    r"[^\s\"'&,;<>]+",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Reply:
    """An answer, whatever its status; not to be changed."""

    source: str
    endpoint: str
    status: int
    headers: Mapping[str, str]
    """Names compare in any case."""
    body: bytes = field(repr=False)
    elapsed: float
    """Seconds from sending to the last byte."""
    received_at: datetime
    """By our clock, in UTC."""
    secrets: tuple[str, ...] = field(default=(), repr=False)
    """What must not be repeated in a text about this answer."""

    @property
    def ok(self) -> bool:
        """Whether the status is one of success."""
        return 200 <= self.status < 300

    @property
    def content_type(self) -> str | None:
        """The media type as sent."""
        return self.headers.get("content-type")

    @property
    def date(self) -> datetime | None:
        """The server's own clock when it answered, in UTC; None when it does not say or not readably."""
        return http_date(self.headers.get("date"))

    @property
    def clock_skew(self) -> float | None:
        """Seconds that the server's clock is ahead of ours, to about a second."""
        date = self.date
        return None if date is None else (date - self.received_at).total_seconds()

    @property
    def retry_after(self) -> float | None:
        """Seconds that the server asks to wait, unbounded and perhaps negative; None when it does not say.

        A date is taken relative to the server's own clock, so that its error cancels out.
        """
        asked = self.headers.get("retry-after")
        if asked is None:
            return None
        if _SECONDS.fullmatch(asked):
            return float(asked)
        until = http_date(asked)
        return None if until is None else (until - (self.date or self.received_at)).total_seconds()

    async def json(self, repair: Repair | None = None, salvage: Salvage | None = None) -> Decoded:
        """The body as JSON. Raises `Malformed`."""
        try:
            return await decode_in_turns(self.body, self.content_type, repair, salvage)
        except NotJson as error:
            raise self.failing(Malformed, f"{error}{self._quoted()}") from error

    def text(self) -> str:
        """The body as text, in UTF-8 or else Windows-1252."""
        try:
            return self.body.decode("utf-8-sig")
        except UnicodeDecodeError:
            return self.body.decode("cp1252", "replace")

    def failure(self, detail: str | None = None, vendor_code: str | None = None) -> SourceFailure:
        """What the status means, for an answer that is not `ok`."""
        if self.status in _STATUSES:
            meaning = _STATUSES[self.status]
        elif self.status >= 500:
            meaning = VendorFailure
        elif self.status >= 400:
            meaning = BadRequest
        else:
            meaning = Malformed
        return self.failing(meaning, detail or f"{_phrase(self.status)}{self._quoted()}", vendor_code)

    def failing(self, meaning: type[F], detail: str, vendor_code: str | None = None) -> F:
        """A failure of a class that the adapter chose, naming this answer and its time to wait."""
        asked = self.headers.get("retry-after")
        if asked is not None and self.retry_after is None:
            detail = f"{detail}; when to try again cannot be read from {asked[:LONGEST_TIME]!r}"
        return meaning(
            source=self.source,
            endpoint=self.endpoint,
            detail=detail,
            vendor_code=vendor_code,
            retry_after=self.retry_after,
        )

    def excerpt(self) -> str:
        """The body's first 200 characters at most, without credentials and invisible characters."""
        text = self.body[:4096].decode("utf-8", "backslashreplace")
        for secret in self.secrets:
            text = text.replace(secret, "***")
        text = _CREDENTIAL.sub(r"\1***", _SCHEME.sub(r"\1***", text))[:LONGEST_EXCERPT]
        visible = (mark if mark.isprintable() else mark.encode("unicode_escape").decode() for mark in text)
        return "".join(visible)[:LONGEST_EXCERPT]

    def _quoted(self) -> str:
        return f": {self.excerpt()!r}" if self.body.strip() else ""


def http_date(text: str | None) -> datetime | None:
    """A date of an HTTP header, in UTC; None when there is none or it is unreadable."""
    if text is None:
        return None
    try:
        date = email.utils.parsedate_to_datetime(text)
        return (date if date.tzinfo else date.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _phrase(status: int) -> str:
    try:
        return f"HTTP {status} {HTTPStatus(status).phrase}"
    except ValueError:
        return f"HTTP {status}"
