"""Line items: what an order asks for, with the product behind it.

A product has no name of its own at this vendor. It is called after the entry
of the model library that it was made from, or after its model. Model and
materials stand in `additive`, of which the vendor documents no more than
that there are `materials`.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from floorgraph.model.order import LineItem, OrderStatus
from floorgraph.vendors.authentise.links import Ref, ref_of
from floorgraph.vendors.authentise.mapping.frame import Frame, short
from floorgraph.vendors.authentise.mapping.words import ORDER
from floorgraph.vendors.authentise.shelf import Row


@dataclass(frozen=True, slots=True)
class Background:
    """The rows that say more about a line item."""

    order: Row | None = None
    template: Row | None = None
    """The entry of the model library that its product was made from."""
    model: Row | None = None
    materials: tuple[Row, ...] = ()
    workflow: Row | None = None


def line_item(row: Row, frame: Frame, about: Background) -> LineItem:
    """One position; it is due when its order is."""
    fields = frame.fields(row)
    word = fields.text("status")
    drawing = _text(about.model, "name")
    return LineItem(
        remote_id=row.ref.remote,
        name=fields.text("name") or short(row.ref),
        reference=fields.text("customer_id"),
        kind=fields.text("type"),
        product=_text(about.template, "name") or drawing,
        product_reference=None if (product := row.link("product")) is None else product.remote,
        product_description=_text(about.template, "notes"),
        drawing=drawing,
        materials=tuple(name for one in about.materials if (name := _text(one, "name"))),
        workflow=_text(about.workflow, "name"),
        quantity=fields.integer("quantity"),
        completed_quantity=fields.integer("completed_quantity"),
        status=frame.word("order", word, ORDER, OrderStatus.UNKNOWN, "line item"),
        vendor_status=word,
        priority=fields.number("priority"),
        notes=fields.text("notes"),
        created_at=fields.instant("created"),
        due_at=None if about.order is None else frame.fields(about.order).instant("due_date"),
    )


def model_of(row: Row | None) -> Ref | None:
    """The model that a line item or a library entry is about."""
    additive = None if row is None else row.get("additive")
    return ref_of(additive.get("model"), "model") if isinstance(additive, dict) else None


def materials_of(row: Row) -> list[Ref]:
    """The materials of a line item, each once."""
    additive = row.get("additive")
    materials = additive.get("materials") if isinstance(additive, dict) else None
    found = (ref_of(one, "material") for one in _flat(materials))
    return list(dict.fromkeys(ref for ref in found if ref is not None and ref.resource == "material"))


def _flat(value: object) -> Iterable[object]:
    """What stands in an object or a list, or beside them."""
    if isinstance(value, dict):
        value = list(value.values())
    return value if isinstance(value, list) else (value,)


def _text(row: Row | None, name: str) -> str | None:
    value = None if row is None else row.get(name)
    return value if isinstance(value, str) and value.strip() else None
