"""Records with other values in some fields, and what has changed between two of them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from floorgraph.model.record import again, changed_fields
from floorgraph.model.station import LiveStatus, Station

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
LATER = datetime(2026, 3, 2, 13, tzinfo=UTC)
COMMON: dict[str, Any] = {
    "id": "north:station:7",
    "source": "north",
    "remote_id": "7",
    "observed_at": NOON,
    "updated_at": NOON,
    "raw": {"Handle": 7},
}


def station() -> Station:
    return Station(**COMMON, name="Mill", live=LiveStatus(**COMMON, order_name="Bolts"))


def test_it_is_what_replacing_gives_and_leaves_the_record_alone() -> None:
    before = station()
    after = again(before, observed_at=LATER, stale=True)
    live = LiveStatus(**COMMON, order_name="Bolts")
    assert after == Station(**COMMON | {"observed_at": LATER}, name="Mill", live=live, stale=True)
    assert type(after) is Station
    assert before == station()
    assert after.live is before.live


def test_a_field_that_there_is_not_is_an_error() -> None:
    with pytest.raises(TypeError, match="colour"):
        again(station(), colour="red")


def test_what_was_merely_seen_again_has_not_changed() -> None:
    before = station()
    assert before.live is not None
    seen = again(before, observed_at=LATER, live=again(before.live, observed_at=LATER))
    assert changed_fields(before, seen) == ()
    moved = again(seen, name="Lathe", live=again(before.live, order_name="Nuts", alarms=()))
    assert set(changed_fields(before, moved)) == {"name", "order_name", "alarms"}
    assert changed_fields(before, again(before, live=None)) == ("live",)
