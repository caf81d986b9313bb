"""Sweeps: reading whole lists, and afterwards only what changed.

Whatever `updated` a change carries, it is found when it becomes visible
less than the overlap later: every reading reaches that far back behind the
newest stamp seen, by the vendor's own clock, and what comes again unchanged
counts for nothing.
"""

from datetime import datetime

from floorgraph.vendors.authentise.events import Events
from floorgraph.vendors.authentise.query import ListQuery, in_sets
from floorgraph.vendors.authentise.reliance import relied_on
from floorgraph.vendors.authentise.server import Server
from floorgraph.vendors.authentise.shelf import Shelf
from floorgraph.vendors.authentise.visit import moment_of as moment_of_question
from floorgraph.vendors.authentise.walk import (
    OffsetWalk,
    StampWalk,
    moment_of,
    newest_of,
    reaching_back,
    written,
)
from floorgraph.vendors.failures import BadRequest, SourceFailure
from floorgraph.vendors.gate import Freshness
from floorgraph.vendors.turns import TURNS

CONFIRMATIONS = 2
"""Further readings of the whole list, one per sweep, after one that lacked rows: a loss must be confirmed."""


class Sweeper:
    """Fills shelves with whole lists. Whoever calls keeps two sweeps of a shelf from overlapping."""

    def __init__(self, server: Server, events: Events) -> None:
        self._server = server
        self._events = events
        self._confirm: dict[str, int] = {}

    def is_due(self, shelf: Shelf) -> bool:
        """Whether the list is to be read whole at the next sweep."""
        interval = self._server.settings.intervals.full_sweep
        now = self._server.clock.monotonic()
        return (
            shelf.full_monotonic is None
            or now - shelf.full_monotonic >= interval
            or self._confirm.get(shelf.resource, 0) > 0
        )

    async def bring_up_to_date(self, shelf: Shelf, freshness: Freshness, *, full: bool) -> None:
        """Sweep, unless what is known will do. Raises `SourceFailure`; what came until then is kept."""
        now = moment_of_question(freshness, self._server.clock)
        current = shelf.is_current(freshness, now)
        if current and (not full or shelf.full_monotonic == shelf.swept_monotonic):
            return
        if not (full or self.is_due(shelf)) and await self._follows(shelf, freshness):
            return
        self._events.told(shelf.resource)
        try:
            await self._read_whole(shelf, freshness)
        except SourceFailure:
            self._events.untold(shelf.resource)
            raise

    async def _follows(self, shelf: Shelf, freshness: Freshness) -> bool:
        """Take up only what changed; False when that cannot be told."""
        if self._tells_changes(shelf):
            return await self._read_changes(shelf, freshness)
        epoch, changed = shelf.epoch, self._events.told(shelf.resource)
        if changed is None:
            return False
        if changed:
            await self._read_again(shelf, changed, freshness)
        shelf.swept(self._server.clock.now(), shelf.since(epoch, self._server.clock.monotonic()))
        return True

    async def is_cheaper_whole(self, shelf: Shelf, calls: int, freshness: Freshness) -> bool:
        """Whether the whole list takes no more than so many calls; costs the call for its first page."""
        if not self._tells_changes(shelf) or shelf.full_monotonic is not None:
            return shelf.full_monotonic is not None
        observed = await self._server.page(self._whole(shelf.resource), freshness)
        count = observed.value.count
        return count is not None and count <= calls * self._server.settings.page_size

    def _tells_changes(self, shelf: Shelf) -> bool:
        return (
            relied_on(shelf.resource).updated and shelf.resource not in self._server.customs.without_updated
        )

    def _whole(self, resource: str) -> ListQuery:
        reliance = relied_on(resource)
        size = self._server.settings.page_size
        return ListQuery(resource, size, reliance.flags, reliance.stable)

    async def _read_whole(self, shelf: Shelf, freshness: Freshness) -> None:
        query, walk = self._whole(shelf.resource), OffsetWalk(self._server.settings.page_size)
        uuids: list[str] = []
        readable, newest, begun, epoch = True, None, None, shelf.epoch
        while walk.offset is not None:
            observed = await self._server.page(query.at(walk.offset), freshness)
            rows, begun = observed.value.rows, begun or self._server.vendor_now()
            put = shelf.putting(rows, observed.at, observed.monotonic, epoch, member=False)
            taken = await TURNS.through(put)
            readable = readable and len(taken) == len(rows)
            self._note_unreadable(shelf, len(rows) - len(taken))
            uuids += [row.ref.uuid for row in taken]
            newest = newest_of([{"updated": newest}, *(row.payload for row in taken)], "updated")
            walk.took(uuids[-len(taken) :] if taken else (), len(rows), observed.value.count)
        clock = self._server.clock
        seen = shelf.since(epoch, clock.monotonic())
        shelf.filled(uuids, clock.now(), seen, whole=walk.whole and readable)
        if not shelf.whole:
            self._server.diagnostics.drift(shelf.resource, "meta.count", "incomplete")
        shelf.newest = _not_after(newest, begun)
        left = self._confirm.get(shelf.resource, 0) - 1
        self._confirm[shelf.resource] = CONFIRMATIONS if shelf.lost else max(0, left)

    async def _read_changes(self, shelf: Shelf, freshness: Freshness) -> bool:
        since = reaching_back(shelf.newest, self._server.settings.overlap)
        if since is None:
            return False  # An empty list has no stamps; it costs no more to read it whole.
        size = self._server.settings.page_size
        base = ListQuery(shelf.resource, size, relied_on(shelf.resource).flags, "updated")
        walk, begun = StampWalk(size, since, shelf.newest), self._server.vendor_now()
        epoch = shelf.epoch
        try:
            while walk.since is not None:
                query = base.where("updated>", walk.since).at(walk.offset)
                observed = await self._server.page(query, freshness)
                rows = observed.value.rows
                put = shelf.putting(rows, observed.at, observed.monotonic, epoch, member=True)
                await TURNS.through(put)
                walk.ordered = shelf.resource not in self._server.customs.unsortable
                walk.took([_stamp(row) for row in rows], len(rows))
        except BadRequest:
            if self._tells_changes(shelf):
                raise
            return False
        shelf.newest = _not_after(walk.newest, begun)
        shelf.swept(self._server.clock.now(), shelf.since(epoch, self._server.clock.monotonic()))
        return True

    async def _read_again(self, shelf: Shelf, uuids: set[str], freshness: Freshness) -> None:
        """Rows that events named; those that do not come back are gone."""
        server = self._server
        base = ListQuery(shelf.resource, server.settings.page_size, relied_on(shelf.resource).flags)
        values = [f"{server.client.base_url}/{shelf.resource}/{uuid}/" for uuid in sorted(uuids)]
        found, epoch = set[str](), shelf.epoch
        try:
            for query in in_sets(base, "uri", values, server.client.base_url):
                walk = OffsetWalk(query.limit)
                while walk.offset is not None:  # A server may send fewer rows than were asked for.
                    observed = await server.page(query.at(walk.offset), freshness)
                    page, seen = observed.value, shelf.since(epoch, observed.monotonic)
                    taken = [row.ref.uuid for row in shelf.put(page.rows, observed.at, seen, member=True)]
                    found.update(taken)
                    walk.took(taken, len(page.rows), page.count)
        except SourceFailure:
            self._events.untold(shelf.resource)
            raise
        shelf.drop(uuids - found)

    def _note_unreadable(self, shelf: Shelf, count: int) -> None:
        for _ in range(count):
            self._server.diagnostics.drift(shelf.resource, "uri", "unreadable")


def _not_after(newest: str | None, begun: datetime | None) -> str | None:
    """The stamp from which the next reading reaches back.

    A row that was read early may have changed while later pages were read, so
    nothing behind the beginning, by the vendor's own clock, counts as seen.
    """
    moment = moment_of(newest)
    if begun is None or moment is None or moment <= begun:
        return newest
    return written(begun)


def _stamp(row: object) -> str | None:
    stamp = row.get("updated") if isinstance(row, dict) else None
    return stamp if isinstance(stamp, str) else None
