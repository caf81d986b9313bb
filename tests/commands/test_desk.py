"""The desk: what is sent, what is written down, what is told to the engine, and what comes after."""

import asyncio
import sqlite3
from contextlib import aclosing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from floorgraph.commands.desk import CommandDesk
from floorgraph.commands.entry import Entry
from floorgraph.commands.log import LogUnusable
from floorgraph.commands.policy import CommandPolicy
from floorgraph.commands.store import FILE, Store, Wanted
from floorgraph.model.command import CommandOutcome, OperationStatus, UserError, UserErrorCode
from floorgraph.vendors.commands import Advance, Result, Review, Settlement, Verdict
from floorgraph.vendors.failures import BreakerOpen, NotFound, OutcomeUnknown
from tests.commands.toy import OPERATOR, QUICK, Burn, Coat, Colour, Obedient, Told, desk_of, painted, until
from tests.support.deadline import DEADLINE

UNCLEAR = OutcomeUnknown(source="north", endpoint="paint", detail="no answer")
AWAY = BreakerOpen(source="north", endpoint="paint", detail="nothing is sent")
NO_STATION = NotFound(source="north", endpoint="paint", detail="no such station")
REFUSAL = UserError(message="Too red.", code=UserErrorCode.NOT_POSSIBLE_NOW)


async def finally_known(desk: CommandDesk, entry: Entry) -> Entry:
    """The entry once nothing more is to be found out."""
    async with asyncio.timeout(DEADLINE), aclosing(desk.watch(entry)) as stream:
        return [known async for known in stream][-1]


async def test_the_engine_expects_before_it_is_sent_and_polls_after() -> None:
    source, told = Obedient(), Told()
    async with desk_of(source, told=told) as desk:
        source.gate.clear()
        sending = asyncio.create_task(desk.send(painted(), OPERATOR))
        await until(lambda: bool(source.sent))
        assert told.words == [("expect", "c1", "north:station:1")]
        source.gate.set()
        assert (await sending).outcome is CommandOutcome.CONFIRMED
    assert told.words[1:] == [("burst", "north", "station")]


async def test_only_what_a_command_may_change_is_expected() -> None:
    """Else the next change of a record that was merely named would pass for its effect."""
    source, told = Obedient(), Told()
    coat = Coat(batch_id="north:batch:1", colour=Colour.RED)
    async with desk_of(source, told=told) as desk:
        await desk.send(painted(coats=(coat,)), OPERATOR)
    assert told.words[0] == ("expect", "c1", "north:station:1")


async def test_what_came_new_is_expected_as_well() -> None:
    source, told = Obedient(), Told()
    source.result = Result(record_ids=["north:station:1", "north:station:9"])
    async with desk_of(source, told=told) as desk:
        await desk.send(painted(), OPERATOR)
    assert ("expect", "c1", "north:station:9") in told.words


async def test_the_engine_is_told_when_an_answer_is_awaited() -> None:
    source, told = Obedient(), Told()
    async with desk_of(source, told=told, policy=replace(QUICK, settle_pause=0.5)) as desk:
        source.gate.clear()
        sending = asyncio.create_task(desk.send(painted(), OPERATOR))
        await until(lambda: bool(source.sent))
        assert told.open == {("c1", "north", "station")}
        source.gate.set()
        await sending
        assert told.open == set()
        source.result, source.settlement = UNCLEAR, Settlement(Verdict.NOT_DONE)
        await desk.send(painted("c2"), OPERATOR)
        assert told.open == {("c2", "north", "station")}, "reading may still say what it brought"
        await until(lambda: not told.open)
        source.result = AWAY
        await desk.send(painted("c3"), OPERATOR)
        assert told.open == set()


