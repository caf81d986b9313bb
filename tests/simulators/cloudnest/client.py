"""A client of a simulated CloudNest gateway in the same process."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from hashlib import md5
from typing import Any

import httpx2

from floorgraph.simulators.cloudnest.app import build
from floorgraph.simulators.cloudnest.options import CloudNestOptions

START = "2026-03-02T08:00:00+00:00"
START_SECONDS = 1_772_438_400
BEIJING = "2026-03-02 16:00:00"
APP_ID, APP_SECRET, ORG_CODE = "simulator-app", "simulator-secret", "TEAM001"

TREE = "/cn-api/api/open_platform/job/info/v2"
TASKS = "/cn-api/api/job/plan_detail"
PLATES_USED = "/cn-api/api/job/plate_used"
PART_ORDER = "/cn-api/api/part/loc_info"
RESULTS = "/cn-api/api/open_platform/machine/result/list"
DEVICES = "/api/user_devices"
STATES = "/api/user_devices/current_state"
INVENTED = "/cn-api/invented-for-tests"


def signed(now: float, *, secret: str = APP_SECRET, app_id: str = APP_ID) -> dict[str, str]:
    """The three headers of the signature."""
    stamp = str(int(now * 1000))
    sign = md5((app_id + secret + stamp).encode(), usedforsecurity=False).hexdigest()
    return {"app-id": app_id, "time-stamp": stamp, "app-sign": sign}


class CloudNestClient:
    """Requests to both APIs and to `/_control`; its clock is the gateway's unless told otherwise."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        self.http = http
        self.now = float(START_SECONDS)

    async def send(
        self,
        path: str,
        body: Any = None,
        *,
        method: str = "POST",
        org: str | None = ORG_CODE,
        headers: dict[str, str] | None = None,
        **request: Any,
    ) -> httpx2.Response:
        """One signed request; `headers` go over those of the signature."""
        sent = {**signed(self.now), **({"X-FS-Orgcode": org} if org else {}), **(headers or {})}
        if method == "POST" and not request:
            request["json"] = {} if body is None else body
        return await self.http.request(method, path, headers=sent, **request)

    async def read(self, path: str, body: Any = None, **request: Any) -> Any:
        """The data of a call that succeeds."""
        answer = await self.send(path, body, **request)
        found = answer.json()
        assert (answer.status_code, found["status"]) == (200, 0), answer.text
        return found["data"]

    async def code(self, path: str, body: Any = None, **request: Any) -> int:
        """The status of a call that fails, with HTTP 200 all the same."""
        answer = await self.send(path, body, **request)
        found = answer.json()
        assert answer.status_code == 200
        assert found["status"] != 0, answer.text
        assert found["msg"]
        assert found["data"] is None
        return int(found["status"])

    async def jobs(self) -> list[int]:
        """Ids of the leaves of the tree."""
        return [node["id"] for node in await self.read(TREE) if node["type"] == 1]

    async def tasks(self, jobs: Iterable[int]) -> list[dict[str, Any]]:
        """Production tasks of jobs, 50 jobs a call."""
        left, found = list(jobs), []
        while left:
            found += await self.read(TASKS, {"job_id": left[:50]})
            left = left[50:]
        return found

    async def control(self, method: str, path: str, body: Any = None) -> httpx2.Response:
        """A control request."""
        return await self.http.request(method, "/_control" + path, json=body)

    async def change(self, **changes: Any) -> dict[str, Any]:
        """Change the hall from outside."""
        answer = await self.control("POST", "/state", changes)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def step(self, seconds: float) -> None:
        """Let time pass, here and there."""
        assert (await self.control("POST", "/step", {"seconds": seconds})).status_code == 200
        self.now += seconds

    async def hall(self) -> dict[str, Any]:
        """The hall as the simulator knows it."""
        found: dict[str, Any] = (await self.control("GET", "/state")).json()
        return found


@asynccontextmanager
async def cloudnest(**options: Any) -> AsyncIterator[CloudNestClient]:
    """A gateway that stands still on a Monday afternoon and limits nobody, unless told otherwise."""
    unlimited = {"daily_quota": None, "rate_per_second": None}
    settings = {"frozen": True, "start": START, **unlimited, **options}
    transport = httpx2.ASGITransport(app=build(CloudNestOptions.model_validate(settings)))
    async with httpx2.AsyncClient(transport=transport, base_url="http://cloudnest.test") as http:
        yield CloudNestClient(http)
