"""Changes of `stationChanged` as the watched server tells them."""

from typing import Any

from floorgraph.watch.board import Board


def change(kind: str, key: str | None = None, status: str = "RUNNING", cursor: str = "c") -> dict[str, Any]:
    """One change, of a lathe where a key is given."""
    station = key and {
        "id": key,
        "name": f"Lathe {key}",
        "workshop": None,
        "stale": False,
        "jobName": None,
        "source": {"key": "north"},
        "state": {"status": status, "name": None, "since": "2026-01-31T11:55:00+00:00"},
        "progress": None,
        "currentJob": {"name": "OP 20", "progress": {"percent": 40.0}},
        "alarms": [{"code": "1002", "message": "COOLANT"}] if status == "FAULT" else [],
    }
    return {"kind": kind, "id": key, "cursor": cursor, "station": station or None}


def board_of(statuses: dict[str, str]) -> Board:
    """A board that is live, with lathes in these statuses."""
    board = Board()
    board.begin()
    for key, status in statuses.items():
        board.apply(change("SNAPSHOT", key, status))
    board.apply(change("CAUGHT_UP"))
    return board
