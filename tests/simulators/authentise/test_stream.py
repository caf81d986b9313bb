"""The stream of changes, over a real socket."""

import json

import httpx2

from floorgraph.simulators.authentise.app import build
from floorgraph.simulators.authentise.options import AuthentiseOptions
from tests.simulators.authentise.client import TOKEN, authentise
from tests.support.deadline import DEADLINE
from tests.support.serving import serving


async def test_changes_come_one_per_line() -> None:
    async with (
        serving(build(AuthentiseOptions(alive=False))) as base_url,
        httpx2.AsyncClient(base_url=base_url, auth=TOKEN, trust_env=False, timeout=DEADLINE) as http,
        http.stream("GET", "/") as stream,
    ):
        assert stream.status_code == 200
        piece = (await http.get("/piece/")).json()["resources"][0]
        await http.put(piece["uri"], json={"notes": "told"})
        told = json.loads(await anext(stream.aiter_lines()))["payload"]
        assert (told["uri"], told["notes"]) == (piece["uri"], "told")


async def test_the_stream_wants_credentials() -> None:
    async with authentise() as am:
        assert await am.codes("GET", "/", auth=None) == (403, ["no-credentials-provided"])
