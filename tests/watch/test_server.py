"""Addresses of servers, and what is said of those that do not answer."""

import socket
import ssl

import pytest
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosedError, InvalidMessage, InvalidStatus
from websockets.frames import Close
from websockets.http11 import Response

from floorgraph.watch.server import WHO, WRONG_KEY, Server

SERVER = Server("http://127.0.0.1:8000")


def closed(code: int, reason: str = "") -> ConnectionClosedError:
    return ConnectionClosedError(Close(code, reason), None)


def test_the_address_of_the_websocket_follows_from_that_of_the_server() -> None:
    assert SERVER.socket == "ws://127.0.0.1:8000/graphql"
    assert Server("https://floor.example/api/").socket == "wss://floor.example/api/graphql"


@pytest.mark.parametrize("url", ["floor.example", "127.0.0.1:8000", "ftp://floor.example", "http://a:b", ""])
def test_an_address_that_cannot_be_meant_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Server(url)


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (ConnectionRefusedError(111, "Connect call failed"), "nothing listens there"),
        (socket.gaierror(-2, "Name or service not known"), "there is no such host"),
        (ssl.SSLError(1, "wrong version number"), "http and https differ"),
        (InvalidMessage("did not receive a valid HTTP response"), "http and https differ"),
        (TimeoutError(), "it takes too long"),
        (InvalidStatus(Response(404, "Not Found", Headers())), "answers with the status 404"),
        (closed(1012, "service restart"), "the line was closed (1012: service restart)"),
        (ConnectionClosedError(None, None), "the line was cut"),
    ],
)
def test_why_there_is_no_line_is_said_in_words(failure: Exception, words: str) -> None:
    said = SERVER.trouble(failure)
    assert said.startswith("No answer from http://127.0.0.1:8000: ")
    assert words in said
    assert SERVER.refuses(failure) is None


def test_who_is_not_let_in_is_told_whether_the_key_is_missing_or_wrong() -> None:
    assert SERVER.refuses(closed(4403)) == WHO
    assert Server(SERVER.url, "fg_wrong").refuses(closed(4403)) == WRONG_KEY
