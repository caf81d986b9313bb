"""The server that is watched: its address, who asks, and what is wrong when it does not answer."""

import socket
import ssl
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage, InvalidStatus

STRANGER: Final = (4401, 4403)
SCHEMES: Final = {"http": "ws", "https": "wss"}
WHO: Final = "The server asks who you are: give a key in the variable FLOORGRAPH_KEY, or with --key."
WRONG_KEY: Final = "The server does not accept this key or token: it is wrong, or has ended or was withdrawn."


class Refused(Exception):
    """The server does not let the caller in, or does not know what is asked; the text says why."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server by its base URL, `http://host:port` or below a path, and the key to show it.

    Raises `ValueError` for an address that cannot be meant.
    """

    url: str
    key: str = ""

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in SCHEMES or not parts.hostname:
            raise ValueError("give the address as http://host:port or https://host")
        _ = parts.port  # raises for what is no port

    @property
    def socket(self) -> str:
        """The address of its websocket: `http://host:port` becomes `ws://host:port/graphql`."""
        parts = urlsplit(self.url)
        path = f"{parts.path.rstrip('/')}/graphql"
        return urlunsplit((SCHEMES[parts.scheme], parts.netloc, path, "", ""))

    def refuses(self, failure: Exception) -> str | None:
        """Why trying again would not help; None where it may."""
        if isinstance(failure, ConnectionClosed) and failure.rcvd and failure.rcvd.code in STRANGER:
            return WRONG_KEY if self.key else WHO
        return None

    def trouble(self, failure: Exception) -> str:
        """Why there is no connection, in a sentence with what to do about it."""
        return f"No answer from {self.url}: {_words(failure)}."


def _words(failure: Exception) -> str:
    match failure:
        case ConnectionRefusedError():
            return "nothing listens there (is the server running, and is this its address?)"
        case socket.gaierror():
            return "there is no such host"
        case ssl.SSLCertVerificationError():
            return f"its certificate is not trusted ({failure.verify_message})"
        case ssl.SSLError() | InvalidMessage():
            return "what listens there does not speak the protocol of --url; http and https differ"
        case TimeoutError():
            return "it takes too long"
        case InvalidStatus():
            return (
                f"it answers with the status {failure.response.status_code}, so --url may not be its address"
            )
        case InvalidHandshake():
            return "what listens there is not Floorgraph"
        case ConnectionClosed():
            return _closed(failure)
        case _:
            return str(failure) or type(failure).__name__


def _closed(failure: ConnectionClosed) -> str:
    if failure.rcvd is None:
        return "the line was cut"
    return (
        f"the line was closed ({failure.rcvd.code}{': ' if failure.rcvd.reason else ''}{failure.rcvd.reason})"
    )
