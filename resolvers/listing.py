"""Lists over all sources: asked for in parts, narrowed, ordered and paged."""

from collections.abc import Sequence
from typing import Any

from floorgraph.model.errors import FloorgraphError
from floorgraph.model.record import Record
from floorgraph.vendors.failures import SourceFailure
from floorgraph.vendors.turns import MANY, TURNS, Steps, parts
from loaders.records import Found, PartOfList, RecordsBySource
from loaders.scope import Scope
from resolvers.criteria import Criteria
from resolvers.ordering import Ordering, in_order
from resolvers.paging import Page, PageRequest, cut_out, page_of

Path = Sequence[str | int]
TOGETHER = 100
"""Records that are judged in one step."""


async def listing(
    scope: Scope,
    criteria: Criteria,
    ordering: Ordering,
    request: PageRequest,
    path: Path,
) -> Page[Any]:
    """One page of all records that meet the criteria, over all sources.

    A source that cannot answer is reported beside the others' records.
    Raises `BadArgument`, `BadCursor` or `BadId` for wrong arguments.
    """
    request.size()
    criteria.check()
    sources = [source for source in scope.floor if criteria.concerns(source)]
    parts = [PartOfList(source.key, criteria.kind, criteria.where(source)) for source in sources]
    answers = await scope.loader(RecordsBySource).load_many(parts)
    found = dict(zip((source.key for source in sources), answers, strict=True))
    return await assemble(scope, found, criteria, ordering, request, path)


async def assemble(
    scope: Scope,
    found: dict[str, Found | FloorgraphError],
    criteria: Criteria,
    ordering: Ordering,
    request: PageRequest,
    path: Path,
) -> Page[Any]:
    """One page from the parts of the sources, by source key; failed parts are reported."""
    records: list[Record] = []
    unavailable: set[str] = set()
    for key, part in found.items():
        if isinstance(part, Found):
            records.extend(part.records)
        else:
            scope.report(part, path)
        if not isinstance(part, Found) or part.failure is not None or not part.complete:
            unavailable.add(key)
    try:
        records = await criteria.narrowed(scope, ordering, records)
    except SourceFailure as failure:
        scope.report(failure, path)
        unavailable.add(failure.source)
        records = []
    if len(records) > MANY:
        page = await TURNS.through(_page_of_many(records, criteria, ordering, request))
    else:
        admitted = records if criteria.is_open else [one for one in records if criteria.admits(one)]
        page = page_of(admitted, ordering, request)
    page.unavailable_sources = sorted(unavailable)
    return page


def _page_of_many(
    records: list[Any], criteria: Criteria, ordering: Ordering, request: PageRequest
) -> Steps[Page[Any]]:
    """The page asked for, as work in steps."""
    request.size()
    if not criteria.is_open:
        admitted: list[Any] = []
        for part in parts(records, TOGETHER):
            admitted += [one for one in part if criteria.admits(one)]
            yield len(part) // 10
        records = admitted
    return cut_out((yield from in_order(records, ordering)), ordering, request)
