"""A client of a simulated Authentise server in the same process."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx2

from floorgraph.simulators.authentise.app import build
from floorgraph.simulators.authentise.options import TOKEN_SECRET, TOKEN_UUID, AuthentiseOptions

START = "2026-03-02T08:00:00+00:00"
BASE = "http://am.test"
TOKEN = (str(TOKEN_UUID), TOKEN_SECRET)


class AuthentiseClient:
    """Requests with the API token, and to `/_control`."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        self.http = http

    async def ask(self, method: str, path: str, **request: Any) -> httpx2.Response:
        """One request; `auth=None` goes without the token."""
        return await self.http.request(method, path, **{"auth": TOKEN, **request})

    async def page(self, resource: str, **query: Any) -> dict[str, Any]:
        """The envelope of a list; `filter_x` is `filter[x]`, `limit` and `offset` are the page."""
        answer = await self.ask("GET", f"/{resource}/", params=arguments(query))
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def rows(self, resource: str, **query: Any) -> list[dict[str, Any]]:
        """The rows of a list, at most 1000 unless told otherwise."""
        rows: list[dict[str, Any]] = (await self.page(resource, **{"limit": 1000, **query}))["resources"]
        return rows

    async def get(self, link: str, **query: Any) -> dict[str, Any]:
        """One record."""
        answer = await self.ask("GET", link, params=arguments(query))
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def post(self, resource: str, body: Mapping[str, Any]) -> str:
        """Create something; the link of what was made."""
        answer = await self.ask("POST", f"/{resource}/", json=body)
        assert answer.status_code in (201, 204), answer.text
        return str(answer.headers.get("location", ""))

    async def put(self, link: str, body: Mapping[str, Any]) -> None:
        """Change a record."""
        answer = await self.ask("PUT", link, json=body)
        assert answer.status_code == 204, answer.text

    async def codes(self, method: str, path: str, **request: Any) -> tuple[int, list[str]]:
        """Status and error codes of a request that fails."""
        answer = await self.ask(method, path, **request)
        assert answer.status_code >= 400, answer.text
        return answer.status_code, [error["code"] for error in answer.json()["errors"]]

    async def change(self, **changes: Any) -> dict[str, Any]:
        """Change the shop from outside."""
        answer = await self.http.post("/_control/state", json=changes)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def step(self, seconds: float) -> None:
        """Let time pass."""
        assert (await self.http.post("/_control/step", json={"seconds": seconds})).status_code == 200

    async def shop(self) -> dict[str, Any]:
        """The shop as the simulator knows it."""
        found: dict[str, Any] = (await self.http.get("/_control/state")).json()
        return found


def arguments(query: Mapping[str, Any]) -> dict[str, str]:
    """The query of a list: `filter_x` becomes `filter[x]`, a list of values a set."""
    named = {"limit": "page[limit]", "offset": "page[offset]"}
    found = {}
    for name, value in query.items():
        key = (
            f"filter[{name.removeprefix('filter_')}]" if name.startswith("filter_") else named.get(name, name)
        )
        found[key] = ",".join(value) if isinstance(value, list) else str(value)
    return found


@asynccontextmanager
async def authentise(**options: Any) -> AsyncIterator[AuthentiseClient]:
    """A server that stands still on a Monday morning, unless told otherwise."""
    settings = {"frozen": True, "start": START, **options}
    transport = httpx2.ASGITransport(app=build(AuthentiseOptions.model_validate(settings)))
    async with httpx2.AsyncClient(transport=transport, base_url=BASE) as http:
        yield AuthentiseClient(http)
