"""Names of metrics, and what `docs/operations.md` says of the files for deployment."""

import re
from pathlib import Path

from tests.deploy.metric_names import registry

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "operations.md").read_text(encoding="utf-8")


def test_names_follow_the_conventions_of_prometheus() -> None:
    for family in registry().collect():
        if not family.name.startswith("floorgraph"):
            continue
        # Counters get `_total` when they are written; units are whole words of the base unit.
        assert re.fullmatch(r"floorgraph_[a-z_]+[a-z]", family.name), family.name
        assert not re.search(r"_(ms|milliseconds|minutes|percent|total)(_|$)", family.name), family.name
        assert family.documentation.endswith("."), family.name


def test_every_file_for_deployment_is_named() -> None:
    deploy = Path(__file__).resolve().parents[2] / "deploy"
    for name in ("Dockerfile", "compose/compose.yaml", "grafana/floorgraph.json", "floorgraph.service"):
        assert (deploy / name).is_file()
        assert f"`{name}`" in PAGE
