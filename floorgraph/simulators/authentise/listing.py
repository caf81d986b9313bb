"""Rows that answer a list request: filtered, sorted, counted and cut into pages."""

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from floorgraph.simulators.authentise.derived import DERIVED, HIDDEN_UNLESS, run_orders, value_of
from floorgraph.simulators.authentise.errors import Problem, VendorError
from floorgraph.simulators.authentise.grammar import Filter, Listing, Operation
from floorgraph.simulators.authentise.resource import Field, Resource, Row
from floorgraph.simulators.authentise.shop import Shop
from floorgraph.simulators.authentise.values import Reader
from floorgraph.simulators.authentise.views import VIEWS

_BOUNDS: dict[Operation, Callable[[Any, Any], bool]] = {
    ">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le
}  # fmt: skip
DEFAULT_FILTERS: Mapping[str, tuple[str, str]] = {"line-item": ("type", "product")}
"""Filters that lists add by themselves."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A filter whose values are read."""

    field: Field
    operation: Operation
    values: tuple[Any, ...]


@dataclass(slots=True)
class Found:
    """One page and how many rows there are in all."""

    rows: list[Row]
    count: int


def conditions(resource: Resource, listing: Listing, reader: Reader) -> list[Condition]:
    """The filters with their values read.

    Raises:
        VendorError: 400, a property is unknown or cannot be used, or a value does not fit.
    """
    problems, found = list[Problem](), list[Condition]()
    for one in listing.filters:
        field = resource.fields.get(one.name)
        if field is None or not field.filterable:
            problems.append(Problem("invalid-filter-property", f"'{one.name}' cannot be filtered by"))
            continue
        try:
            values = tuple(reader.filter_value(field, text) for text in one.values)
        except ValueError:
            problems.append(
                Problem("invalid-filter-value", f"'{','.join(one.values)}' does not fit '{one.name}'")
            )
        else:
            found.append(Condition(field, one.operation, values))
    problems += _other_problems(resource, listing)
    if problems:
        raise VendorError.of(problems)
    return found


def _other_problems(resource: Resource, listing: Listing) -> Iterable[Problem]:
    for one in listing.searches:
        field = resource.fields.get(one.name)
        if field is None or field.type != "s":
            yield Problem("invalid-search-property", f"'{one.name}' cannot be searched")
    for name, _ in listing.sorts:
        field = resource.fields.get(name)
        if field is None:
            yield Problem("invalid-sort-property", f"'{name}' cannot be sorted by")
        elif not field.sortable:
            yield Problem("disabled-sort-property", f"sorting by '{name}' is off")
    for name in listing.fields or ():
        root, _, inner = name.partition(".")
        if root != "resources" or (inner and inner not in resource.fields):
            yield Problem("invalid-field-specified", f"'{name}' is no field of the answer")


def select(shop: Shop, resource: Resource, listing: Listing, wanted: list[Condition]) -> Found:
    """The page a request asks for."""
    name = resource.name
    default = DEFAULT_FILTERS.get(name)
    if default and listing.filtered(default[0]) is None:
        wanted = [*wanted, Condition(resource.fields[default[0]], "=", (default[1],))]
    rows, rest = _candidates(shop, resource, wanted)
    tests = [_test(shop, name, one) for one in rest]
    tests += [_search(shop, name, one) for one in listing.searches]
    tests += _visible(shop, name, listing)
    found = [row for row in rows if all(test(row) for test in tests)]
    for sort, descending in reversed(listing.sorts):
        if not (name == "event" and sort == "created" and not descending):
            found.sort(key=_key(shop, name, sort), reverse=descending)
    return Found(found[listing.offset : listing.offset + listing.limit], len(found))


