"""Walks: how the pages of a list are gone through. Pure; the rows come from outside.

Two ways. By offset, for whole lists and for the rows of a set: the end is
the vendor's count where it counts, a page that is shorter than asked where
it does not. By stamp, for what changed since a moment: every further page
begins at the last stamp seen, so that rows which move to the end of the
list meanwhile push nothing out of view.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from floorgraph.vendors import values

MOST_PAGES = 5_000
"""Pages of one walk; a server that never comes to an end is left here."""


@dataclass(slots=True)
class OffsetWalk:
    """The next `offset` to ask for; None when the walk is over.

    `whole` tells whether nothing is known to be missing: all that the server
    counted were seen, each once. A page without anything new ends the walk,
    as a server that ignores offsets would send the same one for ever.
    """

    limit: int
    offset: int | None = 0
    whole: bool = True
    pages: int = 0
    seen: set[Any] = field(default_factory=set)

    def took(self, keys: Iterable[Any], rows: int, count: int | None) -> None:
        """A page came with these identities, so many rows, and the server's count of all."""
        assert self.offset is not None  # noqa: S101 - nobody takes a page after the end
        before = len(self.seen)
        self.seen.update(keys)
        self.pages += 1
        after = self.offset + rows
        ended = after >= count if count is not None else rows < self.limit
        stuck = rows > 0 and len(self.seen) == before
        if not ended and (rows == 0 or stuck or self.pages >= MOST_PAGES):
            self.whole, ended = False, True
        if ended and count is not None and len(self.seen) < count:
            self.whole = False
        self.offset = None if ended else after


@dataclass(slots=True)
class StampWalk:
    """The next `since` and `offset` to ask for, sorted by the stamp; `since` is None when the walk is over.

    `newest` is the newest stamp met, from which the next walk reaches back.
    """

    limit: int
    since: str | None
    newest: str | None = None
    offset: int = 0
    pages: int = 0
    ordered: bool = True
    """False where the server does not sort, so that the last stamp of a page says nothing."""

    def took(self, stamps: Iterable[str | None], rows: int) -> None:
        """A page came with the stamps of its rows in their order."""
        last = None
        for stamp in stamps:
            last = stamp or last
            if later(stamp, self.newest):
                self.newest = stamp
        self.pages += 1
        if rows < self.limit or last is None or self.pages >= MOST_PAGES:
            self.since = None
        elif self.ordered and later(last, self.since):
            self.since, self.offset = last, 0
        else:
            self.offset += rows


def later(stamp: str | None, than: str | None) -> bool:
    """Whether a stamp is later than another; anything readable is later than nothing."""
    moment, other = moment_of(stamp), moment_of(than)
    return moment is not None and (other is None or moment > other)


def moment_of(stamp: Any) -> datetime | None:
    """A stamp as a moment; None when it is none."""
    try:
        return values.instant(stamp, UTC) if isinstance(stamp, str) else None
    except ValueError:
        return None


def reaching_back(stamp: str | None, seconds: float) -> str | None:
    """A stamp so many seconds earlier, as the server reads it."""
    moment = moment_of(stamp)
    return None if moment is None else written(moment - timedelta(seconds=seconds))


def written(moment: datetime) -> str:
    """A moment as the server reads it."""
    return moment.astimezone(UTC).isoformat()


def newest_of(rows: Iterable[Mapping[str, Any]], name: str) -> str | None:
    """The newest stamp among rows."""
    found: str | None = None
    newest: datetime | None = None
    for row in rows:
        stamp = row.get(name)
        moment = moment_of(stamp)
        if moment is not None and (newest is None or moment > newest):
            found, newest = stamp, moment
    return found
