"""Results: production tasks that a machine finished (`machine/result/list`, section 5.1)."""

from collections.abc import Iterable
from typing import Any

from floorgraph.vendors.cloudnest.mapping.frame import Frame, canonical
from floorgraph.vendors.cloudnest.mapping.piece import PartSize
from floorgraph.vendors.coerce import BadRecord, Shape

RESULT = Shape(
    "machine result",
    expected=("uuid", "plate_name", "nest_name", "amount", "parts"),
    optional=(
        "width",
        "height",
        "thickness",
        "material",
        "abnor_info",
        "part_weight",
        "start_time",
        "finish_time",
    ),
    identity="uuid",
)
CUT_PART = Shape(
    "part in a machine result",
    expected=("uuid", "name", "width", "height", "amount", "area", "weight"),
    identity="uuid",
)


def part_sizes(payloads: Iterable[Any], frame: Frame) -> dict[str, PartSize]:
    """Sizes and masses of the parts in results, by guid. The vendor's own rounding is kept (section 5.1)."""
    found: dict[str, PartSize] = {}
    for payload in payloads:
        try:
            for part in frame.fields(payload, RESULT).items("parts"):
                fields = frame.fields(part, CUT_PART)
                size = PartSize(fields.number("width"), fields.number("height"), fields.number("weight"))
                found[canonical(fields.text("uuid", "guid", required=True))] = size
        except BadRecord as bad:
            frame.diagnostics.drift(bad.payload, bad.field or "*", "unreadable")
    return found
