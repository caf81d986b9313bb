"""Plain questions: a GET with nothing but what all requests of a client have, so only their paths differ."""

import re
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Final

import httpx2

from floorgraph.vendors.http.wire import Request, written

_AS_IT_STANDS: Final = re.compile(r"(?:/[A-Za-z0-9_:-]*)+")
"""Paths that are written as they are; of others httpx2 knows how."""


class Plain:
    """The plain questions of one client; `urls` gives the URL of a path."""

    def __init__(self, urls: Callable[[str], httpx2.URL], headers: Mapping[str, str]) -> None:
        self._urls = urls
        self._headers = dict(headers)

    def written(self, path: str) -> bytes:
        """The request for a path, the same bytes that `wire.written` gives.

        Raises `ValueError` for what is no path, and as `wire.written`.
        """
        before, after = self._around
        if _AS_IT_STANDS.fullmatch(path) is None:
            return b"GET %b%b" % (self._urls(path).raw_path, after)
        return b"%b%b%b" % (before, path.encode("ascii"), after)

    @cached_property
    def _around(self) -> tuple[bytes, bytes]:
        """What stands before and after the path."""
        url = self._urls("/")
        before = b"GET %b" % url.raw_path
        after = written(Request("GET", url, self._headers, b"")).removeprefix(before)
        return before.removesuffix(b"/"), after
