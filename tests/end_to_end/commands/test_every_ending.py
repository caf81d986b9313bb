"""Every command of every vendor in every way that it can end: payload, events, log, and what vendors got.

All commands are sent at once, once per ending; see `plays`. The tests look at what came of each.
"""

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from floorgraph.simulators.process import simulator_process
from floorgraph.vendors.floor import offered_commands
from tests.end_to_end.commands.conftest import OPTIONS as MILLING
from tests.end_to_end.commands.floor import LASER, NORTH, Shops
from tests.end_to_end.commands.plays import ENDINGS, WATCHED, Play, Played, confirming
from tests.end_to_end.commands.rows import ROWS, Row
from tests.end_to_end.commands.shop import Vendor
from tests.vendors.authentise.hall import OPTIONS as PRINTING
from tests.vendors.authentise.hall import Hall as Tenant
from tests.vendors.cloudnest.conftest import OPTIONS as CUTTING
from tests.vendors.cloudnest.conftest import Hall

BUSY = {"printers": 2, "pieces": 200, "batches": 8, "operation_seconds": 4.0}
WAITING = {"waiting_share": 0.4, "draft_share": 0.2, "boost_seconds": 30, "welders": 1}
EACH = pytest.mark.parametrize("row", ROWS, ids=str)
EVERY = pytest.mark.parametrize("ending", ENDINGS)
SENT = frozenset(ENDINGS) - {"wrong", "down"}
UNCLEAR = frozenset({"broken", "lost before", "lost after"})


class Plays:
    """What came of each ending; played when the first test asks for it."""

    def __init__(self, shops: Shops, folder: Path, nowhere: str) -> None:
        self._shops = shops
        self._folder = folder
        self._nowhere = nowhere
        self._found: dict[str, Played | BaseException] = {}

    def of(self, ending: str) -> Played:
        if ending not in self._found:
            state_dir = self._folder / ending.replace(" ", "-")
            try:
                self._found[ending] = asyncio.run(Play(self._shops, ending, state_dir, self._nowhere).run())
            except BaseException as trouble:
                self._found[ending] = trouble
                raise
        found = self._found[ending]
        assert isinstance(found, Played), f"'{ending}' could not be played: {found!r}"
        return found


@pytest.fixture(scope="module")
def plays(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plays]:
    exchange = tmp_path_factory.mktemp("exchange")
    with (
        simulator_process("cwork", MILLING | {"exchange_dir": str(exchange)}) as north,
        simulator_process("authentise", {**PRINTING, **BUSY}) as am,
        simulator_process("cloudnest", {**CUTTING, **WAITING}) as laser,
        socket.socket() as deaf,
    ):
        # Bound and never listening: whoever connects is refused, and nobody else gets the port meanwhile.
        deaf.bind(("127.0.0.1", 0))
        nowhere = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        shops = Shops(Vendor(north, exchange), Tenant(am.base_url), Hall(laser.base_url))
        yield Plays(shops, tmp_path_factory.mktemp("state"), nowhere)


def ends(row: Row, ending: str) -> str:
    """The outcome in the end."""
    if ending in ("wrong", "refused", "down"):
        return "REJECTED"
    if ending == "done":
        return "ACCEPTED" if row.accepted else "CONFIRMED"
    if ending == "lost after":
        followed = row.accepted and row.name != "autoNest"
        return ("ACCEPTED" if followed else "CONFIRMED") if row.done_shows else "OUTCOME_UNKNOWN"
    return "REJECTED" if row.not_done_shows else "OUTCOME_UNKNOWN"


def test_no_command_is_left_out() -> None:
    offered = {kind.word() for kinds in offered_commands().values() for kind in kinds}
    assert {row.name for row in ROWS} == offered
    assert len({str(row) for row in ROWS}) == len(ROWS)


