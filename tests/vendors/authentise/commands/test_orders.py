"""Orders are changed as far as that is safe, in every way that these commands can end."""

from datetime import UTC, datetime
from typing import Any

import pytest

from floorgraph.model.command import CommandOutcome
from floorgraph.model.ids import Kind
from floorgraph.model.order import OrderStatus
from floorgraph.vendors.authentise.commands.orders import UpdateOrder
from floorgraph.vendors.authentise.commands.positions import SetLineItemStatus
from floorgraph.vendors.commands import Verdict
from floorgraph.vendors.failures import OutcomeUnknown
from floorgraph.vendors.gate import Freshness
from floorgraph.vendors.questions import Part
from tests.support.upstream import Answer, serving
from tests.vendors.authentise.commands.hand import (
    SHORT,
    complaints,
    done,
    given_up,
    record,
    reviewed,
    settled,
    writes,
)
from tests.vendors.authentise.conftest import Build
from tests.vendors.authentise.hall import Hall

KEPT = Freshness(max_age=3600)
DUE = datetime(2026, 5, 1, 12, tzinfo=UTC)
PUT_ORDER, PUT_ITEM = "PUT /order/{uuid}/", "PUT /line-item/{uuid}/"


async def test_an_order_is_changed(hall: Hall, source: Build) -> None:
    am, one = source(hall), hall.ids(Kind.ORDER, "order")[0]
    before = await record(am, Kind.ORDER, one)
    result = await done(am, UpdateOrder(order_id=one, name="Rush", due_at=DUE, priority=99))
    assert (result.outcome, result.record_ids) == (CommandOutcome.CONFIRMED, [one])
    after = await record(am, Kind.ORDER, one, KEPT)
    assert (after.name, after.due_at, after.priority) == ("Rush", DUE, 99)
    assert after.notes == before.notes
    assert writes(hall) == [PUT_ORDER]


async def test_changes_that_make_no_sense_are_not_sent(hall: Hall, source: Build) -> None:
    am, one = source(hall), hall.ids(Kind.ORDER, "order")[0]
    cases = [
        (UpdateOrder(order_id=one), [("INVALID", "")]),
        (UpdateOrder(order_id=one, name=" "), [("INVALID", "name")]),
        (UpdateOrder(order_id=one, priority=101), [("INVALID", "priority")]),
        (UpdateOrder(order_id=one, notes="x" * 10_001), [("INVALID", "notes")]),
        (UpdateOrder(order_id="am:order:order/x", name="A"), [("NOT_FOUND", "orderId")]),
    ]
    for command, expected in cases:
        assert await complaints(am, command) == expected
    assert writes(hall) == []


async def test_what_the_tenant_does_not_let_be_set_is_told(source: Build) -> None:
    """`OPTIONS` is the only word on which fields may be set with which method."""
    uuid = "0b0f3c5e-7a52-4d0e-9a86-0c2f6d1e8b47"
    rows = f'{{"meta": {{"count": 1}}, "resources": [{{"uri": "/order/{uuid}/", "name": "A"}}]}}'.encode()
    fields = (
        b'{"signature": {"fields": {"name": {"methods": ["GET", "PUT"]}, "priority": {"methods": ["GET"]}}}}'
    )
    async with serving() as upstream:
        upstream.default = lambda request: Answer(200, fields if request.method == "OPTIONS" else rows)
        am = source(upstream.url)
        one = f"am:order:order/{uuid}"
        assert await complaints(am, UpdateOrder(order_id=one, name="B", notes="c")) == []
        assert await complaints(am, UpdateOrder(order_id=one, priority=5)) == [("UNSUPPORTED", "priority")]


@pytest.mark.parametrize("applied", [True, False])
async def test_no_answer_to_a_change(hall: Hall, source: Build, applied: bool) -> None:
    am, one = source(hall, timeouts=SHORT), hall.ids(Kind.ORDER, "order")[0]
    command = UpdateOrder(order_id=one, due_at=DUE, notes="Call first")
    review = await reviewed(am, command)
    hall.fault("hang", endpoint=PUT_ORDER, applied=applied, count=1)
    with pytest.raises(OutcomeUnknown):
        await am.carry_out(command, "c")
    await given_up(hall)
    assert (await settled(am, command, review)).verdict is (Verdict.DONE if applied else Verdict.NOT_DONE)
    assert writes(hall) == [PUT_ORDER]


