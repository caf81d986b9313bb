"""`floorgraph watch` in front of a running server."""

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from floorgraph.watch.board import Board
from floorgraph.watch.server import Refused, Server
from floorgraph.watch.stream import follow, snapshot
from tests.examples.processes import free_port, started
from tests.support.deadline import DEADLINE
from tests.support.program import run, running

WATCH = [sys.executable, "-m", "floorgraph", "watch", "--url"]


@pytest.fixture(scope="module")
def demo() -> Iterator[str]:
    with running(["demo", "--port", "0"]) as base_url:
        yield base_url


def test_once_shows_every_station_and_ends(demo: str) -> None:
    shown = run("watch", "--once", "--url", demo)
    assert shown.returncode == 0, shown.stderr
    assert "Floorgraph: live" in shown.stdout
    assert "Grinder" in shown.stdout


def test_once_says_when_nobody_answers() -> None:
    nobody = run("watch", "--once", "--url", f"http://127.0.0.1:{free_port()}")
    assert nobody.returncode == 1
    assert "nothing listens there" in nobody.stderr
    assert "Traceback" not in nobody.stderr


def test_an_address_that_cannot_be_meant_ends_it_with_two() -> None:
    found = run("watch", "--once", "--url", "127.0.0.1:8000")
    assert found.returncode == 2
    assert "http://host:port" in found.stderr


def test_each_change_is_a_line_of_json_where_there_is_no_terminal(demo: str) -> None:
    process = subprocess.Popen([*WATCH, demo], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        kinds = [json.loads(process.stdout.readline())["kind"] for _ in range(10)]
    finally:
        process.send_signal(signal.SIGINT)
        process.stdout.close()
        process.wait(DEADLINE)
    assert set(kinds) == {"SNAPSHOT"}


def test_it_ends_quietly_when_nobody_reads_the_lines_any_more(demo: str) -> None:
    process = subprocess.Popen([*WATCH, demo], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        assert json.loads(process.stdout.readline())["kind"] == "SNAPSHOT"
        process.stdout.close()
        said = process.stderr.read()
        assert process.wait(DEADLINE) == 0
    finally:
        process.kill()
        process.stderr.close()
        process.wait(DEADLINE)
    assert said == ""


def test_lines_of_json_go_on_after_the_server_came(tmp_path: Path) -> None:
    port = free_port()
    with started([*WATCH, f"http://127.0.0.1:{port}"], tmp_path, tmp_path / "log", {}) as words:
        words("nothing listens there .*Trying again")
        with running(["demo", "--port", str(port)]):
            words('"kind":"CAUGHT_UP"')


async def test_it_follows_the_demo(demo: str) -> None:
    board = Board()
    following = asyncio.create_task(follow(Server(demo), board))
    try:
        async with asyncio.timeout(DEADLINE):
            while board.link != "live":
                await asyncio.wait((following,), timeout=0.1)
                assert not following.done()
    finally:
        following.cancel()
        await asyncio.wait((following,))
    assert {one["source"]["key"] for one in board.stations.values()} == {"am", "laser", "north", "south"}


async def test_a_wrong_key_ends_it_with_words(demo: str) -> None:
    with pytest.raises(Refused, match="does not accept this key"):
        await snapshot(Server(demo, "fg_wrong"), Board())
    with pytest.raises(Refused, match="does not accept this key"):
        await follow(Server(demo, "fg_wrong"), Board())
