"""Heads that came before: whatever a server sends, it means what the parser makes of it."""

import asyncio
from itertools import pairwise
from typing import Any

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from floorgraph.vendors.http.connection import Connection
from floorgraph.vendors.http.faults import Progress
from floorgraph.vendors.http.heads import LONGEST_HEAD, MOST_HEADS, Heads
from floorgraph.vendors.http.wire import Arrived

MOST = 40


class Forgetful(Heads):
    """Leaves everything to the parser."""

    def learn(self, data: bytes, arrived: Arrived) -> None:
        """Nothing."""


class Wires:
    """Stands for a transport: takes what is written, and can be aborted."""

    def write(self, data: bytes) -> None:
        """To nobody."""

    def abort(self) -> None:
        """As often as one likes."""


def plain(length: int, body: bytes, more: bytes = b"") -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n%b\r\n%b" % (length, more, body)


BODY = b"[1, 2, 3]"
ANSWERS = [
    plain(9, BODY),
    plain(9, BODY),
    plain(9, BODY, b"Date: today\r\n"),
    plain(0, b""),
    plain(8, BODY),
    plain(10, BODY),
    plain(9, BODY) + plain(9, BODY),
    plain(9, BODY) + b"HTT",
    plain(9, BODY) + b"\r\n",
    plain(9, BODY, b"Connection: close\r\n"),
    plain(9, BODY, b"Content-Length: 9\r\n"),
    plain(9, BODY, b"Content-Encoding: br\r\n"),
    plain(4, b"\r\n\r\n"),
    plain(50, b"x" * 50),
    b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + plain(9, BODY),
    b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\n[1, 2, 3]\r\n0\r\n\r\n",
    b"HTTP/1.1 200 OK\nContent-Length: 4\n\n\r\n\r\n",
    b"HTTP/1.0 200 OK\r\nContent-Length: 9\r\n\r\n[1, 2, 3]",
    b"\r\n" + plain(9, BODY),
    b"garbage\r\n\r\n",
]


async def told(heads: Heads, answers: list[tuple[bytes, list[int]]]) -> list[object]:
    """What comes of answers in pieces, one question after the other, each on a new connection if need be."""
    found: list[object] = []
    connection: Connection | None = None
    for answer, cuts in answers:
        if connection is None or not connection.free:
            connection = Connection(asyncio.get_running_loop(), 60, 60, heads, lambda _lost: None)
            connection.connection_made(Wires())
        waiter = connection.ask(b"", Progress(), MOST)
        places = [0, *sorted(cut % (len(answer) + 1) for cut in cuts), len(answer)]
        for start, end in pairwise(places):
            if start < end:
                connection.data_received(answer[start:end])
        # A server that says nothing more.
        whole = waiter.done()
        if not whole:
            connection.connection_lost(None)
        failure = waiter.exception()
        outcome: Any = failure and type(failure)
        if failure is None:
            arrived = waiter.result()
            outcome = (arrived.status, list(arrived.headers.multi_items()), arrived.body)
        found.append((outcome, whole and connection.free))
        if whole and not connection.free:
            connection.connection_lost(None)
    if connection is not None and connection.free:
        connection.connection_lost(None)
    return found


CUTS: st.SearchStrategy[list[int]] = st.just([]) | st.lists(st.integers(0, 200), max_size=3)


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(ANSWERS), CUTS), max_size=12))
def test_a_head_that_came_before_means_what_it_meant(answers: list[tuple[bytes, list[int]]]) -> None:
    async def both() -> None:
        assert await told(Heads(), answers) == await told(Forgetful(), answers)

    asyncio.run(both())


def arrived(length: str, body: bytes = BODY, **more: str) -> Arrived:
    headers = {"Content-Length": length, **{name.replace("_", "-"): value for name, value in more.items()}}
    return Arrived(200, httpx2.Headers(headers), body)


def test_a_known_head_answers_for_the_same_length_alone() -> None:
    heads = Heads()
    heads.learn(plain(9, BODY), arrived("9"))
    found = heads.answer(plain(9, b"[4, 5, 6]"), MOST)
    assert found is not None
    assert (found.status, found.body, found.headers["content-length"]) == (200, b"[4, 5, 6]", "9")
    for other in (plain(9, BODY[:-1]), plain(9, BODY + b"x"), plain(8, BODY[:-1]), b"", b"HTTP/1.1"):
        assert heads.answer(other, MOST) is None
    assert heads.answer(plain(9, BODY), 8) is None


@pytest.mark.parametrize(
    ("data", "known"),
    [
        (plain(9, BODY), arrived("10")),
        (plain(9, BODY), arrived("9", b"[1, 2, 4]")),
        (plain(9, BODY), arrived("9", Transfer_Encoding="chunked")),
        (plain(9, BODY), arrived("9", Content_Encoding="gzip")),
        (plain(9, BODY), arrived("9, 9")),
        (plain(9, BODY, b"X: " + b"x" * LONGEST_HEAD + b"\r\n"), arrived("9")),
        (BODY, arrived("9")),
    ],
)
def test_what_may_mean_something_else_the_next_time_is_not_learnt(data: bytes, known: Arrived) -> None:
    heads = Heads()
    heads.learn(data, known)
    assert len(heads) == 0


def test_memory_is_bounded() -> None:
    heads = Heads()
    for number in range(MOST_HEADS + 10):
        heads.learn(plain(9, BODY, b"Date: %d\r\n" % number), arrived("9"))
        assert 0 < len(heads) <= MOST_HEADS
    assert heads.answer(plain(9, BODY, b"Date: %d\r\n" % (MOST_HEADS + 9)), MOST) is not None
