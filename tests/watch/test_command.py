"""`floorgraph watch` in front of a running server."""

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from floorgraph.watch.board import Board
from floorgraph.watch.server import Refused, Server
from floorgraph.watch.stream import follow, snapshot
from tests.support.deadline import DEADLINE
from tests.support.faultproxy import ResetPeer, faults
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
    nobody = run("watch", "--once", "--url", "http://127.0.0.1:9")
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
        assert process.wait(DEADLINE) == 0
        said = process.stderr.read()
    finally:
        process.kill()
        process.wait(DEADLINE)
        process.stderr.close()
    assert "Error" not in said
    assert "Traceback" not in said


async def test_lines_of_json_come_once_the_line_stands_and_why_they_did_not_is_said(demo: str) -> None:
    async with faults(urlsplit(demo).port or 0) as proxy, asyncio.timeout(DEADLINE):
        proxy.toxics = [ResetPeer(0)]
        watching = await asyncio.create_subprocess_exec(
            *WATCH, proxy.url, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        assert watching.stdout is not None
        assert watching.stderr is not None
        try:
            said = (await watching.stderr.readline()).decode()
            proxy.toxics = []
            while json.loads(await watching.stdout.readline())["kind"] != "CAUGHT_UP":
                pass
        finally:
            watching.kill()
            await watching.communicate()
    assert said.startswith(f"No answer from {proxy.url}: ")
    assert said.rstrip().endswith("Trying again.")


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
