"""Documents that came of commands, under signed addresses."""

import asyncio
from contextlib import aclosing
from datetime import timedelta

import httpx2
from starlette.applications import Starlette

from floorgraph.commands.entry import Entry
from floorgraph.model.command import CommandOutcome, OperationStatus
from floorgraph.server.documents import document_address, document_route
from floorgraph.server.signing import Signer
from floorgraph.vendors.commands import Advance, Result
from floorgraph.vendors.floor import Floor
from tests.commands.toy import OPERATOR, Obedient, desk_of, painted
from tests.support.deadline import DEADLINE
from tests.support.fakeclock import FakeClock
from tests.support.serving import serving


async def got(base_url: str, path: str) -> httpx2.Response:
    async with httpx2.AsyncClient(trust_env=False, timeout=DEADLINE) as http:
        return await http.get(base_url + path)


async def test_whoever_has_the_address_has_the_document() -> None:
    source, clock = Obedient(), FakeClock()
    source.result = Result(CommandOutcome.ACCEPTED, handle="h7")
    source.advances = [Advance(OperationStatus.SUCCEEDED, document="d7")]
    signer = Signer(b"key", 3600, clock)
    async with desk_of(source) as desk:
        begun = await desk.send(painted(), OPERATOR)
        assert document_address(signer, begun) is None
        entry: Entry = begun
        async with asyncio.timeout(DEADLINE), aclosing(desk.watch(begun)) as stream:
            async for known in stream:
                entry = known
        address = document_address(signer, entry)
        assert address is not None
        app = Starlette(routes=[document_route(Floor([source]), desk, signer)])
        async with serving(app) as base_url:
            found = await got(base_url, address)
            assert (found.status_code, found.content) == (200, b"report d7")
            assert found.headers["content-disposition"].startswith("attachment")
            assert found.headers["x-content-type-options"] == "nosniff"
            other = address.replace(f"/{entry.number}?", f"/{entry.number + 1}?")
            assert (await got(base_url, other)).status_code == 403
            clock.advance(timedelta(hours=3).total_seconds())
            assert (await got(base_url, address)).status_code == 403


async def test_a_command_without_a_document_has_none() -> None:
    signer, source = Signer(b"key", 3600, FakeClock()), Obedient()
    async with desk_of(source) as desk:
        entry = await desk.send(painted(), OPERATOR)
        app = Starlette(routes=[document_route(Floor([source]), desk, signer)])
        async with serving(app) as base_url:
            query = signer.query(f"document {entry.number}")
            assert (await got(base_url, f"/documents/{entry.number}?{query}")).status_code == 404
