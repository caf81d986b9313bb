"""What goes over the wire, whoever carries it: the request as it is written, the answer as it came."""

import re
import ssl
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import httpx2

LONGEST_HEADER: Final = 64 * 1024
"""Bytes of one line or field of an answer's head."""
ALWAYS: Final = {"Accept": "*/*", "Accept-Encoding": "gzip, deflate", "User-Agent": "floorgraph"}
"""Headers of every request that does not have its own."""

_FORBIDDEN: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


class BodyTooLarge(Exception):
    """A body has more bytes than are taken; nothing more was read of it."""


class Closed(Exception):
    """The transport was closed meanwhile; nothing was sent."""


class OutOfTime(Exception):
    """There was no whole answer at the moment until which it was waited for."""


class Disconnected(httpx2.RemoteProtocolError):
    """The server closed the connection where an answer was to come or to go on."""


@dataclass(frozen=True, slots=True)
class Wire:
    """What connections are made with; times in seconds."""

    context: ssl.SSLContext
    connect: float
    read: float
    connections: int
    keep_alive: float
    proxy: str | None


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it goes out; the URL is sent as it stands."""

    method: str
    url: httpx2.URL
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Arrived:
    """An answer that is there as a whole; not to be changed."""

    status: int
    headers: httpx2.Headers
    body: bytes
    """Unpacked."""


def announces_more(length: str, most: int) -> bool:
    """Whether a header `Content-Length` announces more bytes than are taken."""
    return length.isdigit() and len(length) < 20 and int(length) > most


def written(request: Request) -> bytes:
    """A request as HTTP/1.1 has it. Raises `httpx2.LocalProtocolError` for headers that cannot be written."""
    url = request.url
    first = f"{request.method} {url.raw_path.decode('ascii')} HTTP/1.1\r\n".encode()
    head = first + _fields(url.netloc, tuple(request.headers.items()))
    if request.body:
        return head + b"Content-Length: %d\r\n\r\n" % len(request.body) + request.body
    return head + b"\r\n"


@lru_cache(maxsize=32)
def _fields(netloc: bytes, headers: tuple[tuple[str, str], ...]) -> bytes:
    """The lines of headers: mostly those of the request before."""
    if _FORBIDDEN.search("".join([*(name for name, _ in headers), *(value for _, value in headers)])):
        raise httpx2.LocalProtocolError("the request cannot be written as HTTP")
    own = {name.lower() for name, _ in headers}
    lines = [] if "host" in own else [f"Host: {netloc.decode('ascii')}"]
    lines += [f"{name}: {value}" for name, value in ALWAYS.items() if name.lower() not in own]
    lines += [f"{name}: {value}" for name, value in headers]
    return "\r\n".join([*lines, ""]).encode()
