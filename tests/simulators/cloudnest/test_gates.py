"""Who may call what: signature, clock, organisation, permission."""

from email.utils import parsedate_to_datetime
from typing import Any

import pytest

from tests.simulators.cloudnest.client import (
    APP_ID,
    APP_SECRET,
    DEVICES,
    START_SECONDS,
    STATES,
    TASKS,
    TREE,
    cloudnest,
    signed,
)

MISSING_HEADER, UNKNOWN_APP, BAD_SIGN, EXPIRED = 1001, 1002, 1003, 1004
NOT_GRANTED, ORG_MISSING, ORG_UNKNOWN, MACHINE_NOT_GRANTED = 1007, 1008, 1009, 1010


async def test_success_is_said_in_several_ways() -> None:
    async with cloudnest() as client:
        jobs = await client.jobs()
        words = {
            (await client.send(path, body)).json()["msg"]
            for path, body in ((TREE, {}), (TASKS, {"job_id": jobs[:1]}), (DEVICES, {}))
        }
    assert words == {"ok", "OK"}


async def test_the_sign_is_the_md5_of_id_secret_and_time() -> None:
    """A vector of our own, computed elsewhere: the vendor publishes none that can be recomputed."""
    headers = {
        "app-id": APP_ID,
        "time-stamp": "1772438400000",
        "app-sign": "99bfd03e4145dea0601772c8c2c3e554",
    }
    async with cloudnest() as client:
        assert await client.read(DEVICES, headers=headers)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (signed(START_SECONDS, secret="wrong"), BAD_SIGN),
        (signed(START_SECONDS, app_id="somebody"), UNKNOWN_APP),
        ({"app-sign": signed(START_SECONDS)["app-sign"].upper()}, BAD_SIGN),
        ({"app-sign": ""}, MISSING_HEADER),
        ({"time-stamp": str(START_SECONDS)}, EXPIRED),
        (signed(START_SECONDS - 601), EXPIRED),
        (signed(START_SECONDS + 601), EXPIRED),
    ],
)
@pytest.mark.parametrize("path", [TREE, DEVICES])
async def test_a_wrong_signature_is_refused(path: str, headers: dict[str, str], expected: int) -> None:
    async with cloudnest() as client:
        assert await client.code(path, headers=headers) == expected


@pytest.mark.parametrize("offset", [-600, 600])
async def test_ten_minutes_either_side_are_allowed(offset: int) -> None:
    async with cloudnest() as client:
        assert await client.read(TREE, headers=signed(START_SECONDS + offset))


async def test_a_signature_may_be_used_again_inside_the_window() -> None:
    async with cloudnest() as client:
        headers = signed(client.now)
        await client.step(590)
        assert await client.read(TREE, headers=headers)
        await client.step(20)
        assert await client.code(TREE, headers=headers) == EXPIRED


async def test_the_date_header_shows_by_how_much_the_gateway_is_off() -> None:
    async with cloudnest(clock_skew=3600) as client:
        answer = await client.send(TREE)
        assert answer.json()["status"] == EXPIRED
        shown = parsedate_to_datetime(answer.headers["date"]).timestamp()
        assert shown == START_SECONDS + 3600
        assert await client.read(TREE, headers=signed(shown))


async def test_the_other_spelling_counts_only_when_it_is_switched_on() -> None:
    names = {"app-id": "appId", "time-stamp": "timestamp", "app-sign": "appSign"}
    camel = {names[name]: value for name, value in signed(START_SECONDS).items()}
    for styles, works in ((["dash"], False), (["dash", "camel"], True)):
        async with cloudnest(header_styles=styles) as client:
            answer = await client.http.post(DEVICES, headers=camel, json={})
            assert (answer.json()["status"] == 0) is works


async def test_cloudnest_wants_an_organisation_and_machines_do_not() -> None:
    async with cloudnest() as client:
        assert await client.code(TREE, org=None) == ORG_MISSING
        assert await client.code(TREE, org="TEAM999") == ORG_UNKNOWN
        assert await client.read(DEVICES, org=None)


@pytest.mark.parametrize(
    ("options", "refused", "allowed"),
    [
        ({"cloudnest": False}, [TREE, TASKS], [DEVICES]),
        ({"iot": False}, [DEVICES], [TREE]),
        ({"ungranted": ["job_tree"]}, [TREE], [DEVICES]),
        ({"ungranted": ["/api/*"]}, [DEVICES], [TREE]),
    ],
)
async def test_what_is_not_granted_is_1007(
    options: dict[str, Any], refused: list[str], allowed: list[str]
) -> None:
    async with cloudnest(**options) as client:
        assert [await client.code(path) for path in refused] == [NOT_GRANTED] * len(refused)
        for path in allowed:
            assert await client.read(path)


async def test_only_machines_of_the_list_can_be_called() -> None:
    async with cloudnest(granted_machines=[12, 14]) as client:
        cards = [one["cardId"] for one in await client.read(DEVICES)]
        assert cards == ["210000000001", "210000000003"]
        other = "210000000002"
        assert await client.code(f"{DEVICES}/detail", {"cardId": other}) == MACHINE_NOT_GRANTED
        states = await client.read(STATES, {"cardIds": [cards[0], other]})
        assert [one["cardId"] for one in states] == cards[:1]


async def test_a_secret_on_the_wire_is_noticed() -> None:
    async with cloudnest() as client:
        await client.read(TREE)
        assert (await client.hall())["gateway"]["secrets_seen"] == 0
        await client.read(TREE, headers={"appSecret": APP_SECRET})
        assert (await client.hall())["gateway"]["secrets_seen"] == 1


async def test_codes_and_wordings_can_be_others() -> None:
    async with cloudnest(codes={"bad-sign": 4711}, messages={"bad-sign": "签名错误"}) as client:
        answer = await client.send(TREE, headers=signed(START_SECONDS, secret="wrong"))
        assert answer.json() == {"status": 4711, "msg": "签名错误", "data": None}


async def test_unknown_paths_and_methods_have_no_envelope() -> None:
    async with cloudnest() as client:
        assert (await client.send("/api/job/list")).status_code == 404
        assert (await client.send(TREE, method="GET")).status_code == 405


async def test_refusals_are_told_by_endpoint() -> None:
    async with cloudnest() as client:
        await client.code(TREE, org=None)
        await client.code(DEVICES, headers={"app-sign": "0"})
        assert (await client.hall())["gateway"]["refused"] == {
            "job_tree": {"org-missing": 1},
            "devices": {"bad-sign": 1},
        }
