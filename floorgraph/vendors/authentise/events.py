"""Events: the vendor's log of changes, for resources whose lists cannot be asked for changes.

"Nearly every change" is told, so the log only says what to read again; whole
lists are read now and then all the same. While nobody polls, the log is not
followed, and lists are read whole when they are asked for.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from floorgraph.vendors.authentise.links import ref_of
from floorgraph.vendors.authentise.query import ListQuery
from floorgraph.vendors.authentise.server import Server
from floorgraph.vendors.authentise.visit import moment_of as moment_of_question
from floorgraph.vendors.authentise.walk import StampWalk, later, newest_of, reaching_back, written
from floorgraph.vendors.failures import SourceFailure
from floorgraph.vendors.gate import Freshness

FED = frozenset({"shipping", "jeni-cluster", "downtime", "packing-process"})
"""The resources without `updated` that are kept up to date by events."""
MOST_PAGES = 10
"""Pages of events in one go; with more to read it is cheaper to read the lists whole."""
FOLLOWED_FOR = 180.0
"""Seconds since the last reading after which what happened meanwhile is not caught up with."""


@dataclass
class EventLog:
    """What was read of the log. Pure.

    `newest` is the cursor; `seen` holds the events within the overlap, so
    that none counts twice; `hits` are the records to read again, by resource.
    """

    newest: str | None = None
    seen: dict[str, str] = field(default_factory=dict)
    hits: dict[str, set[str]] = field(default_factory=dict)

    def take_up(self, rows: Iterable[Any]) -> int:
        """Rows of the log, in any order and perhaps known; returns how many were new."""
        fresh = 0
        for row in rows:
            uri, created = (row.get("uri"), row.get("created")) if isinstance(row, dict) else (None, None)
            if not isinstance(uri, str) or uri in self.seen:
                continue
            fresh += 1
            self.seen[uri] = created if isinstance(created, str) else ""
            ref = ref_of(row.get("reference"))
            if ref is not None and ref.resource in FED:
                self.hits.setdefault(ref.resource, set()).add(ref.uuid)
            if later(self.seen[uri], self.newest):
                self.newest = self.seen[uri]
        return fresh

    def forget_before(self, stamp: str | None) -> None:
        """Events that are not read again need not be remembered."""
        self.seen = {uri: created for uri, created in self.seen.items() if not later(stamp, created)}

    def taken(self, resource: str) -> set[str]:
        """The records of a resource to read again; they are told once."""
        return self.hits.pop(resource, set())


class Events:
    """Follows the log of one tenant while somebody polls."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._log = EventLog()
        self._untold: set[str] = set(FED)
        self._read_at: float | None = None

    async def catch_up(self, freshness: Freshness) -> None:
        """Read what is new in the log. Failures leave the lists to be read whole."""
        now = self._server.clock.monotonic()
        asked = moment_of_question(freshness, self._server.clock)
        if self._read_at is not None and freshness.accepts(self._read_at, asked, 0.0):
            return
        if self._server.off("event") is not None:
            self._read_at = None
            return
        lost = self._read_at is None or now - self._read_at > FOLLOWED_FOR or self._log.newest is None
        try:
            whole = await (self._begin(freshness) if lost else self._go_on(freshness))
        except SourceFailure as failure:
            self._read_at = None
            if not self._server.learn_absence("event", failure):
                raise
            return
        self._read_at = self._server.clock.monotonic()
        if not whole:
            self._untold = set(FED)
            self._log.hits.clear()

    def told(self, resource: str) -> set[str] | None:
        """The records of a resource that changed since last asked; None when its list must be read whole."""
        now = self._server.clock.monotonic()
        if resource not in FED or self._read_at is None or now - self._read_at > FOLLOWED_FOR:
            return None
        if resource in self._untold:
            self._untold.discard(resource)
            self._log.taken(resource)
            return None
        return self._log.taken(resource)

    def untold(self, resource: str) -> None:
        """The list was not read after all, or may be out of date; it must be read whole."""
        if resource in FED:
            self._untold.add(resource)

    async def _begin(self, freshness: Freshness) -> bool:
        """Only the newest event: the log has no end in the other direction."""
        self._log = EventLog()
        observed = await self._server.page(ListQuery("event", 1, sort="-created"), freshness)
        rows = [row for row in observed.value.rows if isinstance(row, dict)]
        # Of an empty log it is only known that there is nothing until now.
        self._log.newest = newest_of(rows, "created") or written(self._server.vendor_now())
        return False

    async def _go_on(self, freshness: Freshness) -> bool:
        log, size = self._log, self._server.settings.page_size
        since = reaching_back(log.newest, self._server.settings.overlap)
        walk = StampWalk(size, since, log.newest)
        query = ListQuery("event", size, sort="created")
        while walk.since is not None:
            page = replace(query.where("created>", walk.since), offset=walk.offset)
            observed = await self._server.page(page, freshness)
            rows = observed.value.rows
            log.take_up(rows)
            walk.took([_stamp(row) for row in rows], len(rows))
            if walk.since is not None and walk.pages >= MOST_PAGES:
                await self._begin(freshness)
                return False
        log.forget_before(since)
        return True


def _stamp(row: Any) -> str | None:
    stamp = row.get("created") if isinstance(row, dict) else None
    return stamp if isinstance(stamp, str) else None
