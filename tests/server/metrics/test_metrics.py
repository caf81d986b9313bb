"""What `/metrics` tells, read over a real socket as Prometheus reads it."""

import asyncio
from collections.abc import Callable, Mapping

import httpx2
import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.parser import text_string_to_metric_families

from floorgraph.server.app import app_over
from floorgraph.server.metrics.page import registry_over
from floorgraph.settings import MetricsAccess, Role, ServerSettings, Settings, settings_of
from floorgraph.simulators.process import simulator_process
from floorgraph.vendors.floor import Floor
from subscriptions.engine import Engine
from tests.support.client import data, live, post
from tests.support.deadline import DEADLINE
from tests.support.memory import MemorySource, station, unreachable
from tests.support.serving import serving, serving_sources

Sample = tuple[str, frozenset[tuple[str, str]]]


async def page(base_url: str, **headers: str) -> httpx2.Response:
    async with httpx2.AsyncClient(trust_env=False, timeout=DEADLINE) as http:
        return await http.get(
            f"{base_url}/metrics", headers={k.replace("_", "-"): v for k, v in headers.items()}
        )


async def samples(base_url: str) -> Mapping[Sample, float]:
    answer = await page(base_url)
    assert answer.status_code == 200, answer.text
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def sample(name: str, **labels: str) -> Sample:
    return f"floorgraph_{name}", frozenset(labels.items())


async def told(base_url: str, condition: Callable[[Mapping[Sample, float]], bool]) -> None:
    """Wait until the samples are so."""
    async with asyncio.timeout(DEADLINE):
        while not condition(await samples(base_url)):
            pass


async def reaches(base_url: str, wanted: Mapping[Sample, float]) -> None:
    """Wait until the samples have these values."""
    await told(base_url, lambda found: wanted.items() <= found.items())


async def test_calls_to_a_vendor_are_told_with_their_budget_and_outcome() -> None:
    with simulator_process("cwork", {"api_key": "secret-of-test", "stations": 2}) as simulator:
        table = {
            "key": "north",
            "vendor": "cwork",
            "base_url": f"{simulator.base_url}/CAPI/REST",
            "api_key": "secret-of-test",
        }
        settings = settings_of({"sources": [table]}, "a test")
        async with serving(app_over(settings.floor(), settings)) as base_url:
            for _ in range(2):
                await data(base_url, "{ stations { totalCount } }")
            found = await samples(base_url)
    north = {"source": "north"}
    stations = {"source": "north", "endpoint": "stations"}
    assert found[sample("upstream_calls_total", **stations, outcome="ok")] >= 1
    assert found[sample("upstream_call_duration_seconds_count", **stations)] >= 1
    assert found[sample("upstream_call_duration_seconds_bucket", **stations, le="+Inf")] >= 1
    assert found[sample("upstream_reads_total", **stations, outcome="snapshot")] >= 1
    assert found[sample("upstream_breaker_open", **stations)] == 0
    assert found[sample("upstream_budget_used", **stations)] >= 1
    assert found[sample("source_status", **north, status="up")] == 1
    assert found[sample("source_status", **north, status="down")] == 0
    assert found[sample("source_last_answer_timestamp_seconds", **north)] > 1e9
    assert found[sample("graphql_operation_duration_seconds_count", type="query", outcome="ok")] == 2
    assert found[sample("http_responses_total", status="2xx")] == 2


async def test_the_outcome_of_an_operation_tells_where_it_ended() -> None:
    north = MemorySource()
    async with serving_sources([north]) as base_url:
        for document in ("{ stations { totalCount } }", "{ stations {", "{ nothing }"):
            await post(base_url, document)
        north.failure = unreachable()
        await post(base_url, "{ stations { totalCount } }")
        found = await samples(base_url)
    timed = {
        key: value for key, value in found.items() if key[0].endswith("operation_duration_seconds_count")
    }
    name = "graphql_operation_duration_seconds_count"
    assert timed == {
        sample(name, type="query", outcome="ok"): 1,
        sample(name, type="unknown", outcome="refused"): 1,
        sample(name, type="query", outcome="refused"): 1,
        sample(name, type="query", outcome="partial"): 1,
    }


async def test_sockets_subscriptions_and_feeds_come_and_go() -> None:
    north = {"source": "north", "feed": "all"}
    async with serving_sources([MemorySource("north", [station("1")])]) as base_url:
        async with live(base_url) as client:
            await client.subscribe("subscription { stationChanged { kind } }")
            await client.next()
            await reaches(
                base_url,
                {
                    sample("websockets"): 1,
                    sample("engine_subscriptions"): 1,
                    sample("engine_pollers"): 1,
                    sample("engine_cohorts", kind="station"): 1,
                    sample("engine_cohort_members", kind="station"): 1,
                    sample("engine_records", kind="station"): 1,
                    sample("engine_journal_depth", kind="station"): 1,
                    sample("engine_conflated_changes_total", kind="station"): 0,
                    sample("engine_resyncs_total", kind="station"): 0,
                    sample("feed_interval_seconds", **north): 0.2,
                    sample("feed_rung", **north, rung="active"): 1,
                    sample("feed_subscribers", **north): 1,
                    sample("feed_cohorts", **north): 1,
                    sample("feed_failed_polls_total", **north): 0,
                    sample("feed_overruns_total", **north): 0,
                },
            )
        await reaches(
            base_url,
            {
                sample("websockets"): 0,
                sample("engine_subscriptions"): 0,
                sample("websockets_closed_total", code="1000"): 1,
                sample("feed_rung", **north, rung="lingering"): 1,
            },
        )
        async with httpx2.AsyncClient(trust_env=False, timeout=DEADLINE) as http:
            query = {"query": "subscription { stationChanged { kind } }"}
            headers = {"accept": "text/event-stream"}
            async with http.stream("POST", f"{base_url}/graphql", json=query, headers=headers):
                await reaches(base_url, {sample("event_streams"): 1})
        await reaches(base_url, {sample("event_streams"): 0, sample("http_responses_total", status="2xx"): 1})