async def test_nothing_is_expected_of_what_changed_nothing() -> None:
    source, told = Obedient(), Told()
    source.result = Result(after={"colour": "grey"})
    async with desk_of(source, told=told) as desk:
        assert (await desk.send(painted(), OPERATOR)).outcome is CommandOutcome.CONFIRMED
        source.result = Result(CommandOutcome.REJECTED, errors=[REFUSAL])
        assert (await desk.send(painted("c2"), OPERATOR)).errors == (REFUSAL,)
        source.result = AWAY
        assert (await desk.send(painted("c3"), OPERATOR)).outcome is CommandOutcome.REJECTED
    assert [word[1] for word in told.words if word[0] == "unexpect"] == ["c1", "c2", "c3"]


@pytest.mark.parametrize(
    ("failure", "code"),
    [(AWAY, UserErrorCode.SOURCE_UNAVAILABLE), (NO_STATION, UserErrorCode.NOT_FOUND)],
)
async def test_failures_that_certainly_did_nothing(failure: Exception, code: UserErrorCode) -> None:
    source = Obedient()
    async with desk_of(source) as desk:
        source.judged = failure
        before = await desk.send(painted("c1"), OPERATOR)
        source.judged, source.result = Review((), {"colour": "grey"}), failure
        after = await desk.send(painted("c2"), OPERATOR)
    assert [entry.outcome for entry in (before, after)] == [CommandOutcome.REJECTED] * 2
    assert [error.code for entry in (before, after) for error in entry.errors] == [code, code]
    assert (before.sent_at is None, after.sent_at is None) == (True, False)
    assert len(source.sent) == 1


async def test_faults_of_this_program_lose_no_entry() -> None:
    source = Obedient()
    async with desk_of(source) as desk:
        source.judged = RuntimeError("a fault")
        before = await desk.send(painted("c1"), OPERATOR)
        source.judged, source.result = Review((), {"colour": "grey"}), RuntimeError("a fault")
        after = await desk.send(painted("c2"), OPERATOR)
        assert after.outcome is CommandOutcome.OUTCOME_UNKNOWN
        known = await finally_known(desk, after)
        assert (known.outcome, known.errors) == (CommandOutcome.OUTCOME_UNKNOWN, after.errors)
    assert before.outcome is CommandOutcome.REJECTED
    assert "a fault" not in before.errors[0].message
    assert len(source.sent) == 1


async def test_a_source_that_never_answers_is_given_up() -> None:
    source = Obedient()
    source.gate.clear()
    async with desk_of(source, policy=replace(QUICK, deadline=0.05)) as desk:
        assert (await desk.send(painted(), OPERATOR)).outcome is CommandOutcome.OUTCOME_UNKNOWN


async def test_not_done_counts_only_when_a_slow_vendor_had_its_time() -> None:
    source = Obedient()
    source.result, source.settlement = UNCLEAR, Settlement(Verdict.NOT_DONE)
    async with desk_of(source, policy=replace(QUICK, patience=0.2)) as desk:
        entry = await desk.send(painted(), OPERATOR)
        await until(lambda: source.asked >= 3)
        known = await desk.named("c1", OPERATOR, anybody=False)
        assert known is not None
        assert known.outcome is CommandOutcome.OUTCOME_UNKNOWN
        source.settlement = Settlement(Verdict.DONE, ["north:station:1"], {"colour": "red"})
        assert (await finally_known(desk, entry)).outcome is CommandOutcome.CONFIRMED
    assert len(source.sent) == 1


async def test_nothing_is_judged_by_a_part_of_what_was_before() -> None:
    """What was there already would pass for what the command brought."""
    source = Obedient()
    source.judged = Review((), {"known": ["x" * 1000] * 200})
    source.result, source.settlement = UNCLEAR, Settlement(Verdict.DONE)
    async with desk_of(source) as desk:
        entry = await finally_known(desk, await desk.send(painted(), OPERATOR))
    assert entry.outcome is CommandOutcome.OUTCOME_UNKNOWN
    assert set(entry.before) == {"sizeBytes", "beginning"}
    assert source.asked == 0


