"""What goes over the wire, whoever carries it: the request as it is written, the answer as it came."""

import re
import ssl
from dataclasses import dataclass
from typing import Final

import httpx2

LONGEST_HEADER: Final = 64 * 1024
"""Bytes of one line or field of an answer's head."""
ALWAYS: Final = {"Accept": "*/*", "Accept-Encoding": "gzip, deflate", "User-Agent": "floorgraph"}
"""Headers of every request that does not have its own."""

_FORBIDDEN: Final = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


class BodyTooLarge(Exception):
    """A body has more bytes than are taken; nothing more was read of it."""


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


@dataclass(frozen=True, slots=True)
class Arrived:
    """An answer that is there as a whole."""

    status: int
    headers: httpx2.Headers
    body: bytes
    """Unpacked."""


def announces_more(length: str, most: int) -> bool:
    """Whether a header `Content-Length` announces more bytes than are taken."""
    return length.isdigit() and len(length) < 20 and int(length) > most


def written(request: Request) -> bytes:
    """A request as HTTP/1.1 has it. Raises `httpx2.LocalProtocolError` for headers that cannot be written."""
    headers = request.headers
    if _FORBIDDEN.search("".join([*headers, *headers.values()])):
        raise httpx2.LocalProtocolError("the request cannot be written as HTTP")
    own = {name.lower() for name in headers}
    lines = [f"{request.method} {request.url.raw_path.decode('ascii')} HTTP/1.1"]
    if "host" not in own:
        lines.append(f"Host: {request.url.netloc.decode('ascii')}")
    lines += [f"{name}: {value}" for name, value in ALWAYS.items() if name.lower() not in own]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if request.body:
        lines.append(f"Content-Length: {len(request.body)}")
    return "\r\n".join([*lines, "\r\n"]).encode() + request.body
