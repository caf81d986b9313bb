"""Serves an app on a free port and tells its address on the first line."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any


def serve(app: Any, started: Callable[[], Awaitable[None]], uvicorn: Any) -> None:
    """Until the process is ended."""

    async def run() -> None:
        await started()
        config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning", lifespan="off")
        server = uvicorn.Server(config)
        serving = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.05)
        print(f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}", flush=True)
        await serving

    import uvloop

    uvloop.run(run())
