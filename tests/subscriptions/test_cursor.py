import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floorgraph.model.errors import BadCursor
from subscriptions.cursor import OtherInstance, Position, Signet

TOPIC = b"topic!"
SIGNET = Signet(secret=b"s", instance=b"one..1")


@given(st.integers(0, 2**48 - 1), st.booleans())
def test_a_cursor_is_read_back_and_is_short_and_safe_in_urls(sequence: int, partial: bool) -> None:
    position = Position(sequence, TOPIC, partial)
    cursor = SIGNET.seal("station", position)
    assert SIGNET.open("station", cursor) == position
    assert len(cursor) == 40
    assert set(cursor) <= set(string.ascii_letters + string.digits + "-_")


@given(st.integers(0, 39), st.sampled_from(string.ascii_letters + string.digits + "-_"))
def test_any_other_character_makes_it_forged(place: int, character: str) -> None:  # E9
    cursor = SIGNET.seal("station", Position(5, TOPIC))
    forged = cursor[:place] + character + cursor[place + 1 :]
    if forged != cursor:
        with pytest.raises(BadCursor):
            SIGNET.open("station", forged)


@pytest.mark.parametrize("text", ["", "x", "A" * 40, "A" * 39, "A" * 44, "é" * 40, "====", "A" * 39 + "\n"])
def test_what_is_no_cursor_is_refused(text: str) -> None:
    with pytest.raises(BadCursor):
        SIGNET.open("station", text)


def test_a_cursor_of_another_kind_is_refused() -> None:
    with pytest.raises(BadCursor):
        SIGNET.open("job", SIGNET.seal("station", Position(5, TOPIC)))


def test_another_instance_with_the_same_secret_is_told_from_a_forgery() -> None:
    other = Signet(secret=b"s", instance=b"two..2")
    with pytest.raises(OtherInstance):
        other.open("station", SIGNET.seal("station", Position(5, TOPIC)))
    stranger = Signet(secret=b"another", instance=b"one..1")
    with pytest.raises(BadCursor):
        other.open("station", stranger.seal("station", Position(5, TOPIC)))


def test_without_a_secret_of_its_own_an_unknown_instance_starts_anew() -> None:
    with pytest.raises(OtherInstance):
        Signet().open("station", Signet().seal("station", Position(5, TOPIC)))
