"""Payloads that differ from the document, and rows that cannot be read."""

from datetime import UTC, datetime
from typing import Any

import pytest

from floorgraph.model.ids import Kind
from floorgraph.model.order import Order
from floorgraph.model.time import SystemClock
from floorgraph.vendors.authentise.archive import Library
from floorgraph.vendors.authentise.desk import Desk
from floorgraph.vendors.authentise.links import Ref
from floorgraph.vendors.authentise.mapping.frame import Frame
from floorgraph.vendors.authentise.mapping.order import order
from floorgraph.vendors.authentise.server import Server
from floorgraph.vendors.authentise.shelf import Row
from floorgraph.vendors.contract import SourceTools
from floorgraph.vendors.diagnostics import Diagnostics
from floorgraph.vendors.gate import Freshness
from floorgraph.vendors.questions import EVERYTHING
from tests.support.upstream import Answer, serving
from tests.vendors.authentise.conftest import Build
from tests.vendors.authentise.hall import Hall, settings_of

UUID = "0b0f3c5e-7a52-4d0e-9a86-0c2f6d1e8b47"
EVERY_KIND = (Kind.STATION, Kind.JOB, Kind.ORDER, Kind.PIECE, Kind.LAYOUT, Kind.BATCH, Kind.PROGRAM)


async def test_what_the_document_describes_is_no_drift(hall: Hall, source: Build) -> None:
    am = source(hall)
    for kind in EVERY_KIND:
        answer = await am.select(kind, EVERYTHING, Freshness())
        await am.live([one.id for one in answer.items if kind is Kind.STATION], Freshness())
    assert am.diagnostics.drift_notes() == []
    assert am.diagnostics.quarantined() == []
    assert am.diagnostics.unmapped_words() == []


async def test_fields_that_are_new_gone_or_of_another_type_are_noted(source: Build) -> None:
    row = f'{{"uri": "/order/{UUID}/", "status": "new", "priority": [1], "due_date": "soon", "moon": 1}}'
    async with serving() as upstream:
        upstream.default = Answer(200, f'{{"meta": {{"count": 1}}, "resources": [{row}]}}'.encode())
        am = source(upstream.url)
        answer = await am.select(Kind.ORDER, EVERYTHING, Freshness())
    found: Any = answer.items[0]
    assert (found.name, found.priority, found.due_at) == (UUID[:8], None, None)
    noted = {(note.payload, note.field, note.change) for note in am.diagnostics.drift_notes()}
    assert noted == {
        ("order", "moon", "new"),
        ("order", "updated", "gone"),
        ("order", "priority", "retyped"),
        ("order", "due_date", "unreadable"),
    }


@pytest.fixture
def desk() -> Desk:
    clock = SystemClock()
    diagnostics = Diagnostics(clock=clock)
    server = Server(settings_of("http://127.0.0.1:9"), diagnostics, SourceTools(clock=clock))
    return Desk(server, Library(server), Frame("am", diagnostics, {}))


def order_row(name: str) -> Row:
    payload = {"uri": f"/order/{UUID}/", "name": name, "status": "new", "updated": "2026-03-02T08:00:00Z"}
    return Row(Ref("order", UUID), payload, datetime(2026, 3, 2, tzinfo=UTC))


async def test_a_row_that_cannot_be_read_keeps_its_last_record_as_stale(desk: Desk) -> None:
    good, bad, again = order_row("A"), order_row("B"), order_row("C")

    def broken() -> Order:
        raise ArithmeticError("moonlight")

    def made(row: Row) -> Order | None:
        return desk.record(Kind.ORDER, row, (), lambda: order(row, desk.frame))

    diagnostics = desk.server.diagnostics
    assert desk.record(Kind.ORDER, bad, (), broken) is None
    assert made(good) is made(good)
    assert diagnostics.quarantined() == []
    for _ in range(3):
        kept = desk.record(Kind.ORDER, bad, (), broken)
        assert kept is not None
        assert (kept.name, kept.stale) == ("A", True)
    assert [(one.payload, one.remote_id, one.reason) for one in diagnostics.quarantined()] == [
        ("order", UUID, "ArithmeticError: moonlight")
    ]
    fresh = made(again)
    assert fresh is not None
    assert (fresh.name, fresh.stale) == ("C", False)
    assert diagnostics.quarantined() == []
    await desk.server.close()
