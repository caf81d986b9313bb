"""Asking a server, and expecting it to fail, for tests of the HTTP client."""

from collections.abc import Callable

import pytest

from floorgraph.vendors.failures import SourceFailure
from floorgraph.vendors.http import HttpClient, Reply

KEY = "k3y-of-the-n0rth"

Connect = Callable[..., HttpClient]


async def get(client: HttpClient, path: str = "/stations") -> Reply:
    return await client.send("GET", path, endpoint="stations")


async def failing(client: HttpClient, kind: type[SourceFailure], method: str = "GET") -> SourceFailure:
    with pytest.raises(kind) as raised:
        await client.send(method, "/stations", endpoint="stations", json=None if method == "GET" else {})
    assert type(raised.value) is kind
    assert KEY not in str(raised.value)
    return raised.value
