"""A laser hall that commands are sent to, and the whole application in front of it."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from floorgraph.commands.policy import CommandPolicy
from floorgraph.server.app import app_over
from floorgraph.settings import Role, ServerSettings, Settings, settings_of
from floorgraph.vendors.floor import Floor, offered_commands
from tests.support.serving import serving
from tests.vendors.cloudnest.conftest import Hall, machines, running
from tests.vendors.cloudnest.test_unlisted import INVENTED, at

QUICK = CommandPolicy(settle_pause=0.05, settle_cap=0.1, patience=0.4, follow_pause=0.05, follow_cap=0.1)
"""Looks after commands quickly."""
WRITES = {
    "add_job": "job/add",
    "delete_job": "job/delete",
    "boost": "job/boost",
    "push_layout": "production/push",
    "add_plate": "plate/add",
    "draw_part": "part/draw",
    "import_parts": "part/import_dxf",
    "upload_drawing": "drawing/upload",
}
LOOKED_AT = ("plate_list", "material_list", "job_parts", "job_layouts", "drawings")
TOLD: dict[str, Any] = {
    **{name: {"path": f"{INVENTED}/{path}"} for name, path in WRITES.items()},
    **at(*LOOKED_AT),
    "drawing_status": {"path": f"{INVENTED}/job/drawing_status"},
}
"""The configuration of a user who was told all paths that commands need."""


@pytest.fixture(scope="session")
def _workshop() -> Iterator[Hall]:
    with running(waiting_share=0.4, draft_share=0.2, boost_seconds=30, welders=1) as hall:
        yield hall


@pytest.fixture
def workshop(_workshop: Hall) -> Hall:
    """A hall at its beginning, which takes commands."""
    return _workshop.reset()


def every_command() -> list[str]:
    return [kind.word() for kind in offered_commands()["cloudnest"]]


def writes(hall: Hall) -> list[str]:
    """What was sent to change something, in order."""
    changing = {f"POST {INVENTED}/{path}" for path in WRITES.values()}
    changing.add("POST /upload/api/device_tasks/upload/cut")
    return [call["label"] for call in hall.log() if call["label"] in changing]


@asynccontextmanager
async def application(hall: Hall, **table: Any) -> AsyncIterator[str]:
    """The base URL of the whole application in front of the gateway, with every command allowed."""
    usual = {
        "key": "laser",
        "vendor": "cloudnest",
        "base_url": hall.base_url,
        "app_id": "simulator-app",
        "app_secret": "simulator-secret",
        "org_code": "TEAM001",
        "calls_per_day": 100_000,
        "calls_per_second": 1000.0,
        "machines": machines(7),
        "endpoints": TOLD,
        "commands": every_command(),
        "destructive_commands": True,
    }
    read = settings_of({"sources": [usual | table]}, "the test")
    settings = Settings(server=ServerSettings(anonymous_role=Role.ADMIN), sources=read.sources)
    app = app_over(Floor([settings.source(one) for one in settings.sources]), settings, commands=QUICK)
    async with serving(app) as base_url:
        yield base_url
