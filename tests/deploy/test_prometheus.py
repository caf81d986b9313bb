"""`deploy/compose/prometheus` with the real Prometheus: what it reads, what it is asked, when it warns."""

import asyncio
import re
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx2
import yaml

from floorgraph.server.app import app_over
from floorgraph.settings import settings_of
from floorgraph.simulators.process import simulator_process
from tests.deploy.expressions import DEPLOY, of_the_alerts, of_the_board
from tests.deploy.proxies import adapted, free_port, listening
from tests.support.client import data, live
from tests.support.deadline import DEADLINE
from tests.support.needs import needs_prometheus, needs_promtool
from tests.support.serving import serving

FOLDER = DEPLOY / "compose" / "prometheus"
ALERTS = Path(__file__).with_name("alerts.test.yml")
KEY = "key-of-the-test"
QUIET = re.compile(
    r"budget_limit|breaker_open|rung=~|auth_required|quarantined|unmapped|drift|held_back|refused"
    r"|over_limit|graphql-core|> 0\.5"
)
"""What a shop without trouble has nothing to show of."""


def told_by(*command: str | Path) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_prometheus_takes_the_configuration_and_the_alerts() -> None:
    assert "SUCCESS" in told_by(needs_promtool(), "check", "config", FOLDER / "prometheus.yml")


def test_alerts_fire_when_they_should_and_not_before() -> None:
    told_by(needs_promtool(), "test", "rules", ALERTS)
    tested = {
        case["alertname"]
        for test in yaml.safe_load(ALERTS.read_text("utf-8"))["tests"]
        for case in test["alert_rule_test"]
        if case["exp_alerts"]
    }
    rules = yaml.safe_load((FOLDER / "alerts.yml").read_text("utf-8"))["groups"][0]["rules"]
    assert tested == {rule["alert"] for rule in rules}


async def asked(http: httpx2.AsyncClient, expression: str) -> list[Any]:
    """What Prometheus answers to an expression."""
    answer = await http.get("/api/v1/query", params={"query": expression})
    assert answer.status_code == 200, f"{expression}: {answer.text}"
    found: list[Any] = answer.json()["data"]["result"]
    return found


@asynccontextmanager
async def a_shop() -> AsyncIterator[str]:
    """A server with a vendor, a subscriber and a query behind it."""
    with simulator_process("cwork", {"api_key": KEY, "stations": 2}) as vendor:
        address = f"{vendor.base_url}/CAPI/REST"
        table = {"key": "north", "vendor": "cwork", "base_url": address, "api_key": KEY}
        settings = settings_of({"sources": [table]}, "a test")
        async with serving(app_over(settings.floor(), settings)) as base_url, live(base_url) as client:
            await client.subscribe("subscription { stationChanged { kind } }")
            await client.next()
            await data(base_url, "{ stations { nodes { name } } }")
            yield base_url


async def test_prometheus_reads_a_server_and_answers_the_board(tmp_path: Path) -> None:
    program, port = needs_prometheus(), free_port()
    shutil.copy(FOLDER / "alerts.yml", tmp_path)
    async with a_shop() as base_url:
        file = tmp_path / "prometheus.yml"
        configuration = adapted(
            "compose/prometheus/prometheus.yml",
            (r"scrape_interval: 10s", "scrape_interval: 200ms"),
            (r"floorgraph:8000", base_url.removeprefix("http://")),
        )
        file.write_text(configuration, "utf-8")
        log, folder, address = tmp_path / "log", tmp_path / "data", f"127.0.0.1:{port}"
        command = (program, f"--config.file={file}", f"--storage.tsdb.path={folder}")
        async with (
            listening(port, log, *command, f"--web.listen-address={address}") as prometheus,
            httpx2.AsyncClient(base_url=prometheus, trust_env=False, timeout=DEADLINE) as http,
        ):
            async with asyncio.timeout(DEADLINE):
                while not await asked(http, "count_over_time(floorgraph_websockets[1m]) > 3"):  # noqa: ASYNC110
                    await asyncio.sleep(0.1)
            silent = []
            for expression in (*of_the_board(), *of_the_alerts()):
                if "label_values" not in expression:
                    found = await asked(http, expression.replace("$source", ".*"))
                    silent += [] if found or QUIET.search(expression) else [expression]
            assert silent == []