async def test_labels_have_few_values_whatever_clients_send() -> None:
    async with serving_sources([MemorySource()]) as base_url:
        before = len(await samples(base_url))
        for number in range(30):
            await post(base_url, f'query Name{number} {{ station(id: "north:station:{number}") {{ id }} }}')
        after = len(await samples(base_url))
        for number in range(30, 60):
            await post(base_url, f'query Name{number} {{ station(id: "north:station:{number}") {{ id }} }}')
        assert len(await samples(base_url)) == after
    assert after - before < 40


async def test_the_event_loop_is_watched() -> None:
    async with serving_sources([MemorySource()]) as base_url:
        name = sample("event_loop_lag_seconds_count")
        await told(base_url, lambda found: found[name] > 0)


async def test_openmetrics_is_spoken_when_asked_for() -> None:
    async with serving_sources([MemorySource()]) as base_url:
        answer = await page(base_url, accept="application/openmetrics-text; version=1.0.0")
    assert answer.headers["content-type"].startswith("application/openmetrics-text")
    assert answer.text.endswith("# EOF\n")


def server(access: MetricsAccess, **more: object) -> Settings:
    return Settings(ServerSettings.model_validate({"metrics": access, **more}))


@pytest.mark.parametrize("header", ["x-forwarded-for", "forwarded", "via"])
async def test_local_is_not_who_comes_through_a_proxy(header: str) -> None:
    async with serving_sources([MemorySource()], settings=server(MetricsAccess.LOCAL)) as base_url:
        assert (await page(base_url)).status_code == 200
        assert (await page(base_url, **{header: "192.0.2.1"})).status_code == 403


async def test_somebody_else_is_not_local() -> None:
    settings = server(MetricsAccess.LOCAL, trusted_proxies=["127.0.0.1"])
    app = app_over(Floor([MemorySource()]), settings)
    transport = httpx2.ASGITransport(app, client=("192.0.2.1", 5000))
    async with httpx2.AsyncClient(transport=transport, base_url="http://floor") as http:
        assert (await http.get("/metrics")).status_code == 403


async def test_off_is_off_and_all_is_all() -> None:
    for access, status in ((MetricsAccess.OFF, 403), (MetricsAccess.ALL, 200)):
        settings = server(access, anonymous_role=Role.NONE)
        async with serving_sources([MemorySource()], settings=settings) as base_url:
            assert (await page(base_url, via="1.1 proxy")).status_code == status


async def test_admin_means_the_role() -> None:
    for role, status in ((Role.NONE, 401), (Role.VIEWER, 403), (Role.OPERATOR, 403), (Role.ADMIN, 200)):
        settings = server(MetricsAccess.ADMIN, anonymous_role=role)
        async with serving_sources([MemorySource()], settings=settings) as base_url:
            assert (await page(base_url)).status_code == status
            wrong = await page(base_url, authorization="ApiKey fg_wrong")
            assert wrong.status_code == 401


def test_apps_in_one_process_do_not_mix() -> None:
    first, second = (registry_over(Floor([MemorySource(key)]), Engine(Floor([]))) for key in ("a", "b"))
    assert [sources_in(registry) for registry in (first, second)] == [{"a"}, {"b"}]


def sources_in(registry: CollectorRegistry) -> set[str]:
    labels = [found.labels for family in registry.collect() for found in family.samples]
    return {one["source"] for one in labels if "source" in one}


async def test_operations_over_a_limit_are_counted() -> None:
    settings = settings_of({"limits": {"aliases": {"most": 1, "mode": "measure"}}}, "a test")
    async with serving_sources([MemorySource()], settings=settings) as base_url:
        await data(base_url, "{ a: stations { totalCount } b: stations { totalCount } }")
        found = await samples(base_url)
    assert found[sample("graphql_over_limit_total", limit="aliases")] == 1


async def test_what_ran_an_operation_is_told_with_the_reason() -> None:
    async with serving_sources([MemorySource()]) as base_url:
        before = await samples(base_url)
        await data(base_url, "{ stations { totalCount } }")
        await data(base_url, '{ __type(name: "Station") { name } }')
        after = await samples(base_url)
    for labels in ({"path": "fast", "reason": ""}, {"path": "graphql-core", "reason": "introspection"}):
        name = sample("graphql_execution_total", **labels)
        # Kept for the whole process, as what is compiled is.
        assert after[name] - before.get(name, 0) == 1


async def test_the_fast_path_can_be_switched_off() -> None:
    settings = settings_of({"server": {"fast_path": False}}, "a test")
    async with serving_sources([MemorySource("north", [station("1")])], settings=settings) as base_url:
        assert await data(base_url, "{ stations { totalCount } }") == {"stations": {"totalCount": 1}}
        found = await samples(base_url)
    assert not [name for name, _ in found if name.endswith("graphql_execution_total")]
