"""Knowledge: how much there is of everything, as far as lists were read. No calls, and no records."""

from collections.abc import Iterable

from floorgraph.vendors.authentise.archive import Library
from floorgraph.vendors.authentise.layouts import FINAL
from floorgraph.vendors.authentise.links import Ref, ref_of, refs_of
from floorgraph.vendors.authentise.mapping.layout import models_of
from floorgraph.vendors.authentise.query import ListQuery, values_per_set
from floorgraph.vendors.authentise.reliance import relied_on
from floorgraph.vendors.authentise.tallies import Tally

MOST_ASSUMED = 1_000
NOWHERE = "00000000-0000-4000-8000-000000000000"
"""As long as any uuid."""


class Knowledge:
    """What is known of the size of one tenant."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self.page_size = library.server.settings.page_size
        self.assumed = min(self.page_size, MOST_ASSUMED)
        """Rows that a list which was not read is taken to have."""
        self.plan = library.server.settings.schedule_resource

    def is_off(self, resource: str) -> bool:
        """Whether nothing is sent for a resource."""
        return self._library.server.off(resource) is not None

    def rows(self, *resources: str) -> int | None:
        """How many records there are in all; None while one of the lists was not read whole."""
        shelves = [self._library.shelf(name) for name in resources if not self.is_off(name)]
        if any(shelf.full_at is None for shelf in shelves):
            return None
        return sum(len(shelf.members) for shelf in shelves)

    def size(self, *resources: str) -> int:
        """As `rows`; a list that was not read is taken to fill one page of at most 1,000."""
        return sum(self.assumed if (rows := self.rows(name)) is None else rows for name in resources)

    def missed(self, *resources: str) -> int:
        """How many records were asked for in vain."""
        return sum(len(self._library.shelf(name).absent) for name in resources)

    def distinct(self, field: str, *resources: str) -> int | None:
        """How many different values a field has in whole lists."""
        found = [self.tally(name, field) for name in resources if not self.is_off(name)]
        return None if any(one is None for one in found) else sum(one.distinct for one in found if one)

    def led_to(self, resource: str, fields: Iterable[str], parents: int) -> int | None:
        """How many rows of a whole list lead to so many parents by one of these fields, at most."""
        found = [self.tally(resource, field) for field in fields]
        if any(one is None for one in found):
            return None
        counts = sorted((count for one in found if one for count in one.counts), reverse=True)
        return sum(counts[:parents])

    def tally(self, resource: str, field: str) -> Tally | None:
        """What a field holds in a whole list; None while that was not read."""
        shelf = self._library.shelf(resource)
        return None if shelf.full_at is None else shelf.tally(field)

    def in_status(self, resource: str, statuses: str) -> int | None:
        """How many rows of a whole list have one of several statuses, given as a comma set."""
        found = self.tally(resource, "status")
        return None if found is None else sum(found.values.get(word, 0) for word in statuses.split(","))

    def open_layouts(self) -> int | None:
        """How many layouts would be read if all were wanted; those that are done are read once."""
        files = self.tally("build-file", "layout")
        if files is None:
            return None
        rows = self._library.shelf("layout").rows.values()
        return max(0, files.distinct - sum(1 for row in rows if row.get("status") in FINAL))

    def models(self, layouts: int) -> int:
        """How many models lie on so many layouts, at most; a list of them while a layout is not known."""
        files, shelf = self.tally("build-file", "layout"), self._library.shelf("layout")
        refs = [ref_of(link, "layout") for link in files.values] if files else []
        rows = shelf.of(ref.uuid for ref in refs if ref is not None)
        if files is None or len(rows) < len(refs):
            return self.assumed
        each = sorted((models_of(row) for row in rows), key=len, reverse=True)
        return min(len({ref for part in each for ref in part}), sum(len(part) for part in each[:layouts]))

    def steps(self) -> int | None:
        """How many steps the workflows of all pieces have; None while one of them is not known."""
        pieces, shelf = self.tally("piece", "workflow"), self._library.shelf("workflow")
        if pieces is None:
            return None
        refs = [ref_of(link, "workflow") for link in pieces.values]
        rows = shelf.of(ref.uuid for ref in refs if ref is not None)
        known = len(rows) == len(refs)
        return sum(len(refs_of(row.get("process_steps"))) for row in rows) if known else None

    def was_read(self, resource: str) -> bool:
        """Whether a whole list is kept up to date by what changed."""
        return self._library.shelf(resource).full_at is not None

    def per_set(self, resource: str, field: str, target: str | None, where: Iterable[tuple[str, str]]) -> int:
        """How many values of a field fit into one question; without a target they are bare uuids."""
        library = self._library
        flags = [one for one in relied_on(resource).flags if one[0] not in dict(where)]
        query = ListQuery(resource, self.page_size, (*flags, *where))
        value = NOWHERE if target is None else library.address(Ref(target, NOWHERE))
        return values_per_set(query, field, value, library.server.client.base_url)
