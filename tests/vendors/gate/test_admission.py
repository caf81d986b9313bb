"""Admission alone: who goes when, and that nothing is lost whatever those do who wait."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from floorgraph.vendors.failures import BreakerOpen, BudgetExhausted, VendorFailure
from floorgraph.vendors.gate import BreakerPolicy, BudgetPolicy
from floorgraph.vendors.gate.admission import Admission
from tests.support.fakeclock import FakeClock
from tests.vendors.gate.vendor import broken, settle

FREE = BudgetPolicy(per_second=None)


def admission(
    clock: FakeClock,
    concurrency: int = 1,
    budget: BudgetPolicy = FREE,
    sleep: Callable[[float], Awaitable[None]] | None = None,
) -> Admission:
    return Admission(
        source="north",
        concurrency=concurrency,
        budget_policy=budget,
        budget_policies={},
        breaker_policy=BreakerPolicy(consecutive=1),
        clock=clock,
        sleep=sleep or clock.sleep,
        chance=lambda: 1.0,
    )


async def test_those_who_wait_go_in_their_order_and_together_where_they_can(clock: FakeClock) -> None:
    subject, order = admission(clock, concurrency=3), list[int]()

    async def one(number: int) -> None:
        await subject.enter("lists")
        order.append(number)

    waiting = [asyncio.create_task(one(number)) for number in range(9)]
    await settle()
    assert order == [0, 1, 2]
    for count in (6, 9):
        for _ in range(3):
            subject.leave()
        await settle()
        assert order == list(range(count))
    await asyncio.gather(*waiting)


async def test_nobody_goes_at_once_while_others_wait(clock: FakeClock) -> None:
    waking = asyncio.Event()

    async def sleep(seconds: float) -> None:
        await waking.wait()
        clock.advance(seconds)

    subject = admission(clock, 5, BudgetPolicy(per_second=1, burst=1), sleep)
    assert subject.at_once("lists") is not None
    assert subject.at_once("lists") is None
    paced = asyncio.create_task(subject.enter("lists"))
    await settle()
    clock.advance(10)
    assert subject.at_once("lists") is None, "the one who waits is first"
    assert subject.at_once("live") is not None
    waking.set()
    await paced


@pytest.mark.parametrize("place", [0, 1])
async def test_who_gives_up_in_the_moment_of_its_turn_passes_it_on(clock: FakeClock, place: int) -> None:
    subject = admission(clock)
    await subject.enter("lists")
    waiting = [asyncio.create_task(subject.enter("lists")) for _ in range(3)]
    await settle()
    if place == 1:
        # The first leads; the second is told that it leads now, and gives up before it hears of it.
        waiting[0].cancel()
        await asyncio.sleep(0)
    else:
        subject.leave()
    waiting[place].cancel()
    await settle()
    assert waiting[place].cancelled()
    if place == 1:
        subject.leave()
    for task in waiting[place + 1 :]:
        async with asyncio.timeout(5):
            await task
        subject.leave()
    assert subject.at_once("lists") is not None


async def test_who_is_let_in_with_others_and_gives_up_leaves_its_slot(clock: FakeClock) -> None:
    subject = admission(clock, concurrency=2)
    for _ in range(2):
        await subject.enter("lists")
    waiting = [asyncio.create_task(subject.enter("lists")) for _ in range(3)]
    await settle()
    subject.leave()
    subject.leave()
    while not waiting[0].done():  # noqa: ASYNC110  who waits behind is let in with it, and has not heard yet
        await asyncio.sleep(0)
    waiting[1].cancel()
    async with asyncio.timeout(5):
        await waiting[2]
    assert waiting[1].cancelled()


async def test_all_who_wait_are_told_when_nothing_may_be_sent_any_more(clock: FakeClock) -> None:
    subject = admission(clock, concurrency=1)
    admitted = await subject.enter("lists")
    waiting = [asyncio.create_task(subject.enter("lists")) for _ in range(4)]
    await settle()
    admitted.failed(broken(VendorFailure))
    subject.leave()
    outcomes = await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [BreakerOpen] * 4
    clock.advance(3600)
    assert (await subject.enter("lists")).own_trial
    with pytest.raises(BreakerOpen):
        await subject.enter("lists")


async def test_a_trial_is_told_apart_also_from_those_who_wait(clock: FakeClock) -> None:
    subject = admission(clock, concurrency=2)
    first = await subject.enter("lists")
    first.failed(broken(VendorFailure))
    subject.leave()
    clock.advance(3600)
    trial = await subject.enter("lists")
    assert (trial.own_trial, trial.whole_trial) == (True, False)
    trial.succeeded(clock.monotonic())
    subject.leave()
    again = await subject.enter("lists")
    assert (again.own_trial, again.whole_trial) == (False, False)


class Crowd:
    """Calls that come, are answered, fail and are given up in any order."""

    def __init__(self, subject: Admission, clock: FakeClock) -> None:
        self.subject, self.clock = subject, clock
        self.calls = list[tuple[asyncio.Task[None], asyncio.Event]]()
        self.failing = set[int]()
        self.inside = 0

    async def call(self, number: int, answered: asyncio.Event) -> None:
        admitted = await self.subject.enter(f"e{number % 2}")
        self.inside += 1
        assert self.inside <= self.subject.concurrency
        try:
            await answered.wait()
            if number in self.failing:
                admitted.failed(broken(VendorFailure))
            else:
                admitted.succeeded(self.clock.monotonic())
        except asyncio.CancelledError:
            admitted.withdrawn()
            raise
        finally:
            self.inside -= 1
            self.subject.leave()

    def does(self, step: str, number: int) -> None:
        if step == "enter":
            answered = asyncio.Event()
            self.calls.append((asyncio.create_task(self.call(len(self.calls), answered)), answered))
            return
        task, answered = self.calls[number % len(self.calls)]
        if step == "fail":
            self.failing.add(number % len(self.calls))
        elif step == "answer":
            answered.set()
        else:
            task.cancel()

    async def end(self) -> None:
        for _, answered in self.calls:
            answered.set()
        async with asyncio.timeout(5):
            outcomes = await asyncio.gather(*(task for task, _ in self.calls), return_exceptions=True)
        expected = (type(None), asyncio.CancelledError, BreakerOpen, BudgetExhausted)
        assert [outcome for outcome in outcomes if not isinstance(outcome, expected)] == []


STEPS = ["enter", "enter", "answer", "answer", "cancel", "turn", "turn", "fail", "later"]


async def played(subject: Admission, clock: FakeClock, steps: list[tuple[str, int]]) -> None:
    crowd = Crowd(subject, clock)
    for step, number in steps:
        if step == "turn":
            await asyncio.sleep(0)
        elif step == "later":
            clock.advance(number * 10)
        elif crowd.calls or step == "enter":
            crowd.does(step, number)
    await crowd.end()


@settings(deadline=None)
@given(
    concurrency=st.integers(1, 3),
    per_day=st.none() | st.integers(1, 12),
    steps=st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 30)), max_size=80),
)
def test_no_slot_is_lost_and_none_is_made(
    concurrency: int, per_day: int | None, steps: list[tuple[str, int]]
) -> None:
    async def play() -> None:
        clock = FakeClock()
        subject = admission(clock, concurrency, BudgetPolicy(per_second=2, burst=2, per_day=per_day))
        await played(subject, clock, steps)
        assert all(per_day is None or state.used <= per_day for state in subject.budget_states())
        for number in range(concurrency):
            await subject.enter(f"x{number}")
        assert subject.at_once("another") is None

    asyncio.run(play())
