"""Quotas per day and rates, per endpoint."""

from typing import Any

import pytest

from floorgraph.simulators.cloudnest.limits import LimitRule, Limits
from floorgraph.simulators.cloudnest.options import CloudNestOptions
from tests.simulators.cloudnest.client import DEVICES, STATES, TASKS, TREE, cloudnest

QUOTA, RATE = 1005, 1006
EIGHT_HOURS = 8 * 3600.0


def limits(**rule: Any) -> Limits:
    return Limits([LimitRule(endpoint="*", **rule)], day_offset=0, tolerance=0)


def admitted(counting: Limits, *times: float) -> list[str | None]:
    return [counting.admit("one", "/one", now=when, rate_now=when) for when in times]


def test_one_a_second() -> None:
    found = admitted(limits(rate_per_second=1), 0, 0.5, 1.0, 1.9, 2.0)
    assert found == [None, "rate", None, "rate", None]


def test_five_a_second_may_come_at_once() -> None:
    found = admitted(limits(rate_per_second=5), 0, 0, 0, 0, 0, 0.9, 1.0)
    assert found == [None] * 5 + ["rate", None]


def test_one_in_ten_seconds() -> None:
    assert admitted(limits(rate_per_second=0.1), 0, 9.9, 10) == [None, "rate", None]


def test_what_is_refused_is_not_counted() -> None:
    counting = limits(rate_per_second=1, daily_quota=2)
    assert admitted(counting, 0, 0.1, 0.2, 1, 2) == [None, "rate", "rate", None, "quota"]
    assert counting.used() == {"one": 2}


async def test_each_endpoint_has_its_own_quota_until_midnight_in_beijing() -> None:
    async with cloudnest(daily_quota=3) as client:
        for _ in range(3):
            await client.read(TREE)
        assert await client.code(TREE) == QUOTA
        assert await client.read(DEVICES)
        await client.step(EIGHT_HOURS - 1)
        assert await client.code(TREE) == QUOTA
        await client.step(1)
        assert await client.read(TREE)
        gateway = (await client.hall())["gateway"]
        assert gateway["used"] == {"job_tree": 1}
        assert gateway["refused"] == {"job_tree": {"quota": 2}}


async def test_the_first_rule_that_fits_holds() -> None:
    rules = [{"endpoint": "job_*", "daily_quota": 0}, {"endpoint": "/api/*", "rate_per_second": 1}]
    async with cloudnest(limits=rules) as client:
        assert await client.code(TREE) == QUOTA
        assert await client.read(DEVICES)
        assert await client.code(DEVICES) == RATE
        assert await client.read(STATES, {"cardIds": []}) == []
        await client.step(1)
        assert await client.read(DEVICES)
        for _ in range(5):
            await client.read(TASKS, {"job_id": []})


async def test_limits_may_be_an_http_status_too() -> None:
    async with cloudnest(daily_quota=0, limit_status=429) as client:
        answer = await client.send(TREE)
        assert answer.status_code == 429
        assert answer.json()["status"] == QUOTA


def test_unless_told_otherwise_a_thousand_a_day_and_one_a_second() -> None:
    [rule] = CloudNestOptions().limit_rules()
    assert rule == LimitRule(endpoint="*", daily_quota=1000, rate_per_second=1.0)


@pytest.mark.parametrize("name", ["limits", "used"])
async def test_limits_change_while_it_runs(name: str) -> None:
    async with cloudnest(daily_quota=10) as client:
        if name == "limits":
            await client.change(limits=[{"endpoint": "job_tree", "daily_quota": 1}])
        else:
            await client.change(used={"job_tree": 9})
        await client.read(TREE)
        assert await client.code(TREE) == QUOTA
