from floorgraph.model.station import LiveStatus, StationStatus, state_of
from subscriptions.difference import updated
from tests.subscriptions.faketime import START
from tests.subscriptions.toy import station


def live(parts: int | None = 5) -> LiveStatus:
    return LiveStatus(
        id="north:station:1",
        source="north",
        remote_id="1",
        observed_at=START,
        updated_at=START,
        state=state_of(StationStatus.RUNNING),
        parts_total=parts,
    )


def names(before: LiveStatus | None, after: LiveStatus | None) -> tuple[str, ...] | None:
    difference = updated(station("1", live=before), station("1", live=after))
    return None if difference is None else difference.changed_fields


def test_a_change_inside_the_live_status_goes_by_the_field_that_clients_see() -> None:
    assert names(live(5), live(6)) == ("partsTotal",)
    assert names(live(5), live(5)) is None


def test_a_live_status_that_appears_or_disappears_goes_by_the_fields_it_has() -> None:
    assert names(None, live(5)) == ("state", "partsTotal")
    assert names(live(None), None) == ("state",)
