"""What the board and the alerts ask of Prometheus."""

import json
from pathlib import Path

import yaml

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"


def of_the_board() -> list[str]:
    """The expressions of Grafana's board, its variables as they are."""
    board = json.loads((DEPLOY / "grafana" / "floorgraph.json").read_text("utf-8"))
    asked = [target["expr"] for panel in board["panels"] for target in panel.get("targets", ())]
    return asked + [variable["query"]["query"] for variable in board["templating"]["list"]]


def of_the_alerts() -> list[str]:
    """The expressions of the alerts."""
    alerts = yaml.safe_load((DEPLOY / "compose" / "prometheus" / "alerts.yml").read_text("utf-8"))
    return [rule["expr"] for group in alerts["groups"] for rule in group["rules"]]
