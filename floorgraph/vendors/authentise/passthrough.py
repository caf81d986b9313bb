"""Passing through: the vendor's own resources, read-only, checked against its document, without secrets."""

import difflib
from collections.abc import Mapping

from floorgraph.model.errors import BadArgument, BadCursor
from floorgraph.vendors.answers import ResourcePage
from floorgraph.vendors.authentise.links import uuid_of
from floorgraph.vendors.authentise.query import LONGEST_URL, ListQuery
from floorgraph.vendors.authentise.resources import MANDATORY, Resource, named, resources
from floorgraph.vendors.authentise.secrets import without_secrets
from floorgraph.vendors.authentise.server import Server
from floorgraph.vendors.authentise.visit import Visit

COMPARISONS = (">=", "<=")
SORT = "sort"
"""Not a field but the order of the list; `-` in front turns it round."""
CURSOR = "offset:"


class Passthrough:
    """Reads any documented resource of one tenant."""

    def __init__(self, server: Server) -> None:
        self._server = server

    async def read(
        self, path: str, filters: Mapping[str, str], first: int, after: str | None, visit: Visit
    ) -> ResourcePage:
        """One page of `run/`, or the one record of `run/<uuid>/`.

        Raises `BadArgument` for a path or a filter that the vendor does not
        document, `BadCursor` for an `after` of another making, and `SourceFailure`.
        """
        resource, uuid = _addressed(path)
        if uuid is not None or not resource.listed:
            return await self._single(resource, uuid, filters, visit)
        offset = _offset(after)
        query = ListQuery(resource.name, first, _conditions(resource, filters), filters.get(SORT), offset)
        if query.length(self._server.settings.base_url) > LONGEST_URL:
            raise BadArgument("'filter' is too long for one question; ask for fewer values at a time.")
        page = (await self._server.page(query, visit.freshness)).value
        end = offset + len(page.rows)
        more = end < page.count if page.count is not None else len(page.rows) >= first
        items = [without_secrets(resource.name, row) for row in page.rows]
        return ResourcePage(items, f"{CURSOR}{end}" if more and page.rows else None)

    async def _single(
        self, resource: Resource, uuid: str | None, filters: Mapping[str, str], visit: Visit
    ) -> ResourcePage:
        if filters:
            raise BadArgument(
                f"'filter' is for lists; '{resource.name}' with a uuid, or alone, is one thing."
            )
        if not resource.single:
            raise BadArgument(f"'{resource.name}' has a list only; leave the uuid out.")
        observed = await self._server.item(resource.name, uuid, visit.freshness)
        return ResourcePage([without_secrets(resource.name, observed.value)], None)


def _addressed(path: str) -> tuple[Resource, str | None]:
    name = named(path)
    known = resources()
    if name is not None and name in known:
        return known[name], None
    head, _, last = (name or "").rpartition("/")
    uuid = uuid_of(last)
    if uuid is not None and head in known:
        return known[head], uuid
    near = difflib.get_close_matches(name or path[:60], known, n=1)
    hint = f" Did you mean '{near[0]}'?" if near else ""
    raise BadArgument(f"'path' names no resource that the vendor documents: '{path[:80]}'.{hint}")


def _conditions(resource: Resource, filters: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    for key, value in filters.items():
        if key == SORT:
            _check(resource, value.lstrip("-"), key)
            continue
        ending = next((one for one in COMPARISONS if key.endswith(one)), "")
        name = key.removesuffix(ending)
        _check(resource, name, key)
        found.append((name + ending[:1], value))
    needed = MANDATORY.get(resource.name)
    if needed is not None and needed not in filters:
        raise BadArgument(f"The vendor lists '{resource.name}' only with a filter on '{needed}'.")
    return tuple(found)


def _check(resource: Resource, name: str, key: str) -> None:
    wanted = name.split(",") if key == SORT else [name]
    for one in wanted:
        if one.lstrip("-") not in resource.fields:
            known = ", ".join(sorted(resource.fields)) or "none"
            raise BadArgument(
                f"'{resource.name}' has no documented field '{one[:60]}'; it has: {known}. "
                "A field may be followed by >= or <=."
            )


def _offset(after: str | None) -> int:
    if after is None:
        return 0
    digits = after.removeprefix(CURSOR)
    if not after.startswith(CURSOR) or not digits.isdecimal() or len(digits) > 12:
        raise BadCursor("'after' is not a cursor of this list.")
    return int(digits)
