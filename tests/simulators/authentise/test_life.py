"""The shop lives, the same way each time."""

from collections import Counter

from tests.simulators.authentise.client import authentise


async def test_runs_progress_layer_by_layer_until_they_are_complete() -> None:
    async with authentise(failure_rate=0, order_linger=86_400) as am:
        build = (await am.rows("build", filter_status="processing"))[0]
        await am.step(30)
        later = await am.get(build["uri"])
        assert later["current_layer"] > build["current_layer"]
        assert later["updated"] > build["updated"]
        run = await am.get(build["run"])
        pieces = [(await am.get(link))["piece"] for link in run["prints"]]
        await am.step(1_200)
        done = await am.get(build["uri"])
        assert done["status"] == "complete"
        assert done["current_layer"] == done["layers"]
        assert (await am.get(run["uri"]))["status"] == "complete"
        actuals = (await am.rows("run-actuals", filter_run=run["uri"]))[0]
        assert actuals["start_in_progress_time"] < actuals["end_in_progress_time"]
        for link in pieces:
            assert (await am.get(link))["current_step_position"] > 0 or (await am.get(link))[
                "status"
            ] == "complete"


async def test_prints_use_material() -> None:
    async with authentise() as am:
        before = {row["uri"]: row for row in await am.rows("material-batch")}
        await am.step(1_800)
        used = await am.rows("run-actuals-additive")
        assert used
        touched = {row["material_batch"] for row in used} & set(before)
        assert touched
        for uri in touched:
            batch = await am.get(uri)
            assert batch["usage_cycles"] > before[uri]["usage_cycles"]
            assert batch["updated"] > before[uri]["updated"]


async def test_pieces_pass_all_their_steps_and_orders_follow() -> None:
    async with authentise(pieces=40, pace=4, order_linger=600) as am:
        orders = {row["uri"] for row in await am.rows("order")}
        await am.step(3_600)
        statuses = Counter(row["status"] for row in await am.rows("order"))
        assert statuses["complete"] > 0
        assert {row["uri"] for row in await am.rows("order")} != orders
        complete = (await am.rows("piece", filter_status="complete"))[-1]
        steps = await am.rows("print", filter_piece=complete["uri"], sort="process_step_position")
        assert {row["status"] for row in steps} == {"complete"}
        actuals = await am.rows("piece-actuals", filter_piece=complete["uri"])
        assert len(actuals) == 1


async def test_failed_pieces_are_replaced() -> None:
    async with authentise(failure_rate=0.5) as am:
        await am.step(1_800)
        failed = await am.rows("piece", filter_status="error")
        assert failed
        for piece in failed:
            other = await am.get(piece["remanufactured_to"])
            assert other["line_item"] == piece["line_item"]


async def test_downtimes_come_and_go() -> None:
    async with authentise(printers=4, pieces=0) as am:
        seen = set()
        for _ in range(40):
            await am.step(30)
            seen |= {(row["uri"], row["status"]) for row in await am.rows("downtime")}
        assert {status for _, status in seen} == {"scheduled", "in_progress", "complete"}


async def test_every_change_of_a_record_has_an_event_and_a_stamp() -> None:
    async with authentise() as am:
        before = {row["uri"]: row for row in await am.rows("piece")}
        await am.step(300)
        changed = [row for row in await am.rows("piece") if row != before.get(row["uri"], row)]
        assert changed
        for piece in changed:
            was = before[piece["uri"]]
            fields = {name for name in piece if piece[name] != was[name]}
            stored = fields - {"updated", "line_item_status"}
            events = await am.rows("event", filter_reference=piece["uri"])
            assert stored <= {row["key"] for row in events}
            if stored:
                assert piece["updated"] > was["updated"]
                assert max(row["created"] for row in events) == piece["updated"]


async def test_events_are_read_on_from_a_cursor() -> None:
    async with authentise() as am:
        await am.step(60)
        first = await am.rows("event", sort="created")
        cursor = first[-1]["created"].replace("+", "%2B")
        await am.step(60)
        path = f"/event/?filter[created]>={cursor}&sort=created&page[limit]=5000"
        later = (await am.ask("GET", path)).json()["resources"]
        everything = await am.rows("event", sort="created", limit=5_000)
        tail = [row for row in everything if row["created"] >= first[-1]["created"]]
        assert [row["uri"] for row in later] == [row["uri"] for row in tail]
        assert len(later) > 1


async def test_the_same_seed_gives_the_same_shop() -> None:
    async def shop(seed: int) -> object:
        async with authentise(seed=seed) as am:
            await am.step(900)
            return await am.shop()

    assert await shop(3) == await shop(3)
    assert await shop(3) != await shop(4)


async def test_how_often_one_looks_makes_no_difference() -> None:
    async def shop(steps: list[float]) -> dict[str, object]:
        async with authentise() as am:
            for seconds in steps:
                await am.step(seconds)
            return await am.shop()

    assert await shop([600]) == await shop([7.5] * 80)


async def test_a_shop_that_is_not_alive_stands_still() -> None:
    async with authentise(alive=False) as am:
        before = await am.shop()
        await am.step(3_600)
        after = await am.shop()
        assert {**after, "now": None, "counts": None} == {**before, "now": None, "counts": None}


async def test_so_many_pieces_change_each_second() -> None:
    async with authentise(pieces=300, alive=False, churn=50) as am:
        await am.step(1)
        cursor = (
            (await am.rows("event", sort="-created", limit=1))[0]["created"] if await am.rows("event") else ""
        )
        await am.step(10)
        events = [row for row in await am.rows("event", limit=5_000) if row["created"] > cursor]
        assert 490 <= len(events) <= 510
        assert {row["key"] for row in events} == {"priority"}


async def test_changes_may_be_seen_later_than_they_are_stamped() -> None:
    async with authentise(late_share=0.5, late_seconds=5, alive=False, pieces=200) as am:
        newest, late = "", 0
        for _ in range(20):
            await am.change(touch=5)
            await am.step(1)
            rows = sorted(row["updated"] for row in await am.rows("piece"))
            late += rows[-5] < newest
            newest = rows[-1]
        assert late > 0


async def test_stamps_may_be_coarse() -> None:
    async with authentise(stamp_resolution=1, alive=False) as am:
        await am.step(0.25)
        await am.change(touch=20)
        stamps = Counter(row["created"] for row in await am.rows("event"))
        assert stamps == {"2026-03-02T08:00:00+00:00": 20}


async def test_a_reset_brings_the_shop_back() -> None:
    async with authentise() as am:
        before = await am.rows("piece")
        await am.change(touch=10)
        await am.http.post("/_control/reset", json={"what": ["shop"]})
        assert await am.rows("piece") == before
