import dataclasses

import pytest

from floorgraph.model.documented import enum_values, own_documentation
from subscriptions.change import Change, ChangeCause, ChangeKind, graphql_name


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("name", "name"),
        ("parts_total", "partsTotal"),
        ("cycle_time_seconds", "cycleTimeSeconds"),
        ("station_id", "station"),
        ("alias_of_id", "aliasOf"),
        ("job_ids", "jobs"),
        ("id", "id"),
        ("remote_id", "remoteId"),
    ],
)
def test_fields_go_by_their_graphql_names(field: str, name: str) -> None:
    assert graphql_name(field) == name


def test_every_value_and_field_is_explained() -> None:
    for owner in (ChangeKind, ChangeCause):
        assert all(enum_values(owner).values())
    texts = own_documentation(Change)
    assert all(texts.get(field.name) for field in dataclasses.fields(Change))
