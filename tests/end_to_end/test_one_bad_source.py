"""A source that is down, slow, unlicensed, locked or talking nonsense costs the others nothing."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from floorgraph.server.app import create_app
from floorgraph.settings import settings_of
from floorgraph.simulators.process import RunningSimulator, start_simulator
from tests.support.client import query
from tests.support.deadline import DEADLINE
from tests.support.serving import serving

DOCUMENT = """
{ stations(first: 1000, maxAge: 0) { unavailableSources nodes { id name currentJob { name } } }
  sources { key status failureCode failure failingSince
            capabilities { name available reason } quarantined { payload reason } } }
"""
Spoil = Callable[[RunningSimulator], object]


def table(key: str, base_url: str) -> dict[str, object]:
    return {
        "key": key,
        "vendor": "cwork",
        "base_url": f"{base_url}/CAPI/REST",
        "api_key": "simulator-key",
        "calls_per_second": 1000,
        "timeouts": {"connect": 5, "read": 5, "total": 5},
    }


async def answer_with(spoil: Spoil, times: int = 1) -> dict[str, Any]:
    """The last of some answers about a good source with 4 stations and one with 3 that is spoilt before."""
    options = {"stations": 4, "frozen": True}
    async with start_simulator("cwork", options) as good, start_simulator("cwork", options) as spoilt:
        spoil(spoilt)
        tables = [table("good", good.base_url), table("spoilt", spoilt.base_url)]
        async with serving(create_app(settings_of({"sources": tables}, "test"))) as base_url:
            for _ in range(times):
                found = await query(base_url, DOCUMENT)
    good_ones = [node for node in found["data"]["stations"]["nodes"] if node["id"].startswith("good:")]
    assert len(good_ones) == 4
    assert any(node["currentJob"] for node in good_ones)
    assert found["data"]["sources"][0]["status"] == "UP"
    return found


FAILURES: dict[str, tuple[Spoil, str]] = {
    "down": (lambda shop: shop.kill(), "UNREACHABLE"),
    "slow": (lambda shop: shop.fault("latency", ms=60_000), "TIMED_OUT"),
    "hanging": (lambda shop: shop.fault("hang", seconds=60), "TIMED_OUT"),
    "failing": (lambda shop: shop.fault("status", status=500, body="no"), "VENDOR_FAILURE"),
    "answering with a page": (lambda shop: shop.fault("html"), "MALFORMED"),
    "locked": (lambda shop: shop.fault("unauthorized"), "AUTH_REQUIRED"),
    "asking to wait": (lambda shop: shop.fault("rate_limit", retry_after=30), "RATE_LIMITED"),
    "redirecting": (lambda shop: shop.fault("redirect", location="http://127.0.0.1:9/"), "REDIRECT_REFUSED"),
    "unlicensed": (lambda shop: shop.set_state(licences=[]), "UPSTREAM_FORBIDDEN"),
}


@pytest.mark.parametrize("name", FAILURES)
async def test_a_source_that_fails_is_named_and_the_others_answer(name: str) -> None:
    spoil, code = FAILURES[name]
    found = await answer_with(spoil, times=3)
    assert found["data"]["stations"]["unavailableSources"] == ["spoilt"]
    codes = {error["extensions"]["code"] for error in found["errors"]}
    # After some failures in a row nothing more is sent for a while, which has a code of its own.
    assert codes <= {code, "SOURCE_UNAVAILABLE"}
    assert all(error["extensions"]["source"] == "spoilt" for error in found["errors"])
    spoilt = found["data"]["sources"][1]
    assert spoilt["status"] in ("DOWN", "AUTH_REQUIRED", "PAUSED", "DEGRADED")
    assert spoilt["failureCode"] == code
    assert spoilt["failure"].startswith("spoilt: ")
    # A server that answers "not licensed" does not fail: it says what it will not do.
    assert (spoilt["failingSince"] is None) == (name == "unlicensed")


async def test_missing_licences_take_only_what_they_cover() -> None:
    options = {"stations": 4, "frozen": True, "licences": ["monitor"]}
    async with start_simulator("cwork", options) as shop:
        app = create_app(settings_of({"sources": [table("north", shop.base_url)]}, "test"))
        async with serving(app) as base_url, asyncio.timeout(DEADLINE):
            found = await query(base_url, DOCUMENT)
            # What no query needs is found out by the probe that runs when the server starts.
            while "dnc" not in (capabilities(found)["PROGRAMS"]["reason"] or ""):
                found = await query(base_url, DOCUMENT)
    able = capabilities(found)
    assert "errors" not in found
    assert found["data"]["sources"][0]["status"] == "UP"
    assert able["LIVE_STATUS"]["available"]
    assert "prod" in able["JOBS"]["reason"]
    jobs = [node["currentJob"] for node in found["data"]["stations"]["nodes"]]
    assert any(jobs), "jobs are known by the names that stations report"


def capabilities(found: dict[str, Any]) -> dict[str, Any]:
    return {state["name"]: state for state in found["data"]["sources"][0]["capabilities"]}


async def test_a_source_whose_slots_are_all_taken_holds_nobody_else_up() -> None:  # A17
    """Answers from the good source come while more questions to the other wait than it has slots."""
    options = {"stations": 4, "frozen": True}
    async with start_simulator("cwork", options) as good, start_simulator("cwork", options) as hanging:
        tables = [
            table(key, of.base_url) | {"timeouts": {"connect": 60, "read": 60, "total": 60}}
            for key, of in (("good", good), ("hanging", hanging))
        ]
        async with serving(create_app(settings_of({"sources": tables}, "test"))) as base_url:
            hanging.fault("hang", seconds=600)
            waiting = [
                asyncio.create_task(
                    query(base_url, f'{{ station(id: "hanging:station:{number}") {{ name }} }}')
                )
                for number in range(20)
            ]
            for _ in range(10):
                found = await query(
                    base_url, '{ stations(filter: {sources: ["good"]}, maxAge: 0) { totalCount } }'
                )
                assert found["data"]["stations"]["totalCount"] == 4
            assert not any(task.done() for task in waiting)
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
