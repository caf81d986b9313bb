"""Gathering: many single reads, some at a time, as one answer."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TypeVar

from floorgraph.model.ids import GlobalId
from floorgraph.model.record import Record
from floorgraph.vendors.answers import Answer
from floorgraph.vendors.cwork.collection import merged
from floorgraph.vendors.failures import NotFound, SourceFailure

R = TypeVar("R", bound=Record)


async def gathered(
    known: Sequence[Answer[R]],
    wanted: Iterable[str],
    at_a_time: int,
    read: Callable[[str], Awaitable[Answer[R]]],
) -> Answer[R]:
    """What is known already, and what `read` brings for each id, called with the vendor's number.

    What does not exist is left out. Failures leave out what they concern and
    stand on the answer; raises the first `SourceFailure` when there is nothing else.
    """
    slots = asyncio.Semaphore(at_a_time)

    async def ask(number: str) -> Answer[R] | SourceFailure | None:
        async with slots:
            try:
                return await read(number)
            except NotFound:
                return None
            except SourceFailure as failure:
                return failure

    remotes = (GlobalId.parse(one).remote for one in sorted(wanted))
    # CWork's identifiers are numbers; anything else cannot exist and is not worth a call.
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(ask(remote)) for remote in remotes if remote.isdecimal()]
    outcomes = [task.result() for task in tasks]
    failures = [outcome for outcome in outcomes if isinstance(outcome, SourceFailure)]
    whole = merged([*known, *(outcome for outcome in outcomes if isinstance(outcome, Answer))], failures)
    if failures and not whole.items:
        raise failures[0]
    return whole