async def test_the_vendor_refuses_a_change(hall: Hall, source: Build) -> None:
    am, one = source(hall), hall.ids(Kind.ORDER, "order")[0]
    command = UpdateOrder(order_id=one, name="Rush")
    await reviewed(am, command)
    body = '{"errors": [{"code": "cannot-set-property", "title": "name cannot be set"}]}'
    hall.fault("status", endpoint=PUT_ORDER, status=400, body=body, count=1)
    result = await am.carry_out(command, "c")
    assert result.outcome is CommandOutcome.REJECTED
    assert [(one.code.value, one.vendor_code) for one in result.errors] == [
        ("INVALID", "cannot-set-property")
    ]


async def draft(hall: Hall, source: Build) -> tuple[str, str]:
    """An order with a position that waits to be released."""
    am = source(hall)
    workflows: Any = (await am.resource("workflow", {}, 1, None)).items
    values: dict[str, Any] = {"name": "Draft", "status": "pending", "line_items": []}
    (order,) = hall.change(add=[{"resource": "order", "values": values}])["added"]
    link = "/" + "/".join(workflows[0]["uri"].rstrip("/").split("/")[-2:]) + "/"
    item = {
        "order": order,
        "workflow": link,
        "quantity": 3,
        "status": "pending",
        "type": "product",
        "name": "Bolt",
    }
    (position,) = hall.change(add=[{"resource": "line-item", "values": {"priority": 65, **item}}])["added"]
    hall.forget_calls()
    return f"am:order:{order.strip('/')}", position.strip("/")


async def status(am: Any, order: str) -> OrderStatus:
    found = await am.parts(Part.LINE_ITEMS, [order], KEPT)
    (item,) = found[order]
    return item.status  # type: ignore[no-any-return]


async def test_a_position_is_released_and_its_pieces_are_there(hall: Hall, source: Build) -> None:
    am, (order, item) = source(hall), await draft(hall, source)
    command = SetLineItemStatus(order_id=order, line_item=item, status=OrderStatus.RELEASED)
    pieces = hall.state()["counts"]["piece"]
    assert (await done(am, command)).outcome is CommandOutcome.CONFIRMED
    assert await status(am, order) is OrderStatus.RELEASED
    assert hall.state()["counts"]["piece"] == pieces + 3
    assert writes(hall) == [PUT_ITEM]
    (complaint,) = (await reviewed(am, command)).errors
    assert complaint.message == "The position is RELEASED ('confirmed'); possible from there: CANCELLED."


async def test_calling_off_needs_the_second_switch(hall: Hall, source: Build) -> None:
    order, item = await draft(hall, source)
    command = SetLineItemStatus(order_id=order, line_item=item, status=OrderStatus.CANCELLED)
    assert await complaints(source(hall), command) == [("DESTRUCTIVE_DISABLED", "status")]
    am = source(hall, destructive_commands=True)
    assert (await done(am, command)).outcome is CommandOutcome.CONFIRMED
    assert await status(am, order) is OrderStatus.CANCELLED


async def test_positions_that_are_not_there(hall: Hall, source: Build) -> None:
    am, (order, item) = source(hall), await draft(hall, source)
    other = hall.ids(Kind.ORDER, "order")[0]
    assert order != other
    for one, named in (
        (other, item),
        (order, "nonsense"),
        (order, "line-item/00000000-0000-4000-8000-000000000000"),
    ):
        command = SetLineItemStatus(order_id=one, line_item=named, status=OrderStatus.RELEASED)
        assert await complaints(am, command) == [("NOT_FOUND", "lineItem")]
    command = SetLineItemStatus(order_id=order, line_item=item, status=OrderStatus.PAUSED)
    assert await complaints(am, command) == [("INVALID", "status")]


@pytest.mark.parametrize("applied", [True, False])
async def test_no_answer_to_a_release(hall: Hall, source: Build, applied: bool) -> None:
    order, item = await draft(hall, source)
    am = source(hall, timeouts=SHORT)
    command = SetLineItemStatus(order_id=order, line_item=item, status=OrderStatus.RELEASED)
    review = await reviewed(am, command)
    hall.fault("hang", endpoint=PUT_ITEM, applied=applied, count=1)
    with pytest.raises(OutcomeUnknown):
        await am.carry_out(command, "c")
    await given_up(hall)
    assert (await settled(am, command, review)).verdict is (Verdict.DONE if applied else Verdict.NOT_DONE)
    assert writes(hall) == [PUT_ITEM]
