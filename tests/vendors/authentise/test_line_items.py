"""Line items of orders, and the products behind them."""

from collections.abc import Mapping
from typing import Any

from floorgraph.model.ids import Kind
from floorgraph.model.order import LineItem
from floorgraph.vendors.gate import Freshness
from floorgraph.vendors.questions import Part
from tests.vendors.authentise.conftest import Build
from tests.vendors.authentise.hall import KEY, Hall

NOW = Freshness(max_age=0)
NAMES = {"product", "model-library", "model", "material", "workflow"}


async def items_of(hall: Hall, source: Build) -> list[LineItem]:
    found: Mapping[str, Any] = await source(hall).parts(Part.LINE_ITEMS, hall.ids(Kind.ORDER, "order"), NOW)
    return [item for part in found.values() for item in part]


def add(hall: Hall, resource: str, **values: object) -> str:
    (link,) = hall.change(add=[{"resource": resource, "values": values}])["added"]
    return str(link)


async def one_item(hall: Hall, source: Build, **values: object) -> LineItem:
    """A line item with these values, of an order without others."""
    order = add(hall, "order", name="Order", line_items=[])
    add(hall, "line-item", order=order, quantity=1, type="product", name="Item", **values)
    one = f"{KEY}:order:order/{order.rstrip('/').rpartition('/')[2]}"
    (item,) = (await source(hall).parts(Part.LINE_ITEMS, [one], NOW))[one]  # type: ignore[misc]
    assert isinstance(item, LineItem)
    return item


async def test_products_are_called_after_their_library_entry_or_their_model(
    hall: Hall, source: Build
) -> None:
    items = await items_of(hall, source)
    standard = [item for item in items if item.product_description]
    assert standard
    assert len(standard) < len(items)
    for item in items:
        assert item.product_reference
        assert item.product_reference.startswith("product/")
        assert item.drawing
        assert item.drawing.endswith(".stl")
        number = int(item.drawing.removeprefix("part-").removesuffix(".stl"))
        released = number % 3 == 0
        assert item.product == (f"Standard part {number:02d}" if released else item.drawing)
        assert item.product_description == (f"Released design {number:02d}" if released else None)


async def test_what_else_a_line_item_tells(hall: Hall, source: Build) -> None:
    items = await items_of(hall, source)
    assert {item.kind for item in items} >= {"product"}
    for item in items:
        assert item.quantity
        assert item.materials
        assert item.workflow
        assert item.workflow.endswith("standard")
        assert item.reference
        assert item.priority is not None
        assert item.created_at is not None


async def test_products_of_many_orders_are_looked_up_in_sets(large: Hall, source: Build) -> None:
    orders = large.ids(Kind.ORDER, "order")[:45]
    found: Mapping[str, Any] = await source(large).parts(Part.LINE_ITEMS, orders, NOW)
    items = [item for part in found.values() for item in part]
    calls = large.calls()
    sets = -(-len(orders) // 20)
    assert calls.pop("line-item") == calls.pop("order") == sets
    assert calls.pop("product") == -(-len({item.product_reference for item in items}) // 20)
    assert calls == dict.fromkeys(NAMES - {"product"}, 1)


async def test_an_item_without_product_and_model_has_no_names(hall: Hall, source: Build) -> None:
    item = await one_item(hall, source)
    assert (item.product, item.product_reference, item.drawing, item.materials) == (None, None, None, ())
    assert item.workflow is None


async def test_the_inner_form_of_additive_is_not_relied_on(hall: Hall, source: Build) -> None:
    for additive in ({"materials": ["no link", 7, None]}, {"materials": "x", "model": {}}, {"model": 5}):
        item = await one_item(hall, source, additive=additive)
        assert (item.drawing, item.materials) == (None, ())


async def test_an_entry_that_is_gone_takes_only_the_names_along(hall: Hall, source: Build) -> None:
    nowhere = "/product/00000000-0000-4000-8000-000000000000/"
    item = await one_item(hall, source, product=nowhere)
    assert item.product is None
    assert item.product_reference == nowhere.strip("/")
    assert item.name == "Item"
