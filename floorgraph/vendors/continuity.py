"""Continuity: a record that is seen again unchanged keeps the time of its last change."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from floorgraph.model.record import Record, changed_fields

R = TypeVar("R", bound=Record)


def carry_over(previous: Mapping[str, R], fresh: Iterable[R]) -> list[R]:
    """Give fresh records the `updated_at` of their equal predecessors.

    A record that the vendor itself dates keeps the vendor's time. Called by
    adapters on records that nobody else has seen yet.
    """
    return [carried(previous, record) for record in fresh]


def carried(previous: Mapping[str, R], record: R) -> R:
    """As `carry_over`, for one record."""
    before = previous.get(record.id)
    dated_by_vendor = record.updated_at != record.observed_at
    if before is not None and not dated_by_vendor and not changed_fields(before, record):
        record.updated_at = before.updated_at
    return record
