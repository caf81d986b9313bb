"""Where the simulator places models on a build plate."""

from itertools import combinations

import pytest

from floorgraph.simulators.authentise.life.placing import spread

PLATE = (300.0, 250.0, 300.0)


@pytest.mark.parametrize("count", [1, 2, 4, 7, 9, 30])
def test_models_lie_inside_the_plate_and_apart(count: int) -> None:
    sizes = [(20.0 + 7 * (index % 9), 28.0 + 7 * (index % 9), 30.0) for index in range(count)]
    spots = spread(PLATE, sizes, 5.0)
    assert len(spots) == count
    boxes = [
        tuple(zip(spot, (start + extent for start, extent in zip(spot, size, strict=True)), strict=True))
        for spot, size in zip(spots, sizes, strict=True)
    ]
    for box in boxes:
        assert all(low >= 0 and high <= PLATE[axis] for axis, (low, high) in enumerate(box[:2]))
    for one, other in combinations(boxes, 2):
        assert any(a[1] <= b[0] or b[1] <= a[0] for a, b in zip(one, other, strict=True))


def test_models_larger_than_the_plate_are_put_on_each_other() -> None:
    assert [z for _, _, z in spread((50.0, 50.0, 50.0), [(90.0, 90.0, 40.0)] * 2, 5.0)] == [0.0, 45.0]


def test_nothing_is_placed_where_there_is_nothing() -> None:
    assert spread(PLATE, [], 5.0) == []
