"""The library: rows by list, by uuid and by parent, in as few calls as the list grammar allows.

Whole lists are read once and then kept up to date by what changed since
(`updated`); now and then they are read whole again, which finds what no
stamp told, such as deletions. Single rows and the children of parents come
in comma sets of 20; where so many are asked for that the whole list is
cheaper, that is read instead. A row that a set does not bring is not there
for this user.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from datetime import timedelta

from floorgraph.vendors.authentise.events import Events
from floorgraph.vendors.authentise.links import Ref, refs_of
from floorgraph.vendors.authentise.query import MOST_VALUES, ListQuery, in_sets
from floorgraph.vendors.authentise.reliance import WORK_TTL, relied_on
from floorgraph.vendors.authentise.server import Server
from floorgraph.vendors.authentise.shelf import LONG_AGO, Group, GroupKey, Row, Shelf
from floorgraph.vendors.authentise.sweep import Sweeper
from floorgraph.vendors.authentise.together import together
from floorgraph.vendors.authentise.visit import Visit
from floorgraph.vendors.authentise.walk import OffsetWalk
from floorgraph.vendors.failures import SourceFailure
from floorgraph.vendors.gate import Freshness
from floorgraph.vendors.turns import TURNS, mapped

Links = Callable[[Row], Iterable[Ref]]
Conditions = tuple[tuple[str, str], ...]


def links_in(name: str, default: str | None = None) -> Links:
    """What a field of a row leads to, be it one link or a list of them."""

    def links(row: Row) -> Iterable[Ref]:
        value = row.get(name)
        return refs_of(value if isinstance(value, list) else [value], default)

    return links


class Library:
    """The shelves of one source, and how they are filled."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self._shelves: dict[str, Shelf] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self.events = Events(server)
        self._sweeper = Sweeper(server, self.events)

    def shelf(self, resource: str) -> Shelf:
        """The shelf of a resource."""
        found = self._shelves.get(resource)
        if found is None:
            definition = relied_on(resource).definition
            ttl = self.server.settings.intervals.definitions if definition else WORK_TTL
            found = self._shelves[resource] = Shelf(resource, ttl)
            self._locks[resource] = asyncio.Lock()
        return found

    async def lists(self, resources: Iterable[str], visit: Visit) -> dict[str, list[Row]]:
        """Whole lists of several resources, read whole together when one of them is due for that."""
        names = [name for name in resources if self.server.off(name) is None]
        full = any(self._sweeper.is_due(self.shelf(name)) for name in names)
        rows = await together(self.every(name, visit, full=full) for name in names)
        return dict(zip(names, rows, strict=True))

    async def every(self, resource: str, visit: Visit, *, full: bool = False) -> list[Row]:
        """All rows of a resource, in the server's order. Nothing where the tenant does not have it.

        Raises `SourceFailure` when nothing is known.
        """
        shelf = self.shelf(resource)
        if self.server.off(resource) is not None:
            return self._nothing(shelf, visit)
        async with self._locks[resource]:
            try:
                await self._sweeper.bring_up_to_date(shelf, self._fresh(shelf, visit), full=full)
            except SourceFailure as failure:
                if self.server.learn_absence(resource, failure):
                    return self._nothing(shelf, visit)
                if visit.strict or shelf.full_at is None:
                    raise
                visit.note(failure)
        if shelf.swept_at is not None:
            visit.observed.append(shelf.swept_at)
        visit.complete = visit.complete and shelf.whole
        return shelf.listed()

    async def some(
        self, resource: str, uuids: Iterable[str], visit: Visit, *, optional: bool = False
    ) -> dict[str, Row]:
        """Rows by uuid; those that are not there are left out.

        With `optional` a failure leaves out what is not known already;
        otherwise raises `SourceFailure` when nothing is known.
        """
        shelf = self.shelf(resource)
        wanted = list(dict.fromkeys(uuids))
        await TURNS.breathe(len(wanted))
        missing = self._unknown(shelf, wanted, visit)
        if missing and self.server.off(resource) is None:
            async with self._locks[resource]:
                missing = self._unknown(shelf, missing, visit)
                known = any(uuid in shelf.rows for uuid in wanted)
                await self._guarded(
                    self._fetch(shelf, missing, visit), shelf, visit, optional=optional, known=known
                )
        await TURNS.breathe(len(wanted))
        self._note_age(shelf, wanted, visit)
        return {row.ref.uuid: row for row in shelf.of(wanted)}

    async def related(
        self,
        resource: str,
        field: str,
        parents: Iterable[Ref],
        visit: Visit,
        *,
        where: Conditions = (),
        links: Links | None = None,
        optional: bool = False,
        bare: bool = False,
    ) -> dict[Ref, list[Row]]:
        """The rows that lead to each parent by a field, and meet further conditions (equality, comma sets).

        `links` says what a row leads to where that is not told by the field that is filtered by. With
        `bare` the field holds the parent's uuid and not its address.
        """
        shelf, links = self.shelf(resource), links or links_in(field)
        wanted = list(dict.fromkeys(parents))
        now, fresh = visit.moment(self.server.clock), self._fresh(shelf, visit)
        if shelf.is_current(fresh, now):
            index = await TURNS.through(shelf.index(field, links))
            visit.observed += [shelf.swept_at] if shelf.swept_at else []
            found = mapped(wanted, lambda one: [row for row in index.get(one, ()) if _meets(row, where)])
            return dict(zip(wanted, await TURNS.through(found), strict=True))
        keys = {one: (f"{field}:{one.resource}", repr(where), one.uuid) for one in wanted}
        missing = [one for one in wanted if shelf.group(keys[one], fresh, now) is None]
        if missing and self.server.off(resource) is None:
            known = all(keys[one] in shelf.groups for one in missing)
            query = ListQuery(resource, self.server.settings.page_size, self._flags(resource, where) + where)
            values = [one.uuid if bare else self.address(one) for one in missing]
            sets = in_sets(query, field, values, self.server.client.base_url)
            work = self._read_groups(shelf, sets, {one: keys[one] for one in missing}, links, visit)
            await self._guarded(work, shelf, visit, optional=optional, known=known)
        groups = {one: shelf.groups.get(keys[one]) for one in wanted}
        visit.observed += [group.at for group in groups.values() if group]
        return {one: shelf.of(group.uuids) if group else [] for one, group in groups.items()}

    def outdate(self, resources: Iterable[str], *, derived: Iterable[str] = ()) -> None:
        """A command may have changed rows of these resources; of `derived` ones also what no stamp tells."""
        whole = frozenset(derived)
        for name in (*resources, *whole):
            self.shelf(name).outdate(derived=name in whole)
            self.events.untold(name)

    def address(self, ref: Ref) -> str:
        """The address of a record, as filters want it."""
        return f"{self.server.client.base_url}/{ref.resource}/{ref.uuid}/"

    def was_read_whole(self, resources: Iterable[str]) -> bool:
        """Whether the lists are known to be complete, because they were read whole just now."""
        shelves = [self.shelf(name) for name in resources]
        return all(
            shelf.whole and shelf.full_monotonic == shelf.swept_monotonic
            if self.server.off(shelf.resource) is None
            else not shelf.members
            for shelf in shelves
        )

    async def _guarded(
        self, work: Awaitable[None], shelf: Shelf, visit: Visit, *, optional: bool, known: bool
    ) -> None:
        """What is known already stays in place of what could not be had, unless that must be fresh."""
        try:
            await work
        except SourceFailure as failure:
            if self.server.learn_absence(shelf.resource, failure):
                return
            if visit.strict or not (optional or known):
                raise
            visit.note(failure)

    def _nothing(self, shelf: Shelf, visit: Visit) -> list[Row]:
        """A resource that is off has no rows; that says nothing about rows which it had before."""
        visit.complete = visit.complete and not shelf.members
        return []

    def _unknown(self, shelf: Shelf, uuids: list[str], visit: Visit) -> list[str]:
        now, fresh = visit.moment(self.server.clock), self._fresh(shelf, visit)
        return [uuid for uuid in uuids if not shelf.has(uuid, fresh, now)]

    @staticmethod
    def _fresh(shelf: Shelf, visit: Visit) -> Freshness:
        return visit.freshness_of(definition=relied_on(shelf.resource).definition)

    def _flags(self, resource: str, where: Conditions) -> Conditions:
        named = {name for name, _ in where}
        return tuple(one for one in relied_on(resource).flags if one[0] not in named)

    async def _fetch(self, shelf: Shelf, uuids: list[str], visit: Visit) -> None:
        settings = self.server.settings
        if len(uuids) > settings.page_size and await self._sweeper.is_cheaper_whole(
            shelf, -(-len(uuids) // MOST_VALUES), visit.freshness
        ):
            await self._sweeper.bring_up_to_date(shelf, visit.freshness, full=False)
            uuids = self._unknown(shelf, uuids, visit)
        query = ListQuery(shelf.resource, settings.page_size, self._flags(shelf.resource, ()))
        if relied_on(shelf.resource).by_uuid:
            sets = in_sets(query, "uuid", uuids, self.server.client.base_url)
        else:
            values = [self.address(Ref(shelf.resource, uuid)) for uuid in uuids]
            sets = in_sets(query, "uri", values, self.server.client.base_url)
        epoch = shelf.epoch
        read = await together(self._read_group(shelf, one, visit) for one in sets)
        found = {row.ref.uuid for part in read for row in part}
        seen = shelf.since(epoch, self.server.clock.monotonic())
        shelf.missing([uuid for uuid in uuids if uuid not in found], seen)

    async def _read_group(self, shelf: Shelf, query: ListQuery, visit: Visit) -> list[Row]:
        """All pages of a question that is bounded by a comma set."""
        walk, found, epoch = OffsetWalk(query.limit), list[Row](), shelf.epoch
        while walk.offset is not None:
            observed = await self.server.page(query.at(walk.offset), visit.freshness)
            rows = observed.value.rows
            put = shelf.putting(rows, observed.at, observed.monotonic, epoch, member=False)
            taken = await TURNS.through(put)
            found += taken
            walk.took([row.ref.uuid for row in taken], len(rows), observed.value.count)
        return found

    async def _read_groups(
        self,
        shelf: Shelf,
        sets: Iterable[ListQuery],
        keys: Mapping[Ref, GroupKey],
        links: Links,
        visit: Visit,
    ) -> None:
        """Read the children of all parents, and deal them out by what they lead to."""
        epoch = shelf.epoch
        read = await together(self._read_group(shelf, one, visit) for one in sets)
        dealt: dict[Ref, dict[str, None]] = {one: {} for one in keys}
        for row in (row for part in read for row in part):
            for ref in links(row):
                if ref in dealt:
                    dealt[ref][row.ref.uuid] = None
        clock = self.server.clock
        seen = shelf.since(epoch, clock.monotonic())
        for parent, uuids in dealt.items():
            shelf.keep_group(keys[parent], Group(tuple(uuids), clock.now(), seen))

    def _note_age(self, shelf: Shelf, uuids: list[str], visit: Visit) -> None:
        clock = self.server.clock
        oldest = shelf.oldest(uuids)
        if oldest is not None and oldest > LONG_AGO:
            visit.observed.append(clock.now() - timedelta(seconds=clock.monotonic() - oldest))


def _meets(row: Row, where: Conditions) -> bool:
    return all(str(row.get(name)) in value.split(",") for name, value in where)
