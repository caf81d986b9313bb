"""Positions: the line items of orders, with their products."""

from collections.abc import Iterable

from floorgraph.model.order import LineItem
from floorgraph.vendors.authentise.desk import Desk
from floorgraph.vendors.authentise.links import Ref, refs_of_ids
from floorgraph.vendors.authentise.mapping.line_item import Background, line_item, materials_of, model_of
from floorgraph.vendors.authentise.shelf import Row
from floorgraph.vendors.authentise.together import both
from floorgraph.vendors.authentise.visit import Visit

LINE_ITEM = "line-item"


class Positions:
    """The line items of one tenant."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def line_items(self, ids: Iterable[str], visit: Visit) -> dict[str, list[LineItem]]:
        """The line items of orders, of every use: the vendor's list keeps back all but products."""
        desk = self._desk
        wanted = refs_of_ids(ids)
        found, orders = await both(
            desk.archive.related(LINE_ITEM, "order", wanted.values(), visit),
            desk.lookup("order", wanted.values(), visit),
        )
        rows = [row for part in found.values() for row in part]
        products, materials, workflows = await both(
            desk.lookup("product", [row.link("product") for row in rows], visit),
            desk.lookup("material", [ref for row in rows for ref in materials_of(row)], visit),
            desk.lookup("workflow", [row.link("workflow") for row in rows], visit),
        )
        entries = await desk.lookup(
            "model-library", [row.link("model_library") for row in products.values()], visit
        )

        def library_of(row: Row) -> Row | None:
            product = _at(products, row.link("product"))
            return None if product is None else _at(entries, product.link("model_library"))

        links = {row: model_of(row) or model_of(library_of(row)) for row in rows}
        models = await desk.lookup("model", links.values(), visit)

        def about(row: Row, order: Row | None) -> Background:
            return Background(
                order=order,
                template=library_of(row),
                model=_at(models, links[row]),
                materials=tuple(materials[ref] for ref in materials_of(row) if ref in materials),
                workflow=_at(workflows, row.link("workflow")),
            )

        return {
            one: [line_item(row, desk.frame, about(row, orders.get(ref))) for row in found.get(ref, ())]
            for one, ref in wanted.items()
        }


def _at(rows: dict[Ref, Row], ref: Ref | None) -> Row | None:
    return None if ref is None else rows.get(ref)
