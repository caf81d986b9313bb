"""Compares the fast path with graphql-core over operations made up at random.

As a program it prints how many were compared: python -m tests.execution.made_up 2000
"""

import asyncio
import logging
import random
import sys
from collections import Counter
from collections.abc import Coroutine, Sequence
from typing import Any

import structlog
from graphql import parse, validate

from floorgraph.model.ids import Kind
from floorgraph.vendors.contract import Source
from subscriptions.change import Change, ChangeKind
from tests.execution.differing import FAST, PLAIN, QUICK, Answer, assert_alike, both, event, shown
from tests.execution.documents import Author
from tests.execution.floors import NOON, WildSource

CHANGED = {
    Kind.STATION: "stationChanged",
    Kind.JOB: "jobChanged",
    Kind.ORDER: "orderChanged",
    Kind.PIECE: "pieceChanged",
    Kind.ALARM: "alarmChanged",
    Kind.BATCH: "batchChanged",
    Kind.LAYOUT: "layoutChanged",
}


async def compared(seed: int) -> tuple[Answer, Answer, str] | None:
    """Both answers to the operation of that number, and its text; None when it is not valid."""
    dice = random.Random(seed)  # noqa: S311  dice for tests
    schema = PLAIN._schema
    text, variables = Author(schema, dice, dice.choice([5, 15, 40, 80])).query()
    if validate(schema, parse(text)):
        return None
    wild, failing = dice.choice([0.0, 0.0, 0.02, 0.1]), dice.choice([0.0, 0.0, 0.1, 0.4])

    def sources() -> Sequence[Source]:
        return [WildSource(key, seed, wild, failing) for key in ("north", "south")]

    rights = frozenset({"raw"}) if dice.random() < 0.5 else frozenset[str]()
    slow, quick = await both(sources, text, variables, rights)
    return slow, quick, text


async def compared_event(seed: int) -> tuple[Answer, Answer, str] | None:
    """Both answers to a change for the subscription of that number, as `compared` for queries."""
    dice = random.Random(seed)  # noqa: S311  dice for tests
    schema = PLAIN._schema
    kind = dice.choice(list(CHANGED))
    text, variables = Author(schema, dice, dice.choice([5, 15, 40])).subscription(CHANGED[kind])
    if validate(schema, parse(text)):
        return None
    wild, failing = dice.choice([0.0, 0.0, 0.02, 0.1]), dice.choice([0.0, 0.0, 0.1, 0.4])
    record, previous = dice.random(), dice.random()

    def told(schema: Any) -> Coroutine[Any, Any, Answer]:
        sources = [WildSource(key, seed, wild, failing) for key in ("north", "south")]
        known = [None, *(one for source in sources for one in source.records if one.kind_word is kind)]
        change = Change(
            kind=ChangeKind.UPDATED, at=NOON, cursor="c", changed_fields=("name",),
            record=known[int(record * len(known))], previous=known[int(previous * len(known))],
        )  # fmt: skip
        return event(schema, sources, text, variables, change)

    return await told(PLAIN), await told(QUICK), text


async def count(first: int, last: int) -> Counter[str]:
    """What came of the operations of these numbers."""
    found: Counter[str] = Counter()
    for seed in range(first, last):
        result = await compared(seed)
        if result is None:
            found["not valid"] += 1
            continue
        slow, quick, text = result
        assert_alike(slow, quick, f"{seed}: {text}")
        found["compared"] += 1
        found["with errors"] += bool(slow.errors)
        found["data null"] += slow.data is None
        found["errors in the same order"] += slow.errors == quick.errors
        found["other errors beside a null answer"] += slow.data is None and sorted(
            map(shown, slow.errors)
        ) != sorted(map(shown, quick.errors))
    return found


def main() -> None:
    """Compare as many as the first argument says, from the number that the second one says."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.disable(logging.CRITICAL)
    start = int(sys.argv[2]) if len(sys.argv) > 2 else 0
    found = asyncio.run(count(start, start + int(sys.argv[1])))
    for what, number in found.items():
        sys.stdout.write(f"{what}: {number}\n")
    sys.stdout.write(f"run by the fast path: {FAST.tally.fast}, left: {dict(FAST.tally.left)}\n")


if __name__ == "__main__":
    main()
