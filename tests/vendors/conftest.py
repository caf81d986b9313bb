"""A scripted server, a bad network before it, and clients that are closed at the end."""

from collections.abc import AsyncIterator

import pytest

from floorgraph.vendors.http import HttpClient, HttpOptions, basic
from tests.support.faultproxy import FaultProxy, faults
from tests.support.upstream import Upstream, serving
from tests.vendors.exchange import KEY, Connect


@pytest.fixture
async def upstream() -> AsyncIterator[Upstream]:
    async with serving() as server:
        yield server


@pytest.fixture
async def proxy(upstream: Upstream) -> AsyncIterator[FaultProxy]:
    async with faults(upstream.port) as between:
        yield between


@pytest.fixture
async def connect() -> AsyncIterator[Connect]:
    clients: list[HttpClient] = []

    def build(url: str, **options: float | str) -> HttpClient:
        settings = HttpOptions(**options)  # type: ignore[arg-type]
        clients.append(HttpClient("north", url + "/CAPI/REST", auth=basic(KEY), options=settings))
        return clients[-1]

    yield build
    for client in clients:
        await client.close()
