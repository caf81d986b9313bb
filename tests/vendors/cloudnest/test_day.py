"""A day of ten subscribers under the quota that the vendor's pages show: 1,000 calls a day, 1 a second."""

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime

import pytest

from floorgraph.model.ids import Kind
from floorgraph.vendors.cloudnest.source import CloudNestSource
from floorgraph.vendors.contract import SourceTools
from floorgraph.vendors.floor import Floor
from floorgraph.vendors.gate import Freshness
from floorgraph.vendors.questions import EVERYTHING
from subscriptions.engine import Engine
from subscriptions.topic import Topic
from tests.subscriptions.listening import listening
from tests.vendors.cloudnest.conftest import Hall, machines, running, settings_of
from tests.vendors.cloudnest.daytime import HallTime

MIDNIGHT = datetime(2026, 3, 1, 16, 0, tzinfo=UTC)
"""In Beijing, where the quota's day begins."""
HOUR = 3600.0
TOPICS = [
    Topic(kind=Kind.STATION),
    Topic(kind=Kind.STATION, max_age=1.0),
    Topic(kind=Kind.STATION, max_age=60.0),
    Topic(kind=Kind.ALARM),
    Topic(kind=Kind.ALARM, max_age=5.0),
    Topic(kind=Kind.JOB),
    Topic(kind=Kind.JOB, max_age=2.0),
    Topic(kind=Kind.LAYOUT),
    Topic(kind=Kind.PIECE),
    Topic(kind=Kind.PIECE, max_age=30.0),
]


@pytest.fixture(scope="module")
def limited() -> Iterator[Hall]:
    """A gateway that refuses the 1,001st call of a day and the second of a second."""
    limits = {"daily_quota": 1000, "rate_per_second": 1.0, "start": MIDNIGHT.isoformat(), "trouble": 0.5}
    # What a call costs of a quota does not depend on how much it tells.
    small = {"machines": 3, "jobs": 4, "jobs_kept": 6, "parts_per_job": [2, 3], "layouts_per_job": [1, 2]}
    with running(**limits, **small) as hall:
        yield hall


async def test_ten_subscribers_and_hourly_queries_stay_under_the_quota_all_day(limited: Hall) -> None:
    # A day has some four thousand calls; asyncio's debugging would take longer than all of them.
    asyncio.get_running_loop().set_debug(False)
    time = HallTime(limited, MIDNIGHT)
    tools = SourceTools(clock=time, sleep=time.sleep)
    settings = settings_of(limited.base_url, calls_per_day=1000, calls_per_second=1.0, machines=machines(3))
    source = CloudNestSource(settings, tools)
    time.follow(source)
    engine = Engine(Floor([source]), clock=time, sleep=time.sleep, chance=lambda: 0.5)
    heard = [0] * len(TOPICS)
    async with engine.running(), AsyncExitStack() as stack:
        await time.advance(1)
        listeners = [await stack.enter_async_context(listening(engine, topic)) for topic in TOPICS]
        for _ in range(24):
            await time.advance(HOUR - 1)
            for kind in (Kind.STATION, Kind.JOB, Kind.LAYOUT):
                await source.select(kind, EVERYTHING, Freshness())
            heard = [count + len(one.changes()) for count, one in zip(heard, listeners, strict=True)]
        gateway = limited.state()["gateway"]
        budgets = {budget.endpoint: budget for budget in source.budgets()}
        condition = source.condition()
    await source.close()
    time.close()

    assert gateway["refused"] == {}, "no call was refused"
    assert gateway["secrets_seen"] == 0
    used = gateway["used"]
    assert max(used.values()) <= 1000
    # Polling leaves its reserve to queries, and uses what it may: states, tasks and progress are worth it.
    for name in ("device_states", "plan_detail", "cut_state", "machine_results"):
        assert 600 <= used[name] <= 850, (name, used)
    assert used["job_tree"] <= 300
    assert used["devices"] <= 50
    assert {name: budgets[name].used for name in used} == used, "our count is the gateway's"
    assert condition.failure is None
    assert all(count > 100 for count in heard), heard
