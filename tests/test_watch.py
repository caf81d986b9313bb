"""The board in the terminal: what it makes of changes, and that it follows a running server."""

import asyncio
import json
import signal
import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

import click
import pytest
from rich.console import Console

from floorgraph.watch import Board, follow, socket_address
from tests.support.program import run, running

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


def change(kind: str, key: str | None = None, status: str = "RUNNING", cursor: str = "c") -> dict[str, Any]:
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
        "alarms": [{"code": "1002", "message": "COOLANT"}],
    }
    return {"kind": kind, "id": key, "cursor": cursor, "station": station or None}


def text(board: Board) -> str:
    console = Console(width=160)
    with console.capture() as captured:
        console.print(board.drawn(NOON))
    return captured.get()


def test_a_row_tells_state_time_job_progress_and_alarm() -> None:
    board = Board()
    board.begin()
    board.apply(change("SNAPSHOT", "7", "FAULT"))
    board.apply(change("CAUGHT_UP"))
    shown = text(board)
    for word in ("Floorgraph: live", "! 1 fault", "Lathe 7", "5 min", "OP 20", "40", "1002 COOLANT"):
        assert word in shown
    assert "out of date" not in shown
    board.link = "connection lost, trying again"
    assert "out of date" in text(board)


def test_a_cursor_is_taken_only_once_the_snapshot_is_whole() -> None:
    board = Board()
    board.begin()
    board.apply(change("SNAPSHOT", "1", cursor="early"))
    assert board.cursor is None
    board.apply(change("CAUGHT_UP", cursor="whole"))
    assert board.cursor == "whole"


def test_what_a_new_snapshot_does_not_name_is_gone() -> None:
    board = Board()
    board.begin()
    for key in ("1", "2"):
        board.apply(change("SNAPSHOT", key))
    board.apply(change("CAUGHT_UP"))
    board.begin()
    board.apply(change("RESYNC"))
    board.apply(change("SNAPSHOT", "2"))
    board.apply(change("CAUGHT_UP"))
    assert list(board.stations) == ["2"]
    board.apply(change("REMOVED", "2"))
    assert not board.stations


def test_the_address_of_the_websocket_follows_from_that_of_the_server() -> None:
    assert socket_address("https://floor.example/api/") == "wss://floor.example/api/graphql"
    with pytest.raises(click.BadParameter):
        socket_address("floor.example")


def test_a_low_window_shows_the_worst_and_counts_the_others() -> None:
    board = Board()
    board.begin()
    for number in range(20):
        board.apply(change("SNAPSHOT", str(number), "FAULT" if number == 17 else "RUNNING"))
    board.apply(change("CAUGHT_UP"))
    console = Console(width=120)
    with console.capture() as captured:
        console.print(board.drawn(NOON, 12))
    lines = captured.get().splitlines()
    assert len(lines) <= 12
    assert "Lathe 17" in next(line for line in lines if "Lathe" in line)
    shown = sum("Lathe" in line for line in lines)
    assert f"{20 - shown} more" in lines[-1]


def test_once_shows_every_station_and_ends_and_says_when_nobody_answers() -> None:
    with running(["demo", "--port", "0"]) as base_url:
        shown = run("watch", "--once", "--url", base_url)
    assert shown.returncode == 0, shown.stderr
    assert "Floorgraph: live" in shown.stdout
    assert "Grinder" in shown.stdout
    nobody = run("watch", "--once", "--url", base_url)
    assert nobody.returncode == 1
    assert "No answer from" in nobody.stderr


def test_each_change_is_a_line_of_json_where_there_is_no_terminal() -> None:
    with running(["demo", "--port", "0"]) as base_url:
        command = [sys.executable, "-m", "floorgraph", "watch", "--url", base_url]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None
        try:
            kinds = [json.loads(process.stdout.readline())["kind"] for _ in range(10)]
        finally:
            process.send_signal(signal.SIGINT)
            process.stdout.close()
            process.wait(30)
    assert set(kinds) == {"SNAPSHOT"}


async def test_it_follows_the_demo() -> None:
    board = Board()
    with running(["demo", "--port", "0"]) as base_url:
        following = asyncio.create_task(follow(socket_address(base_url), "", board))
        try:
            for _ in range(600):
                if board.link == "live" or following.done():
                    break
                await asyncio.sleep(0.1)
        finally:
            following.cancel()
            await asyncio.wait((following,))
    assert board.link == "live"
    assert {one["source"]["key"] for one in board.stations.values()} == {"am", "laser", "north", "south"}
