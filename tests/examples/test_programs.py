"""The examples without a page: a Python program, curl, a Node-RED flow, a Grafana dashboard."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml

from tests.examples.conftest import Shop
from tests.examples.processes import EXAMPLES, free_port, started, until
from tests.node.npm import installed
from tests.support.deadline import DEADLINE
from tests.support.needs import needs_curl

DOCUMENTED = "http://127.0.0.1:8000"
"""The address that stands in the examples."""
FLOOR = [sys.executable, str(EXAMPLES / "python-gql" / "floor.py")]


def test_the_python_program_lists_stations_and_tells_changes(shop: Shop, tmp_path: Path) -> None:
    log = tmp_path / "log"
    with started([*FLOOR, "--url", shop.base_url], tmp_path, log, {"FLOORGRAPH_KEY": shop.key}) as words:
        assert int(words(r"(\d+) stations; incomplete sources: none")[1]) == shop.stations
        words("-- CAUGHT_UP")
        name = shop.break_down()
        words(rf"{name}: FAULT \(.+\)")
    listed = log.read_text("utf-8").splitlines()[: shop.stations]
    assert any(re.match(rf"{name} +North plant ", line) for line in listed)


def test_the_python_program_ends_after_so_many_changes_and_says_when_it_is_refused(shop: Shop) -> None:
    refused = subprocess.run(
        [*FLOOR, "--url", shop.base_url],
        env={"FLOORGRAPH_KEY": "fg_wrong"},
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )
    assert (refused.returncode, refused.stderr.strip()) == (
        1,
        "Refused: the key in FLOORGRAPH_KEY is missing or wrong.",
    )
    # The other plants live, so a change comes by itself.
    done = subprocess.run(
        [*FLOOR, "--url", shop.base_url, "--changes", "1"],
        env={"FLOORGRAPH_KEY": shop.key},
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=True,
    )
    assert done.stderr == ""
    assert "CAUGHT_UP" in done.stdout.splitlines()[-2]


def commands(folder: str) -> list[str]:
    """The shell commands of an example's README, in order."""
    text = (EXAMPLES / folder / "README.md").read_text("utf-8")
    return re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


def test_the_lines_for_curl(shop: Shop, tmp_path: Path) -> None:
    needs_curl()
    (header,) = re.findall(
        r'`(-H "Authorization: .*")`', (EXAMPLES / "curl" / "README.md").read_text("utf-8")
    )
    ask, follow, resume = (
        text.replace(DOCUMENTED, shop.base_url)
        .replace("curl ", f"curl {header} ")
        .replace("fg_...", shop.key)
        for text in commands("curl")
    )
    answer = subprocess.run(["sh", "-c", ask], capture_output=True, text=True, timeout=DEADLINE, check=True)
    assert json.loads(answer.stdout)["data"]["stations"]["totalCount"] == shop.stations
    with started(["sh", "-c", f"exec {follow}"], tmp_path, tmp_path / "stream", {}) as words:
        words('"CAUGHT_UP"')
        name = shop.break_down()
        seen = words(rf'id: (\S+)\s+event: next\s+data: [^\n]*"UPDATED"[^\n]*"{name}"[^\n]*"FAULT"')
    with started(["sh", "-c", f"exec {resume}"], tmp_path, tmp_path / "more", {"CURSOR": seen[1]}) as words:
        other = shop.break_down()
        words(rf'"UPDATED"[^\n]*"{other}"[^\n]*"FAULT"')
    assert '"SNAPSHOT"' not in (tmp_path / "more").read_text("utf-8")


