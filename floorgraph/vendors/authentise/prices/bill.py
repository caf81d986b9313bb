"""Bills: the calls that a question adds up to, by the ways in which the archive reads."""

from collections.abc import Iterable

from floorgraph.vendors.authentise.prices.knowledge import Knowledge
from floorgraph.vendors.authentise.reliance import relied_on
from floorgraph.vendors.pricing import Price

Where = Iterable[tuple[str, str]]


def least(*counts: int | None) -> int:
    """The smallest of the counts that are known."""
    return min(count for count in counts if count is not None)


class Bill:
    """Adds up calls. Counts of records are upper bounds throughout."""

    def __init__(self, known: Knowledge) -> None:
        self.known = known
        self._once: set[str] = set()
        self._each = 0

    @property
    def price(self) -> Price:
        """What it comes to."""
        return Price(frozenset(self._once), self._each)

    def log_in(self) -> None:
        """One login, in case that the session has expired."""
        if self._once or self._each:
            self._once.add("log in")

    def single(self, calls: int) -> None:
        """Calls for one thing each."""
        self._each += calls

    def whole(self, *resources: str) -> None:
        """Whole lists. One that was read before may be asked for its changes and then read anew."""
        for name in resources:
            if self.known.is_off(name):
                continue
            pages = self._pages(name)
            self._once.update(f"{name}, page {page}" for page in range(pages))
            if self.known.was_read(name):
                self._once.update(f"{name}, changes {page}" for page in range(pages))

    def some(self, resource: str, count: int, *, free: bool = True) -> None:
        """Records by uuid. Many of them are looked for in the whole list first."""
        self.any_of((resource,), count, free=free)

    def related(
        self, resource: str, field: str, target: str | None, count: int, where: Where = (), rows: int = 0
    ) -> None:
        """The rows that lead to so many records; `rows` of them in all, as far as that is known."""
        if self.known.is_off(resource) or count <= 0:
            return
        rows = self.known.rows(resource) or rows
        self._each += self._sets(resource, field, target, count, where) + rows // self.known.page_size

    def split(
        self, fields: Iterable[tuple[str, str]], resource: str, count: int, where: Where = (), rows: int = 0
    ) -> None:
        """As `related`, by parents of several kinds: the field and the kind of each."""
        if self.known.is_off(resource) or count <= 0:
            return
        parts = [(field, kind, least(count, self.known.size(kind))) for field, kind in fields]
        rows = self.known.rows(resource) or rows
        sizes = [(part, self.known.per_set(resource, field, kind, where)) for field, kind, part in parts]
        self._each += _over_kinds(count, sizes) + rows // self.known.page_size

    def any_of(self, resources: Iterable[str], count: int, *, free: bool) -> None:
        """Records by uuid, of whichever of several kinds they are."""
        kinds = [name for name in resources if not self.known.is_off(name)]
        if not kinds or count <= 0:
            return
        sizes = []
        for name in kinds:
            target = None if relied_on(name).by_uuid else name
            size = self.known.per_set(name, "uuid" if target is None else "uri", target, ())
            part = count if free else least(count, self._possible(name, size))
            sizes.append((part, size))
        self._each += _over_kinds(count, sizes)
        if count > self.known.page_size:
            self._each += sum(1 + self._pages(name) * 2 for name in kinds)

    def _possible(self, resource: str, slack: int) -> int:
        """How many records there may be that others lead to: those that are gone are asked for in vain."""
        return self.known.size(resource) + self.known.missed(resource) + slack

    def children(self, resource: str, parents: int, *fields: str) -> int:
        """How many rows lead to so many parents by one of these fields, at most."""
        found = self.known.led_to(resource, fields, parents) if fields and parents else None
        return least(found, self.known.size(resource)) if parents else 0

    def _sets(self, resource: str, field: str, target: str | None, count: int, where: Where = ()) -> int:
        return 0 if count <= 0 else -(-count // self.known.per_set(resource, field, target, where))

    def _pages(self, resource: str) -> int:
        """Pages of a whole list; one where its length is not known."""
        return (self.known.rows(resource) or 0) // self.known.page_size + 1


def _over_kinds(count: int, sizes: Iterable[tuple[int, int]]) -> int:
    """Questions for records of several kinds, of which only the number in all is known.

    `sizes` are the most of each kind, and how many of it one question takes.
    """
    parts = [(part, size) for part, size in sizes if part]
    if not parts:
        return 0
    separate = sum(-(-part // size) for part, size in parts)
    together = -(-count // min(size for _, size in parts)) + len(parts) - 1
    return min(count, separate, together)
