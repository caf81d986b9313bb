"""A client of a simulated CWork server in the same process."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2

from floorgraph.simulators.cwork.app import build
from floorgraph.simulators.cwork.options import CWorkOptions

START = "2026-03-02T08:00:00+00:00"
START_SECONDS = 1_772_438_400
NEWEST = "application/json+v1"
KEY = "simulator-key"


class CWorkClient:
    """Requests to the API and to `/_control`."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        self.http = http

    async def ask(
        self,
        path: str,
        *,
        method: str = "GET",
        key: str | None = KEY,
        accept: str | None = NEWEST,
        **request: Any,
    ) -> httpx2.Response:
        """One request below the base path."""
        headers = {"Accept": accept} if accept is not None else {}
        # httpx2 sends `*/*` by itself; taking it away is the point of `accept=None`.
        built = self.http.build_request(method, "/CAPI/REST" + path, headers=headers, **request)
        if accept is None:
            del built.headers["Accept"]
        return await self.http.send(built, auth=(key, "") if key is not None else None)

    async def read(self, path: str, **request: Any) -> Any:
        """The JSON of a read that succeeds."""
        answer = await self.ask(path, **request)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def write(self, path: str, body: Any, **request: Any) -> httpx2.Response:
        """A POST with a JSON body."""
        return await self.ask(path, method="POST", json=body, **request)

    async def code(self, path: str, **request: Any) -> int:
        """The vendor's error code of a request that fails; the HTTP status when there is none."""
        answer = await self.ask(path, **request)
        assert answer.status_code >= 400, answer.text
        if answer.headers["content-type"] != "application/json":
            return answer.status_code
        return int(answer.json()["ErrorCode"])

    async def post_code(self, path: str, body: Any, **request: Any) -> int:
        """The vendor's error code of a POST that fails."""
        return await self.code(path, method="POST", json=body, **request)

    async def control(self, method: str, path: str, body: Any = None) -> httpx2.Response:
        """A control request."""
        return await self.http.request(method, "/_control" + path, json=body)

    async def change(self, **changes: Any) -> dict[str, Any]:
        """Change the shop from outside."""
        answer = await self.control("POST", "/state", changes)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def step(self, seconds: float) -> None:
        """Let time pass."""
        assert (await self.control("POST", "/step", {"seconds": seconds})).status_code == 200

    async def shop(self) -> dict[str, Any]:
        """The shop as the simulator knows it."""
        found: dict[str, Any] = (await self.control("GET", "/state")).json()
        return found


@asynccontextmanager
async def cwork(**options: Any) -> AsyncIterator[CWorkClient]:
    """A server that stands still on a Monday morning, unless told otherwise."""
    settings = {"frozen": True, "start": START, "stations": 6, **options}
    transport = httpx2.ASGITransport(app=build(CWorkOptions.model_validate(settings)))
    async with httpx2.AsyncClient(transport=transport, base_url="http://cwork.test") as http:
        yield CWorkClient(http)
