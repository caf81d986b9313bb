"""Commands handed to a source as the core does, and what the simulated tenant says of them."""

import asyncio
from collections.abc import Mapping
from contextlib import closing
from typing import Any

from floorgraph.model.command import Command, CommandOutcome, OperationStatus
from floorgraph.model.ids import Kind
from floorgraph.simulators.process import ControlClient
from floorgraph.vendors.authentise.source import AuthentiseSource
from floorgraph.vendors.commands import Advance, Result, Review, Settlement
from floorgraph.vendors.gate import Freshness
from floorgraph.vendors.questions import By, Where
from tests.support.deadline import DEADLINE
from tests.vendors.authentise.hall import Hall

FRESH = Freshness(max_age=0)
SHORT = {"connect": 3.0, "read": 3.0, "total": 3.0}
"""Timeouts for tests in which no answer comes."""


def writes(hall: Hall) -> list[str]:
    """What was sent to change something, in order, by method and resource."""
    return [
        f"{call['method']} {call['label'].split(' ', 1)[1]}"
        for call in hall.log()
        if call["method"] in ("POST", "PUT", "DELETE")
    ]


async def reviewed(source: AuthentiseSource, command: Command) -> Review:
    assert source.lacking(type(command)) is None
    return await source.review(command)


async def done(source: AuthentiseSource, command: Command) -> Result:
    """A command that nothing stands against."""
    review = await reviewed(source, command)
    assert list(review.errors) == [], review.errors
    return await source.carry_out(command, "c-1")


async def complaints(source: AuthentiseSource, command: Command) -> list[tuple[str, str]]:
    """What stands against a command: code and field."""
    review = await reviewed(source, command)
    return [(one.code.value, ".".join(one.field[1:])) for one in review.errors]


async def settled(source: AuthentiseSource, command: Command, review: Review) -> Settlement:
    return await source.settle(command, review.before)


async def followed(source: AuthentiseSource, hall: Hall, command: Command, result: Result) -> list[Advance]:
    """How an operation went on to its end, each state once."""
    assert result.outcome is CommandOutcome.ACCEPTED
    assert result.handle is not None
    told: list[Advance] = []
    for _ in range(20):
        found = await source.follow(command, result.handle)
        if not told or told[-1] != found:
            told.append(found)
        if found.status is not OperationStatus.RUNNING:
            return told
        await asyncio.to_thread(hall.step, 1.0)
    raise AssertionError(f"never ended: {told}")


async def record(source: AuthentiseSource, kind: Kind, record_id: str, freshness: Freshness = FRESH) -> Any:
    found = await source.select(kind, Where(By.ID, frozenset({record_id})), freshness)
    return next(iter(found.items), None)


def run_in(
    hall: Hall, *statuses: str, operation: str | None = None, station: str | None = None
) -> Mapping[str, Any]:
    """A run that has one of these statuses."""
    for run in hall.state()["run"]:
        fits = run["status"] in statuses and operation in (None, run["operation"])
        if fits and (station is None or run[station]):
            return run  # type: ignore[no-any-return]
    raise AssertionError(f"no run is {statuses}")


def job_id(run: Mapping[str, Any]) -> str:
    return f"am:job:run/{run['uuid']}"


def prints_of(hall: Hall, run: Mapping[str, Any]) -> list[str]:
    """The global ids of the pieces that a run works on."""
    current = {piece["current_print"]: piece["uuid"] for piece in hall.state()["piece"]}
    return [f"am:piece:piece/{current[link]}" for link in run["prints"] if link in current]


async def given_up(hall: Hall) -> None:
    """Wait until the tenant has noticed that nobody waits for its answer any more."""
    async with asyncio.timeout(DEADLINE):
        while await asyncio.to_thread(_in_flight, hall):  # noqa: ASYNC110 - the answer is what is awaited
            await asyncio.sleep(0.02)


async def under_way(hall: Hall) -> None:
    """Wait until the tenant is at work on a question."""
    async with asyncio.timeout(DEADLINE):
        while not await asyncio.to_thread(_in_flight, hall):  # noqa: ASYNC110 - the answer is what is awaited
            await asyncio.sleep(0.02)


def _in_flight(hall: Hall) -> int:
    with closing(ControlClient(hall.base_url)) as control:
        found: int = control.calls()["in_flight"]
        return found