@EVERY
@EACH
def test_a_command_ends_as_it_should(plays: Plays, row: Row, ending: str) -> None:
    played = plays.of(ending)
    check_answer(row, ending, played.payloads[str(row)])
    check_story(row, ending, played.stories[str(row)])
    check_entry(row, ending, played.log[str(row)])
    assert (played.log[str(row)]["who"], played.log[str(row)]["role"]) == (played.who, "operator")
    assert played.given[str(row)].keys() - {"commandId"} <= played.log[str(row)]["input"].keys()
    again = played.repeats[str(row)]
    assert (again["outcome"], again["commandId"]) == (ends(row, ending), str(row)), "after a restart"
    assert played.writes[row.source, row.label] == (1 if ending in SENT else 0), "the vendor's own record"
    if ending in WATCHED:
        check_changes(row, ending, played.changes)


@EVERY
def test_the_vendors_own_records_have_nothing_else(plays: Plays, ending: str) -> None:
    assert set(plays.of(ending).writes) <= {(row.source, row.label) for row in ROWS}


def check_answer(row: Row, ending: str, done: dict[str, Any]) -> None:
    """What the mutation answered."""
    codes = [one["code"] for one in done["userErrors"]]
    assert done["commandId"] == str(row)
    if ending in UNCLEAR:
        assert (done["outcome"], codes) == ("OUTCOME_UNKNOWN", ["NO_CLEAR_ANSWER"])
    elif ending == "done":
        assert (done["outcome"], codes) == (ends(row, ending), [])
        assert (done["operation"] or {}).get("status") == ("RUNNING" if row.accepted else None)
    elif ending == "wrong":
        assert (done["outcome"], set(codes)) == ("REJECTED", {row.wrong_code})
        assert all(one["message"] and one["field"][0] == "input" for one in done["userErrors"])
    elif ending == "refused":
        vendor_code = {NORTH: "1001", LASER: "1007"}.get(row.source, "Refused")
        assert done["outcome"] == "REJECTED"
        assert [one["vendorCode"] for one in done["userErrors"]] == [vendor_code]
    else:
        assert (done["outcome"], set(codes)) == ("REJECTED", {"SOURCE_UNAVAILABLE"})


def check_story(row: Row, ending: str, story: list[dict[str, Any]]) -> None:
    """What `commandChanged` told to its end."""
    told = list(dict.fromkeys(one["outcome"] for one in story))
    whole = [None, "OUTCOME_UNKNOWN", ends(row, ending)] if ending in UNCLEAR else [ends(row, ending)]
    whole = list(dict.fromkeys(whole))
    assert told == whole[-len(told) :], "from when somebody followed it, nothing left out"
    assert {(one["commandId"], one["name"]) for one in story} == {(str(row), row.name)}
    assert (story[-1]["resolvedAt"] is not None) == (ending in UNCLEAR)
    if ends(row, ending) == "ACCEPTED":
        assert story[-1]["operation"]["status"] == row.operation


def check_entry(row: Row, ending: str, entry: dict[str, Any]) -> None:
    """What an admin reads in the log."""
    assert (entry["name"], entry["sourceKey"], entry["outcome"]) == (row.name, row.source, ends(row, ending))
    assert None not in (entry["begunAt"], entry["endedAt"])
    assert (entry["sentAt"] is not None) == (ending in SENT)
    assert (entry["resolvedAt"] is not None) == (ending in UNCLEAR)
    assert bool(entry["userErrors"]) == (ends(row, ending) in ("REJECTED", "OUTCOME_UNKNOWN"))
    if ending in UNCLEAR:
        assert entry["vendorAnswer"]["failure"]


def check_changes(row: Row, ending: str, changes: dict[str, list[dict[str, Any]]]) -> None:
    """Changes name the command that they confirm, also where its answer was lost."""
    own = [(name, one) for name, events in changes.items() for one in events if one["commandId"] == str(row)]
    assert all(one["cause"] == "COMMAND" for _, one in own)
    if ending == "lost before" or row.silent:
        assert own == []
    else:
        assert set(confirming(row, ending)) <= {name for name, _ in own}


@pytest.mark.parametrize("row", [row for row in ROWS if row.accepted], ids=str)
def test_what_goes_on_is_told_to_its_end(plays: Plays, row: Row) -> None:
    told = plays.of("done").operations[str(row)]
    assert list(dict.fromkeys(told)) == ["RUNNING", row.operation]
