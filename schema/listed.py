"""Connections as data: what is asked for, and how the pages of all parents of a level are had."""

import asyncio
from abc import abstractmethod
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from floorgraph.model.errors import BadArgument, FloorgraphError
from floorgraph.vendors.contract import Ahead
from floorgraph.vendors.turns import MANY
from loaders.asking import asks_of
from loaders.records import Found
from loaders.scope import Scope
from resolvers.criteria import Criteria
from resolvers.listing import Path, assemble, listing
from resolvers.ordering import OrderDirection, Ordering, OrderKey, in_place
from resolvers.paging import Page, PageRequest, cut_out, page_of
from resolvers.relation import BY_ID, Relation
from schema.access import Access

SEEN_AT_ONCE: Final = 10_000
"""Records of all parents together of which it is seen in one step whether they are in order: some 2 ms."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The arguments of a connection, checked."""

    criteria: Criteria
    ordering: Ordering
    request: PageRequest


@dataclass(frozen=True, slots=True)
class Listed(Access):
    """A page of records."""

    criteria: type[Criteria]
    """What the list is narrowed by when there is no filter: nothing."""

    def prepared(
        self, *, filter: Any = None, order_by: Any = None, max_age: float | None = None, **paging: Any
    ) -> Wanted:  # fmt: skip
        """What is asked for. Raises `BadArgument` or `BadId` for what cannot be meant."""
        if max_age is not None and max_age < 0:
            raise BadArgument(f"'maxAge' must not be negative, as {max_age:g} is.")
        order = tuple(
            OrderKey(item.field.value, item.direction is OrderDirection.DESC) for item in order_by or ()
        )
        wanted = Wanted(filter or self.criteria(), order, PageRequest(**paging))
        wanted.request.size()
        wanted.criteria.check()
        return wanted

    @property
    def lasting(self) -> bool:
        """A page rests on the records alone."""
        return True

    @abstractmethod
    async def values(
        self, scope: Scope, parents: Sequence[Any], prepared: Wanted, paths: Sequence[Path]
    ) -> list[Any]:
        """The pages for all parents; what fails stands in place of its page."""


@dataclass(frozen=True, slots=True)
class ListedEverywhere(Listed):
    """All records of a kind over all sources."""

    async def values(
        self, scope: Scope, parents: Sequence[Any], prepared: Wanted, paths: Sequence[Path]
    ) -> list[Any]:
        """The one page of the root."""
        del parents
        (path,) = paths
        return [await listing(scope, prepared.criteria, prepared.ordering, prepared.request, path)]

    def ahead(self, scope: Scope, prepared: Wanted, loaders: Collection[Any]) -> list[Ahead]:
        """Of a whole list; where a filter may leave nothing, nothing is asked for that may not be needed."""
        if not loaders or not prepared.criteria.is_open or prepared.request.size() == 0:
            return []
        reads = {ask.read for loader in loaders for ask in asks_of(loader, 1)}
        begun = (source.ask_ahead(read, scope.freshness) for source in scope.floor for read in reads)
        return [one for one in begun if one is not None]


@dataclass(frozen=True, slots=True)
class ListedOfParent(Listed):
    """The records that belong to a parent."""

    relation: Relation

    async def values(
        self, scope: Scope, parents: Sequence[Any], prepared: Wanted, paths: Sequence[Path]
    ) -> list[Any]:
        """One `load_many` for all parents, and a page for each."""
        parts = await self.relation.many(scope, parents)
        if prepared.criteria.is_open and not prepared.criteria.looks_further(prepared.ordering):
            page = cut_out if not prepared.ordering and _are_in_place(parts) else page_of
            whole = partial(_whole, page, prepared.ordering, prepared.request)
            return [
                whole(part) if _is_plain(part) else await _page(scope, parent, part, prepared, paths[index])
                for index, (parent, part) in enumerate(zip(parents, parts, strict=True))
            ]
        pages = [
            _page(scope, parent, part, prepared, path)
            for parent, part, path in zip(parents, parts, paths, strict=True)
        ]
        if prepared.criteria.looks_further(prepared.ordering):
            return await asyncio.gather(*pages)
        # Without further questions nothing is awaited in there: tasks would cost more than the pages.
        return [await page for page in pages]

    @property
    def starts_early(self) -> bool:
        """Whether the relation's key is the parent's id."""
        return self.relation.key is BY_ID

    async def head_start(self, scope: Scope, record_id: str) -> None:
        """Load the list of that id."""
        await scope.loader(self.relation.loader).load_many((record_id,))


def _is_plain(part: Found | Exception) -> bool:
    """Whether everything is known of it, and it is put in order in no time."""
    if isinstance(part, Exception) or part.failure is not None:
        return False
    return part.complete and len(part.records) <= MANY


def _are_in_place(found: Sequence[Found | Exception]) -> bool:
    """Whether the lists are in order as they are, if that is told in no time."""
    lists = [one.records for one in found if isinstance(one, Found)]
    try:
        return sum(map(len, lists)) <= SEEN_AT_ONCE and in_place(lists)
    except Exception:  # noqa: BLE001  a record without a place, which fails the page of its own parent alone
        return False


def _whole(
    page: Callable[[list[Any], Ordering, PageRequest], Page[Any]],
    ordering: Ordering,
    request: PageRequest,
    part: Found,
) -> Any:
    """The page of a part that everything is known of and nothing is taken out of."""
    try:
        return page(part.records, ordering, request)
    except Exception as failure:  # noqa: BLE001  the failure of this parent's page alone
        return failure


async def _page(scope: Scope, parent: Any, part: Found | Exception, wanted: Wanted, path: Path) -> Any:
    if isinstance(part, Exception) and not isinstance(part, FloorgraphError):
        return part
    try:
        source = scope.floor.get(parent.source)
        found = {parent.source: part} if source is None or wanted.criteria.concerns(source) else {}
        return await assemble(scope, found, wanted.criteria, wanted.ordering, wanted.request, path)
    except Exception as failure:  # noqa: BLE001  the failure of this parent's page alone
        return failure
