"""Rows as they go out: links get the server's address, items and lists their envelopes."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from floorgraph.simulators.authentise.derived import DERIVED, piece_count
from floorgraph.simulators.authentise.errors import Problem, VendorError
from floorgraph.simulators.authentise.grammar import Listing
from floorgraph.simulators.authentise.resource import Ref, Resource, Row
from floorgraph.simulators.authentise.shop import Shop

FORMER_HOST = "erp."


def former_base(base: str) -> str:
    """The address the server had when each service had its own host."""
    scheme, _, host = base.partition("://")
    return f"{scheme}://{FORMER_HOST}{host}"


class Renderer:
    """Renders for one address of the server; with `former` every fifth link names its old host."""

    def __init__(self, shop: Shop, base: str, *, former: bool) -> None:
        self._shop = shop
        self.base = base
        self._former = former_base(base) if former else ""

    def link(self, link: Ref) -> str:
        """A link with an address."""
        if self._former and int(link[-3:-1], 16) % 5 == 0:
            return self._former + link
        return self.base + link

    def value(self, value: Any) -> Any:
        """A value, with addresses in all its links."""
        kind = type(value)
        if kind is Ref:
            return self.link(value)
        if kind is list:
            return [self.value(one) for one in value]
        if kind is dict:
            return {name: self.value(one) for name, one in value.items()}
        return value

    def item(self, resource: Resource, row: Row, *, listed: bool = False, counted: bool = False) -> Row:
        """One record; fields that are told for an item only are empty in a list."""
        derived = DERIVED.get(resource.name, {})
        shown: Row = {}
        for field in resource.shown:
            name = field.name
            if listed and field.item_only:
                shown[name] = []
                continue
            derivation = derived.get(name)
            value = derivation(self._shop, row) if derivation else row.get(name)
            if value is None and field.type == "a":
                value = []
            shown[name] = value if value is None else self.value(value)
        if counted:
            shown["piece_count"] = piece_count(self._shop, row)
        return shown

    def page(
        self, resource: Resource, rows: Iterable[Row], listing: Listing, count: int | None
    ) -> dict[str, Any]:
        """One page in its envelope, or only the fields that were asked for."""
        include = listing.filtered("include_piece_count") if resource.name == "order" else None
        counted = include is not None and include.values[0].lower() in ("true", "t", "1")
        resources = [self.item(resource, row, listed=True, counted=counted) for row in rows]
        if listing.fields is not None:
            return _sparse_page(resources, listing.fields)
        last = count is not None and listing.offset + listing.limit >= count
        return {
            "links": {
                "self": self._page_link(resource, listing, 0),
                "next": None if last else self._page_link(resource, listing, listing.limit),
                "prev": self._page_link(resource, listing, -listing.limit)
                if listing.offset >= listing.limit
                else None,
            },
            "meta": {"count": count},
            "resources": resources,
        }

    def _page_link(self, resource: Resource, listing: Listing, move: int) -> str:
        """Filters and sorting are lost, as in the vendor's framework."""
        page = {"page[offset]": listing.offset + move, "page[limit]": listing.limit}
        return f"{self.base}/{resource.name}/?{urlencode(page)}"


def sparse_item(resource: Resource, shown: Row, fields: list[str] | None) -> Row:
    """Only the fields that were asked for.

    Raises:
        VendorError: 400, one of them does not exist.
    """
    if fields is None:
        return shown
    problems = [
        Problem("invalid-field-specified", f"'{name}' is no field here")
        for name in fields
        if name.partition(".")[0] not in resource.fields
    ]
    if problems:
        raise VendorError.of(problems)
    return {name: shown.get(name) for name in (one.partition(".")[0] for one in fields)}


def _sparse_page(resources: list[Row], fields: list[str]) -> dict[str, Any]:
    names = [name.partition(".")[2] for name in fields]
    if "" in names:
        return {"resources": resources}
    return {"resources": [{name: row.get(name) for name in names} for row in resources]}
