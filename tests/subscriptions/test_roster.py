from hypothesis import given
from hypothesis import strategies as st

from subscriptions.roster import Roster


def test_a_batch_goes_to_those_who_do_not_know_it_yet() -> None:
    roster: Roster[str] = Roster(told=10)
    roster.admit("early", 10)
    roster.admit("late", 12)
    assert roster.due(11) == ["early"]
    assert roster.due(12) == ["early"]
    assert roster.due(13) == ["early", "late"]


def test_who_falls_behind_leaves_with_the_position_up_to_which_it_has_everything() -> None:
    roster: Roster[str] = Roster(told=10)
    for name, floor in (("slow", 10), ("newcomer", 14), ("steady", 10)):
        roster.admit(name, floor)
    roster.sent(12)
    behind = roster.behind(roster.due(15), lambda name: name == "steady")
    assert behind == {"slow": 12, "newcomer": 14}
    assert roster.everybody() == ["steady"]


def test_who_left_meanwhile_does_not_fall_behind() -> None:
    roster: Roster[str] = Roster()
    roster.admit("gone", 0)
    due = roster.due(5)
    roster.leave("gone")
    roster.leave("gone")
    assert roster.behind(due, lambda _: False) == {}
    assert "gone" not in roster


def test_who_rides_is_seen_as_they_come_and_go() -> None:
    roster: Roster[str] = Roster()
    riding = roster.riding
    roster.admit("one", 0)
    assert "one" in riding
    roster.leave("one")
    assert "one" not in riding


steps = st.lists(
    st.tuples(st.sampled_from(["change", "send", "join", "block", "clear", "leave"]), st.integers(0, 4)),
    min_size=30,
    max_size=80,
)


@given(steps)
def test_whatever_happens_riders_get_each_batch_once_and_leave_without_a_gap(  # noqa: C901
    found: list[tuple[str, int]],
) -> None:
    """What each member was sent, batch by batch, covers exactly the changes between joining and leaving."""
    roster: Roster[int] = Roster()
    now = taken = 0
    blocked: set[int] = set()
    covered: dict[int, int] = {}
    for word, number in found:
        if word == "change":
            now += 1
        elif word == "join" and taken == now and number not in roster:
            # As the engine admits: only when nothing waits to be sent.
            roster.admit(number, now)
            covered[number] = now
        elif word == "leave":
            roster.leave(number)
        elif word == "block":
            blocked.add(number)
        elif word == "clear":
            blocked.discard(number)
        elif word == "send" and now > taken:
            before, taken = taken, now
            due = roster.due(taken)
            for member, position in roster.behind(due, lambda member: member not in blocked).items():
                assert covered.pop(member) == position
            roster.sent(taken)
            for member in due:
                if member in roster:
                    assert covered[member] == before
                    covered[member] = taken
    for member in roster.everybody():
        assert covered[member] == taken
