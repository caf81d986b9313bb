"""Placing: where models lie on a build plate. The form of positions is inferred: the document shows none."""

from collections.abc import Mapping, Sequence
from math import ceil, sqrt
from typing import Any

from floorgraph.simulators.authentise.resource import Row
from floorgraph.simulators.authentise.shop import Shop

SPACING = 5.0
"""Between models, in millimetres."""
EXTENT = 25.0
"""Of a model whose size is not known, in millimetres each way."""
PLATE = 200.0
"""Of a plate whose size is not known, in millimetres each way."""


def place(shop: Shop, layout: Row, file: Row | None) -> None:
    """The layout is worked out, and its file written when there is one."""
    build, models = layout["build"], layout["models"]
    sizes = [_extents((shop.store.get(link) or {}).get("size"), EXTENT) for link in models]
    plate = _extents(build, PLATE)
    spots = spread(plate, sizes, float(layout.get("min_packing_distance") or SPACING))
    positions = [
        {"model": model, "x": x, "y": y, "z": z, "rotation": 0}
        for model, (x, y, z) in zip(models, spots, strict=True)
    ]
    covered = sum(width * depth for width, depth, _ in sizes)
    filled = round(100 * covered / (plate[0] * plate[1]), 1)
    shop.store.put(layout, status="complete", positions=positions, fill_percentage=filled)
    if file is not None:
        shop.store.put(
            file,
            status="complete",
            file_size=20_000 + 9_000 * len(positions),
            content=f"https://files.example.com/{file['uri'].uuid}?signature=expires-in-five-minutes",
            virus_scan="passed",
        )


def spread(
    plate: tuple[float, float, float], sizes: Sequence[tuple[float, float, float]], spacing: float
) -> list[tuple[float, float, float]]:
    """The lower left corner of each model: in the middle of cells over the plate, then in layers above."""
    if not sizes:
        return []
    wide, deep, high = (max(size[axis] for size in sizes) + spacing for axis in range(3))
    most_across, most_down = max(1, int(plate[0] // wide)), max(1, int(plate[1] // deep))
    wanted = max(round(sqrt(len(sizes) * plate[0] / plate[1])), ceil(len(sizes) / most_down))
    across = max(1, min(most_across, len(sizes), wanted))
    down = min(most_down, ceil(len(sizes) / across))
    spots = []
    for index, (width, depth, _) in enumerate(sizes):
        layer, cell = divmod(index, across * down)
        row, column = divmod(cell, across)
        x = plate[0] / across * (column + 0.5) - width / 2
        y = plate[1] / down * (row + 0.5) - depth / 2
        spots.append((round(x, 1), round(y, 1), round(layer * high, 1)))
    return spots


def _extents(size: Mapping[str, Any] | None, usual: float) -> tuple[float, float, float]:
    """Along x, y and z, in millimetres."""

    def along(axis: str) -> float:
        value = (size or {}).get(axis)
        return float(value) if isinstance(value, int | float) and value > 0 else usual

    return along("x"), along("y"), along("z")
