"""What the board makes of changes."""

from floorgraph.watch.board import Board
from tests.watch.changes import board_of, change


def test_a_cursor_is_taken_only_once_the_snapshot_is_whole() -> None:
    board = Board()
    board.begin()
    board.apply(change("SNAPSHOT", "1", cursor="early"))
    assert (board.cursor, board.whole) == (None, False)
    board.apply(change("CAUGHT_UP", cursor="whole"))
    assert (board.cursor, board.whole) == ("whole", True)


def test_what_a_new_snapshot_does_not_name_is_gone() -> None:
    board = board_of({"1": "RUNNING", "2": "RUNNING"})
    board.begin()
    board.apply(change("RESYNC"))
    board.apply(change("SNAPSHOT", "2"))
    board.apply(change("CAUGHT_UP"))
    assert list(board.stations) == ["2"]
    board.apply(change("REMOVED", "2"))
    assert not board.stations


def test_a_line_that_never_stood_is_told_from_one_that_was_lost() -> None:
    board = Board()
    board.lose("Nobody answers.")
    assert (board.link, board.trouble, board.fresh) == ("no answer", "Nobody answers.", False)
    board = board_of({"1": "RUNNING"})
    assert (board.link, board.trouble, board.fresh) == ("live", None, True)
    board.lose("Nobody answers.")
    assert (board.link, board.fresh) == ("connection lost", False)
    board.begin()
    assert (board.link, board.trouble) == ("catching up", None)