async def test_an_accepted_command_is_followed_to_its_end() -> None:
    source, told = Obedient(), Told()
    source.result = Result(CommandOutcome.ACCEPTED, handle="h7", vendor_answer={"id": 7})
    source.advances = [
        Advance(OperationStatus.RUNNING, 0.5),
        AWAY,
        Advance(OperationStatus.SUCCEEDED, 1.0, record_ids=["north:station:9"], document="d7"),
    ]
    async with desk_of(source, told=told) as desk:
        entry = await desk.send(painted(), OPERATOR)
        assert (entry.outcome, entry.operation and entry.operation.status) == (
            CommandOutcome.ACCEPTED,
            OperationStatus.RUNNING,
        )
        assert told.open == {("c1", "north", "station")}, "what it brings is not known yet"
        operations = []
        async with asyncio.timeout(DEADLINE), aclosing(desk.watch(entry)) as stream:
            async for known in stream:
                assert known.operation is not None
                operations.append((known.operation.status.value, known.operation.progress))
        assert operations[-2:] == [("RUNNING", 0.5), ("SUCCEEDED", 1.0)]
        await until(lambda: not told.open)
        kept = await desk.log.entry(entry.number)
        assert kept is not None
        assert kept.operation is not None
        assert kept.operation.document == "d7"
    assert ("expect", "c1", "north:station:9") in told.words
    assert told.renewed == {"c1"}, "however long it takes, what changes by it is its effect"


async def test_what_goes_on_is_followed_although_the_answer_was_lost(tmp_path: Path) -> None:
    """Also by a server that starts when the answer to "was it taken on" is known already."""
    source = Obedient()
    source.result = UNCLEAR
    source.settlement = Settlement(Verdict.DONE, after={"colour": "red"}, handle="h7")
    source.advances = [Advance(OperationStatus.RUNNING, 0.5)]
    async with desk_of(source, folder=tmp_path) as desk:
        entry = await desk.send(painted(), OPERATOR)
        assert entry.outcome is CommandOutcome.OUTCOME_UNKNOWN
        await until(lambda: desk.book.latest(entry).outcome is CommandOutcome.ACCEPTED)
    source.advances = [Advance(OperationStatus.SUCCEEDED, 1.0)]
    async with desk_of(source, folder=tmp_path) as desk:
        ended = await finally_known(desk, entry)
    assert (ended.outcome, ended.handle) == (CommandOutcome.ACCEPTED, "h7")
    assert ended.operation is not None
    assert ended.operation.status is OperationStatus.SUCCEEDED
    assert len(source.sent) == 1


async def test_who_watches_from_the_beginning_hears_of_the_operation() -> None:
    source = Obedient()
    source.result = Result(CommandOutcome.ACCEPTED, handle="h7")
    source.advances = [Advance(OperationStatus.SUCCEEDED, 1.0)]
    source.gate.clear()
    async with desk_of(source) as desk:
        sending = asyncio.create_task(desk.send(painted(), OPERATOR))
        await until(lambda: bool(source.sent))
        begun = await desk.named("c1", OPERATOR, anybody=False)
        assert begun is not None
        watching = asyncio.create_task(finally_known(desk, begun))
        await asyncio.sleep(0)
        source.gate.set()
        await sending
        ended = await watching
    assert ended.operation is not None
    assert ended.operation.status is OperationStatus.SUCCEEDED


async def test_following_goes_on_after_a_restart(tmp_path: Path) -> None:
    source = Obedient()
    source.result = Result(CommandOutcome.ACCEPTED, handle="h7")
    source.advances = [Advance(OperationStatus.RUNNING, 0.1)]
    async with desk_of(source, folder=tmp_path) as desk:
        await desk.send(painted(), OPERATOR)
    source.advances = [Advance(OperationStatus.FAILED, detail="out of paint")]
    async with desk_of(source, folder=tmp_path) as desk:
        entry = await desk.named("c1", OPERATOR, anybody=False)
        assert entry is not None
        ended = await finally_known(desk, entry)
    assert ended.operation is not None
    assert (ended.operation.status, ended.operation.detail) == (OperationStatus.FAILED, "out of paint")
    assert len(source.sent) == 1


