"""The files in `deploy/` hold together, as far as that can be seen without running them.

The image's and the composition's are in `test_containers.py`; nginx, Caddy and Prometheus are run, in the
tests beside this one.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deploy.expressions import of_the_alerts, of_the_board
from tests.deploy.metric_names import series
from tests.support.needs import needs_caddy, needs_systemd_analyze

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
METRIC = re.compile(r"\b(?:floorgraph|process)_[a-z0-9_]+\b")


@pytest.mark.parametrize("expression", of_the_board() + of_the_alerts())
def test_the_board_and_the_alerts_ask_for_metrics_that_there_are(expression: str) -> None:
    asked = set(METRIC.findall(expression))
    assert asked
    assert asked <= series()


def test_the_board_is_whole() -> None:
    board = json.loads((DEPLOY / "grafana" / "floorgraph.json").read_text("utf-8"))
    panels = board["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    places = [panel["gridPos"] for panel in panels]
    for number, one in enumerate(places):
        assert one["x"] + one["w"] <= 24
        for other in places[number + 1 :]:
            apart = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
            assert apart or one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]


@pytest.fixture
def analyze() -> str:
    return needs_systemd_analyze()


def test_the_unit_is_understood_by_systemd(analyze: str, tmp_path: Path) -> None:
    text = (DEPLOY / "floorgraph.service").read_text("utf-8")
    unit = tmp_path / "floorgraph.service"
    # The program is not installed there; what runs does not matter to the check.
    unit.write_text(text.replace("/opt/floorgraph/bin/floorgraph", sys.executable))
    done = subprocess.run([analyze, "verify", "--man=no", unit], capture_output=True, text=True, check=False)
    complaints = [line for line in done.stderr.splitlines() if "floorgraph.service" in line]
    assert complaints == []


def test_the_unit_is_hardened(analyze: str) -> None:
    done = subprocess.run(
        [analyze, "security", "--offline=true", "--threshold=15", DEPLOY / "floorgraph.service"],
        capture_output=True,
        text=True,
        check=False,
    )
    # 15 stands for an exposure of 1.5 of 10.
    assert done.returncode == 0, done.stdout[-300:] + done.stderr


def test_caddy_takes_its_file_as_it_is_shipped() -> None:
    command = (needs_caddy(), "adapt", "--config", DEPLOY / "Caddyfile", "--adapter", "caddyfile")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert '"level":"warn"' not in done.stderr, done.stderr
    assert json.loads(done.stdout)["apps"]["http"]["servers"]["srv0"]["listen"] == [":443"]
