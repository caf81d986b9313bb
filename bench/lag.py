"""How late the event loop runs while long lists come in: a ticker beside polls and queries of one server.

    python -m bench.lag --stations 5000

An adapter over its vendor's simulator, polled as the engine does. `late` is
how much later than asked for a timer of 1 ms ran.
"""

import argparse
import asyncio
import os
import statistics
import time
from collections.abc import Awaitable, Callable
from typing import Any

from floorgraph.model.ids import Kind
from floorgraph.server.collecting import settle
from floorgraph.simulators.process import simulator_process
from floorgraph.vendors.contract import Source, SourceTools
from floorgraph.vendors.cwork.manifest import MANIFEST
from floorgraph.vendors.gate.call import Freshness
from floorgraph.vendors.questions import EVERYTHING


class Ticker:
    """Looks how late it is, every millisecond."""

    def __init__(self) -> None:
        self.late: list[float] = []

    async def run(self) -> None:
        while True:
            due = time.perf_counter() + 0.001
            await asyncio.sleep(0.001)
            self.late.append((time.perf_counter() - due) * 1000)

    def shown(self) -> str:
        ordered = sorted(self.late)
        worst, high = ordered[-1], ordered[len(ordered) * 99 // 100]
        return f"late: median {statistics.median(ordered):.2f} ms, 99 % {high:.1f} ms, at most {worst:.1f} ms"


async def beside(what: Callable[[], Awaitable[Any]], times: int) -> tuple[str, float]:
    """Run something so often beside a ticker; what the ticker says, and the seconds of one run."""
    ticker = Ticker()
    task = asyncio.create_task(ticker.run())
    began = time.perf_counter()
    for _ in range(times):
        await what()
    taken = (time.perf_counter() - began) / times
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return ticker.shown(), taken


async def polls(source: Source, times: int) -> None:
    for feed in source.feeds():

        async def poll(name: Any = feed) -> None:
            await source.poll(name, Freshness(max_age=0))

        await poll()
        said, taken = await beside(poll, times)
        print(f"poll of '{feed.name}': {taken:.2f} s each, {said}", flush=True)


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--stations", type=int, default=5000)
    parser.add_argument("--times", type=int, default=5)
    options = parser.parse_args()
    settle()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    with simulator_process("cwork", {"stations": options.stations}) as shop:
        address = f"{shop.base_url}/CAPI/REST"
        settings = MANIFEST.settings.model_validate(
            {
                "key": "north",
                "vendor": "cwork",
                "base_url": address,
                "api_key": "simulator-key",
                "calls_per_second": 1000.0,
            }
        )
        source = MANIFEST.build(settings, SourceTools())
        await source.examine()
        found = await source.select(Kind.STATION, EVERYTHING, Freshness())
        print(f"{len(list(found.items))} stations")
        await polls(source, options.times)
        await source.close()


if __name__ == "__main__":
    asyncio.run(main())