async def test_a_server_that_stops_in_between(tmp_path: Path) -> None:
    """What was not sent was not done; what was sent is found out, and never sent again."""
    source = Obedient()
    async with desk_of(source, folder=tmp_path) as desk:
        await desk.log.begin(replace((await desk.send(painted("c0"), OPERATOR)), command_id="c1"))
        source.gate.clear()
        sending = asyncio.create_task(desk.send(painted("c2"), OPERATOR))
        await until(lambda: len(source.sent) == 2)
        desk.policy = replace(QUICK, stopping=0.0)
        desk._aftermath._policy = desk.policy
    with pytest.raises(asyncio.CancelledError):
        await sending
    source.settlement = Settlement(Verdict.DONE, ["north:station:1"], {"colour": "red"})
    async with desk_of(source, folder=tmp_path) as desk:
        never = await desk.send(painted("c1"), OPERATOR)
        known = await desk.named("c2", OPERATOR, anybody=False)
        assert known is not None
        assert (await finally_known(desk, known)).outcome is CommandOutcome.CONFIRMED
    assert never.outcome is CommandOutcome.REJECTED
    assert len(source.sent) == 2


async def test_nothing_is_sent_that_cannot_be_written_down(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("not a folder")
    source = Obedient()
    async with desk_of(source, folder=tmp_path / "state") as desk:
        with pytest.raises(LogUnusable):
            await desk.send(painted(), OPERATOR)
    assert source.sent == []


async def test_one_command_one_source() -> None:
    async with desk_of(Obedient(), Obedient("south")) as desk:
        both = painted(station_ids=("north:station:1", "south:station:1"))
        entry = await desk.send(both, OPERATOR)
        none = await desk.send(painted("c2", station_ids=()), OPERATOR)
        hidden = await desk.send(painted("c3"), replace(OPERATOR, sources=frozenset({"south"})))
    assert [error.code for error in entry.errors] == [UserErrorCode.INVALID]
    assert entry.errors[0].field == ("input", "stationIds", "1")
    assert [error.code for error in none.errors] == [UserErrorCode.INVALID]
    assert [error.code for error in hidden.errors] == [UserErrorCode.NOT_FOUND]


async def test_a_command_for_a_source_as_a_whole() -> None:
    source = Obedient()
    async with desk_of(source) as desk:
        entry = await desk.send(Burn(source="north"), OPERATOR)
        assert [error.code for error in entry.errors] == [UserErrorCode.DESTRUCTIVE_DISABLED]
        source.destructive_commands = True
        assert (await desk.send(Burn(source="north"), OPERATOR)).outcome is CommandOutcome.CONFIRMED


async def test_the_log_is_bounded_and_only_added_to(tmp_path: Path) -> None:
    source = Obedient()
    policy = CommandPolicy(entries=3)
    async with desk_of(source, folder=tmp_path, policy=policy) as desk:
        for number in range(6):
            await desk.send(painted(f"c{number}"), OPERATOR)
    async with desk_of(source, folder=tmp_path, policy=policy) as desk:
        page = await desk.page(Wanted(), 10, None, OPERATOR)
        assert [entry.command_id for entry in page.entries] == ["c5", "c4", "c3"]
        assert page.total == 3
    with sqlite3.connect(tmp_path / FILE) as db, pytest.raises(sqlite3.IntegrityError):
        db.execute("UPDATE commands SET who = 'somebody else'")
    db.close()


def test_what_is_not_clear_stays_however_old(tmp_path: Path) -> None:
    store = Store(tmp_path)
    old = datetime(2020, 1, 1, tzinfo=UTC)
    entry = Entry(
        number=0, command_id="c1", word="paint", source="north", who=None, role="operator", digest="d",
        input={}, begun_at=old,
    )  # fmt: skip
    kept, new = store.begin(entry)
    assert new
    assert store.prune(10, old + timedelta(days=1)) == 0
    assert store.entry(kept.number) == kept
    store.close()
