"""How the board looks, whatever the size of the terminal."""

from datetime import UTC, datetime

import pytest
from rich.cells import cell_len
from rich.console import Console

from floorgraph.watch.board import Board
from floorgraph.watch.picture import LOOKS, WIDE_FROM, drawn
from tests.watch.changes import board_of, change

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


def lines(board: Board, width: int = 160, height: int | None = None) -> list[str]:
    console = Console(width=width)
    with console.capture() as captured:
        console.print(drawn(board, NOON, console, height))
    return captured.get().splitlines()


def row(board: Board, width: int) -> str:
    (found,) = [line for line in lines(board, width) if "Lathe" in line]
    return found


def test_a_row_tells_state_time_job_progress_and_alarm() -> None:
    board = board_of({"7": "FAULT"})
    shown = " ".join(lines(board))
    for word in ("Floorgraph: live", "! 1 fault", "Lathe 7", "north", "5 min", "OP 20", "40", "1002 COOLANT"):
        assert word in shown
    assert "out of date" not in shown


@pytest.mark.parametrize("width", [60, 80, WIDE_FROM, 200])
def test_what_is_no_longer_told_is_marked_and_why_is_said(width: int) -> None:
    board = board_of({"7": "RUNNING"})
    assert "old" not in row(board, width)
    assert "out of date" not in row(board, width)
    board.lose("Nothing listens there.")
    assert "old" in row(board, width) or "out of date" in row(board, width)
    shown = " ".join(lines(board, width))
    assert "connection lost" in shown
    assert "Nothing listens there." in shown


def test_a_narrow_terminal_shows_the_alarm_or_the_job() -> None:
    assert "1002 COOLANT" in row(board_of({"7": "FAULT"}), 80)
    assert "OP 20" not in row(board_of({"7": "FAULT"}), 80)
    assert "OP 20" in row(board_of({"7": "RUNNING"}), 80)


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("height", [8, 12, 24])
@pytest.mark.parametrize("lost", [False, True])
def test_a_low_window_shows_the_worst_and_counts_the_others(width: int, height: int, lost: bool) -> None:
    statuses = {str(number): list(LOOKS)[number % len(LOOKS)] for number in range(1, 500)}
    statuses = {key: "RUNNING" if status == "FAULT" else status for key, status in statuses.items()}
    board = board_of({**statuses, "917": "FAULT"})
    if lost:
        board.lose("No answer from http://127.0.0.1:8000: nothing listens there. Trying again.")
    shown = lines(board, width, height)
    assert max(map(cell_len, shown)) <= width
    rows = [line for line in shown if "Lathe" in line]
    assert "Lathe 917" in rows[0]
    assert f"{500 - len(rows)} more" in shown[-1]
    assert len(shown) <= height or len(rows) == 1


def test_counts_are_not_torn_apart_where_a_line_ends() -> None:
    board = board_of({str(number): status for number, status in enumerate(LOOKS)})
    for width in range(30, 120, 7):
        above = "\n".join(line for line in lines(board, width) if "Lathe" not in line)
        assert [status for status in LOOKS if f" 1 {status.lower()}" not in above] == [], width


def test_an_empty_board_says_what_it_waits_for() -> None:
    board = Board()
    assert "Waiting for the stations" in lines(board)[-1]
    board.begin()
    board.apply(change("CAUGHT_UP"))
    assert "No source has a station" in lines(board)[-1]
