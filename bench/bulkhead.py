"""A source whose calls all hang beside one that answers: what that costs those who ask the one that answers.

    python -m bench.bulkhead --seconds 10

Two simulated CWork servers, each in a process of its own, and one Floorgraph.
One client asks the good source for its stations, a call each (`maxAge: 0`).
First the other source is well and asked as well; then it hangs, and 20
clients keep asking it, so that its slots and connections are all taken.
"""

import argparse
import asyncio
import statistics
import time

import httpx2

from floorgraph.server.app import create_app
from floorgraph.settings import settings_of
from floorgraph.simulators.process import start_simulator
from tests.support.serving import serving

KEY = "simulator-key"
CLIENTS = 20


def asking(source: str) -> dict[str, str]:
    """A query that causes a call."""
    return {
        "query": f'{{ stations(filter: {{sources: ["{source}"]}}, maxAge: 0) {{ nodes {{ id name }} }} }}'
    }


def table(key: str, base_url: str) -> dict[str, object]:
    """The configuration of a source."""
    address = f"{base_url}/CAPI/REST"
    return {"key": key, "vendor": "cwork", "base_url": address, "api_key": KEY, "calls_per_second": 1000}


async def ask_on(http: httpx2.AsyncClient, source: str) -> None:
    """Ask one thing after the other, for ever."""
    while True:
        await http.post("/graphql", json=asking(source))


async def measured(http: httpx2.AsyncClient, seconds: float) -> list[float]:
    """How long answers from the good source took, in ms."""
    found, until = [], time.monotonic() + seconds
    while time.monotonic() < until:
        begun = time.perf_counter()
        answer = (await http.post("/graphql", json=asking("good"))).json()
        assert "errors" not in answer, answer
        found.append(1000 * (time.perf_counter() - begun))
    return found


def told(name: str, found: list[float]) -> str:
    """One line of figures."""
    parts = statistics.quantiles(found, n=100)
    return f"{name:28} {len(found):6} answers   p50 {parts[49]:6.1f} ms   p99 {parts[98]:6.1f} ms"


async def main(seconds: float, rounds: int) -> None:
    """Measure in turns, so that what else the machine does falls on both."""
    options = {"stations": 4, "frozen": True, "api_key": KEY}
    async with start_simulator("cwork", options) as good, start_simulator("cwork", options) as other:
        settings = settings_of(
            {
                "limits": {"requests_per_second_per_address": 1e6},
                "sources": [table("good", good.base_url), table("other", other.base_url)],
            },
            "the benchmark",
        )
        app = create_app(settings)
        limits = httpx2.Limits(max_connections=CLIENTS + 5)
        async with (
            serving(app) as base_url,
            httpx2.AsyncClient(base_url=base_url, trust_env=False, timeout=60, limits=limits) as http,
        ):
            await measured(http, 1)
            well: list[float] = []
            hanging: list[float] = []
            for _ in range(rounds):
                well += await measured(http, seconds)
                other.fault("hang", seconds=3600)
                asking_on = [asyncio.create_task(ask_on(http, "other")) for _ in range(CLIENTS)]
                await asyncio.sleep(0.5)
                hanging += await measured(http, seconds)
                for task in asking_on:
                    task.cancel()
                await asyncio.gather(*asking_on, return_exceptions=True)
                other.clear_faults()
    print(told("the other source is well", well))
    print(told("the other source hangs", hanging))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--seconds", type=float, default=3.0, help="of each measurement")
    parser.add_argument("--rounds", type=int, default=3, help="measurements of each kind, in turns")
    given = parser.parse_args()
    asyncio.run(main(given.seconds, given.rounds))