@pytest.mark.node
def test_the_flow_of_node_red(shop: Shop, tmp_path: Path) -> None:
    folder = EXAMPLES / "node-red"
    node = installed(folder)
    flows = (folder / "flows.json").read_text("utf-8")
    addressed = flows.replace(DOCUMENTED, shop.base_url).replace(
        DOCUMENTED.replace("http", "ws"), shop.base_url.replace("http", "ws")
    )
    (tmp_path / "flows.json").write_text(addressed, "utf-8")
    command = [node, str(folder / "node_modules" / "node-red" / "red.js")]
    base_url = f"http://127.0.0.1:{free_port()}"
    place = ["--userDir", str(tmp_path), "--port", base_url.rpartition(":")[2], "-D", "uiHost=127.0.0.1"]
    with (
        started(
            [*command, *place, "flows.json"], tmp_path, tmp_path / "log", {"FLOORGRAPH_KEY": shop.key}
        ) as words,
        httpx2.Client(timeout=DEADLINE) as client,
    ):
        words("Started flows")

        def floor() -> dict[str, str] | None:
            answer = client.get(f"{base_url}/floor").raise_for_status().json()
            known = {one["name"]: one["state"]["status"] for one in answer}
            return known if len(answer) == shop.stations else None

        until(floor, lambda: "all stations")
        name = shop.break_down()
        until(lambda: (floor() or {}).get(name) == "FAULT" or None, lambda: f"{name} to break down")
        shop.raise_alarm("0042", "COOLANT LOW")

        def told() -> Any:
            alarms = client.get(f"{base_url}/alarms").raise_for_status().json()
            return next((one for one in alarms if one["message"] == "COOLANT LOW"), None)

        alarm = until(told, lambda: "the alarm")
    assert alarm["code"] == "0042"
    assert alarm["station"]["name"]


class TestGrafana:
    FOLDER = EXAMPLES / "grafana"

    def panels(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads((self.FOLDER / "dashboard.json").read_text("utf-8"))[
            "panels"
        ]
        return found

    def test_every_panel_finds_its_columns_in_the_answer(self, shop: Shop) -> None:
        shop.raise_alarm("0007", "DOOR OPEN")
        with httpx2.Client(headers={"Authorization": f"ApiKey {shop.key}"}, timeout=DEADLINE) as client:
            for panel in self.panels():
                (target,) = panel["targets"]
                options = target["url_options"]
                assert (target["type"], options["method"], options["body_type"]) == (
                    "graphql",
                    "POST",
                    "graphql",
                )
                url = target["url"].replace("${floorgraph}", shop.base_url)
                answer = client.post(url, json={"query": options["body_graphql_query"]}).json()
                assert "errors" not in answer, panel["title"]
                rows = at(answer, target["root_selector"])
                assert rows, panel["title"]
                for column in target["columns"]:
                    assert any(at(row, column["selector"]) is not None for row in rows) or column[
                        "selector"
                    ] in ("failure",), (panel["title"], column)

    def test_panels_use_the_data_source_that_is_provisioned(self) -> None:
        text = (self.FOLDER / "provisioning" / "datasources" / "floorgraph.yaml").read_text("utf-8")
        (source,) = yaml.safe_load(text)["datasources"]
        used = {(panel["datasource"]["uid"], panel["datasource"]["type"]) for panel in self.panels()}
        used |= {
            (target["datasource"]["uid"], target["datasource"]["type"])
            for panel in self.panels()
            for target in panel["targets"]
        }
        assert used == {(source["uid"], source["type"])}
        variables = json.loads((self.FOLDER / "dashboard.json").read_text("utf-8"))["templating"]["list"]
        assert [one["query"] for one in variables] == source["jsonData"]["allowedHosts"] == [DOCUMENTED]

    def test_panels_lie_beside_each_other(self) -> None:
        taken: set[tuple[int, int]] = set()
        for panel in self.panels():
            place = panel["gridPos"]
            cells = {
                (x, y)
                for x in range(place["x"], place["x"] + place["w"])
                for y in range(place["y"], place["y"] + place["h"])
            }
            assert not cells & taken, panel["title"]
            assert max(x for x, _ in cells) < 24
            taken |= cells
        assert len({panel["id"] for panel in self.panels()}) == len(self.panels())


def at(value: Any, selector: str) -> Any:
    """What a dotted path leads to; None where it leads nowhere."""
    for part in selector.split("."):
        if not isinstance(value, dict):
            return None
        value = value.get(part)
    return value
