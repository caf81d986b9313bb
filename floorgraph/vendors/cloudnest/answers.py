"""Answers out of full lists."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TypeVar

from floorgraph.model.ids import GlobalId
from floorgraph.model.record import Record, again
from floorgraph.vendors.answers import Answer
from floorgraph.vendors.failures import BudgetExhausted, SourceFailure
from floorgraph.vendors.questions import By, Where

R = TypeVar("R", bound=Record)


def answer(
    records: Mapping[str, R],
    where: Where,
    at: datetime | None,
    *,
    complete: bool = True,
    failure: SourceFailure | None = None,
) -> Answer[R]:
    """What is asked for, out of records by id."""
    if where.by is By.ID:
        items = [records[one] for one in sorted(where.values) if one in records]
    else:
        items = [record for record in records.values() if where.admits(record)]
    return Answer(items, at, complete, failure)


def remotes(ids: Iterable[str]) -> list[str]:
    """The vendor's identifiers in global ids, sorted."""
    return sorted(GlobalId.parse(one).remote for one in ids)


def number(remote: str) -> int | None:
    """A tree or machine number; None for a GUID."""
    return int(remote) if remote.isascii() and remote.isdecimal() else None


def stale(record: R) -> R:
    """The same record, marked as the last known one."""
    return record if record.stale else again(record, stale=True)


def too_many(source: str, endpoint: str, what: str, most: int) -> BudgetExhausted:
    """Why something was left out of an answer that takes a call for each."""
    return BudgetExhausted(
        source=source,
        endpoint=endpoint,
        detail=f"{what}; at most {most} new ones are asked for at a time (calls_per_question), ask again",
    )
