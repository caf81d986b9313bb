"""Records made by makers are those that their classes make."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from floorgraph.model.job import Job
from floorgraph.model.maker import maker
from floorgraph.model.piece import Piece, PieceStatus
from floorgraph.model.station import LiveStatus, Station, StationKind

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
MET: dict[str, Any] = {
    "id": "north:x:7", "source": "north", "remote_id": "7", "observed_at": NOON, "updated_at": NOON
}  # fmt: skip
PIECE: dict[str, Any] = {
    **MET, "name": "P", "serialised": True, "quantity": 3, "status": PieceStatus.COMPLETED
}  # fmt: skip


@dataclass(slots=True)
class Bag:
    name: str
    things: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Frozen:
    name: str


@dataclass
class Careful:
    name: str

    def __post_init__(self) -> None:
        self.name = self.name.strip()


@pytest.mark.parametrize(
    ("owner", "values"),
    [
        (Station, {**MET, "name": "Mill 7", "kind": StationKind.CLUSTER, "groups": ("a",)}),
        (Station, {**MET, "name": "Mill 7"}),
        (LiveStatus, MET),
        (Piece, PIECE),
    ],
)
def test_the_same_as_the_class_makes(owner: type[Any], values: dict[str, Any]) -> None:
    make = maker(owner, *values)
    assert make(**values) == make(*values.values()) == owner(**values)
    assert type(make(**values)) is owner


def test_defaults_that_are_made_are_made_each_time() -> None:
    make = maker(Bag, "name")
    first, second = make("a"), make("b")
    assert first.things == second.things == []
    assert first.things is not second.things


def test_all_that_is_named_must_be_given() -> None:
    make: Callable[..., Bag] = maker(Bag, "name")
    with pytest.raises(TypeError):
        make()


@pytest.mark.parametrize(
    ("owner", "given"),
    [(Job, ("id",)), (Bag, ()), (Bag, ("name", "colour")), (Frozen, ("name",)), (Careful, ("name",))],
)
def test_what_no_maker_can_be_written_for(owner: type[Any], given: tuple[str, ...]) -> None:
    with pytest.raises(TypeError):
        maker(owner, *given)