def _candidates(
    shop: Shop, resource: Resource, wanted: list[Condition]
) -> tuple[Iterable[Row], list[Condition]]:
    """Rows to look at, narrowed as far as an index goes, and the conditions still to be tested."""
    name = resource.name
    if view := VIEWS.get(name):
        exact = {one.field.name: one.values for one in wanted if one.operation == "="}
        return view(shop, exact), wanted
    table, derived = shop.store.table(name), DERIVED.get(name, {})
    for index, one in enumerate(wanted):
        rest = wanted[:index] + wanted[index + 1 :]
        if one.operation == "=" and one.field.name in ("uri", "uuid"):
            keys = dict.fromkeys(str(getattr(value, "uuid", value)) for value in one.values)
            # Only links to this very resource can match: a uuid alone does not make one.
            return [row for key in keys if (row := table.rows.get(key))], wanted
        if one.operation == "=" and one.field.type in ("U", "L", "id") and _plain(one.field, derived):
            return table.where(one.field.name, dict.fromkeys(one.values)), rest
        if one.operation in (">", ">=") and one.field.name == "created":
            later = table.since(one.values[0])
            if later is not None:
                return later, wanted
    return table, wanted


def _plain(field: Field, derived: Mapping[str, object]) -> bool:
    return not field.filter_only and field.name not in derived


def _test(shop: Shop, resource: str, one: Condition) -> Callable[[Row], bool]:
    name = one.field.name
    if one.field.filter_only:
        return SPECIAL.get((resource, name), _anything)(shop, one)
    derive = DERIVED.get(resource, {}).get(name)
    if one.operation != "=":
        compare = _BOUNDS[one.operation]

        def bounded(row: Row) -> bool:
            value = derive(shop, row) if derive else row.get(name)
            return value is not None and any(compare(value, bound) for bound in one.values)

        return bounded
    allowed = set(one.values)

    def equal(row: Row) -> bool:
        value = derive(shop, row) if derive else row.get(name)
        return not allowed.isdisjoint(value) if isinstance(value, list) else value in allowed

    return equal


def _search(shop: Shop, resource: str, one: Filter) -> Callable[[Row], bool]:
    texts = [text.lower() for text in one.values]

    def contains(row: Row) -> bool:
        value = str(value_of(shop, resource, row, one.name) or "").lower()
        return any(text in value for text in texts)

    return contains


def _visible(shop: Shop, resource: str, listing: Listing) -> list[Callable[[Row], bool]]:
    tests: list[Callable[[Row], bool]] = []
    if shop.hidden:
        tests.append(lambda row: row.get("uri") not in shop.hidden)
    if (rule := HIDDEN_UNLESS.get(resource)) and listing.filtered(rule[0]) is None:
        hides = rule[1]
        tests.append(lambda row: not hides(row))
    return tests


def _key(shop: Shop, resource: str, name: str) -> Callable[[Row], tuple[bool, Any]]:
    """Null sorts last, as in PostgreSQL."""

    def key(row: Row) -> tuple[bool, Any]:
        value = value_of(shop, resource, row, name)
        return value is None, 0 if value is None else value

    return key


Special = Callable[[Shop, Condition], Callable[[Row], bool]]


def _anything(shop: Shop, one: Condition) -> Callable[[Row], bool]:
    del shop, one
    return lambda _: True


def _runs_of(field: str) -> Special:
    """Runs by what their prints belong to."""

    def special(shop: Shop, one: Condition) -> Callable[[Row], bool]:
        runs = {found.get("run") for found in shop.store.where("print", field, *one.values)}
        return lambda row: (row.get("run") if "run" in row else row["uri"]) in runs

    return special


def _orders_with_runs(shop: Shop, one: Condition) -> Callable[[Row], bool]:
    orders = {
        order
        for run in shop.store.table("run")
        if run["status"] in one.values
        for order in run_orders(shop, run)
    }
    return lambda row: row["uri"] in orders


def _hide_archived(shop: Shop, one: Condition) -> Callable[[Row], bool]:
    del shop
    return lambda row: True in one.values or not row.get("archived")


def _work_needed(shop: Shop, one: Condition) -> Callable[[Row], bool]:
    del shop
    return lambda row: (row["status"] != "complete") in one.values


SPECIAL: Mapping[tuple[str, str], Special] = {
    ("run", "by_order"): _runs_of("order"),
    ("run", "by_line_item"): _runs_of("line_item"),
    ("run-actuals", "by_order"): _runs_of("order"),
    ("run-actuals", "by_line_item"): _runs_of("line_item"),
    ("order", "run_status"): _orders_with_runs,
    ("printer", "include_archived"): _hide_archived,
    ("post-processor", "include_archived"): _hide_archived,
    ("print", "work_needed"): _work_needed,
    ("workflow", "name_ilike"): _anything,
}
"""What properties mean that only filter."""
