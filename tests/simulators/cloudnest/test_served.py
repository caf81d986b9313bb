"""The gateway over a real socket, and the manifest that registers it."""

import asyncio
import socket
from datetime import datetime
from typing import Any

import httpx2
import uvicorn

from floorgraph.simulators.cloudnest.manifest import SIMULATOR
from tests.simulators.cloudnest.client import DEVICES, TREE, CloudNestClient, signed
from tests.support.deadline import DEADLINE


async def test_the_demo_hall_is_served_and_its_settings_fit() -> None:
    [instance] = SIMULATOR.demo
    app = SIMULATOR.build(SIMULATOR.options.model_validate(dict(instance.options)))
    listening = socket.create_server(("127.0.0.1", 0))
    settings: dict[str, Any] = instance.source_settings(f"http://127.0.0.1:{listening.getsockname()[1]}")
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off", date_header=False))
    async with asyncio.TaskGroup() as group:
        group.create_task(server.serve([listening]))
        async with httpx2.AsyncClient(
            base_url=str(settings["base_url"]), trust_env=False, timeout=DEADLINE
        ) as http:
            client = CloudNestClient(http)
            health = (await client.control("GET", "/health")).json()
            assert health["status"] == "ok"
            state = await client.hall()
            now = datetime.fromisoformat(health["now"]).timestamp()
            headers = signed(now, app_id=str(settings["app_id"]), secret=str(settings["app_secret"]))
            listed = await client.read(DEVICES, headers=headers)
            for endpoint in ("plate_list", "material_list"):
                path = settings["endpoints"][endpoint]["path"]
                method = "GET" if endpoint == "material_list" else "POST"
                assert await client.read(path, headers=headers, method=method)
            jobs = [one for one in await client.read(TREE, headers=headers) if one["type"] == 1]
        server.should_exit = True
    listening.close()
    machines = settings["machines"]
    assert isinstance(machines, list)
    shown = {(one["gmid"], one["card_id"], one["nickname"]) for one in state["machines"]}
    assert {(one["gmid"], one["card_id"], one["name"]) for one in machines} == shown
    assert [one["cardId"] for one in listed] == [one["card_id"] for one in machines]
    assert len(jobs) >= 36
    assert (settings["key"], settings["vendor"], settings["org_code"]) == ("laser", "cloudnest", "TEAM001")
