"""Grafana's own types accept the dashboards: no Grafana is run."""

import json
import re
import subprocess
from pathlib import Path

import pytest

from tests.examples.processes import EXAMPLES
from tests.node.npm import installed
from tests.support.deadline import DEADLINE

ROOT = EXAMPLES.parent
DASHBOARDS = (EXAMPLES / "grafana" / "dashboard.json", ROOT / "deploy" / "grafana" / "floorgraph.json")
TYPES = Path(__file__).parent / "grafana"
DECLARED = (
    TYPES
    / "node_modules"
    / "@grafana"
    / "schema"
    / "dist"
    / "types"
    / "raw"
    / "dashboard"
    / "x"
    / "types.gen"
)
OPTIONS = ("--noEmit", "--strict", "--skipLibCheck", "--module", "esnext", "--moduleResolution", "bundler")

pytestmark = pytest.mark.node


def complaints(folder: Path, text: str) -> str:
    """What TypeScript has against a dashboard."""
    node = installed(TYPES, (20, 0))
    file = folder / "dashboard.ts"
    types = f'import type {{ Dashboard }} from "{DECLARED.as_posix()}";'
    file.write_text(f"{types}\nexport const board: Dashboard = {text};\n", encoding="utf-8")
    compiler = TYPES / "node_modules" / "typescript" / "bin" / "tsc"
    done = subprocess.run(
        [node, str(compiler), *OPTIONS, str(file)],
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )
    assert (done.returncode == 0) == (not done.stdout), done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("path", DASHBOARDS, ids=lambda path: path.parent.parent.name)
def test_a_dashboard_has_the_shape_that_grafana_declares(path: Path, tmp_path: Path) -> None:
    assert complaints(tmp_path, path.read_text("utf-8")) == ""


def test_what_grafana_does_not_declare_is_found(tmp_path: Path) -> None:
    board = json.loads(DASHBOARDS[0].read_text("utf-8"))
    wrong = {**board, "refresh": 30}
    assert re.search(r"'number' is not assignable to type 'string'", complaints(tmp_path, json.dumps(wrong)))
    unknown = {**board, "refreshes": "30s"}
    assert "does not exist in type 'Dashboard'" in complaints(tmp_path, json.dumps(unknown))
