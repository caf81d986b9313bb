"""Long lists are sorted by what they lead to in steps (pure)."""

from datetime import UTC, datetime

from floorgraph.vendors.authentise.archive import links_in
from floorgraph.vendors.authentise.links import Ref
from floorgraph.vendors.authentise.shelf import PER_STEP, Shelf
from floorgraph.vendors.gate import Freshness
from floorgraph.vendors.turns import at_once

NOW = datetime(2026, 3, 2, tzinfo=UTC)
COUNT = 10 * PER_STEP


def uuid(number: int) -> str:
    return f"{number:08x}-0000-4000-8000-000000000000"


def shelf() -> Shelf:
    found = Shelf("piece", 10.0)
    put(found, range(COUNT), run=0)
    return found


def put(to: Shelf, numbers: range, *, run: int) -> None:
    payloads = [{"uri": f"/piece/{uuid(number)}/", "run": f"/run/{uuid(run)}/"} for number in numbers]
    to.put(payloads, NOW, 0.0, member=True)


def test_few_rows_are_sorted_between_two_chances_for_others() -> None:
    read: list[int] = []
    pieces = shelf()

    def links(row: object) -> list[Ref]:
        del row
        read.append(1)
        return []

    between: list[int] = []
    for _ in pieces.index("run", links):
        between.append(len(read) - sum(between))
    assert between == [PER_STEP] * 10


def test_it_is_made_once_until_something_changes() -> None:
    pieces = shelf()
    first = at_once(pieces.index("run", links_in("run")))
    assert len(first[Ref("run", uuid(0))]) == COUNT
    assert at_once(pieces.index("run", links_in("run"))) is first
    put(pieces, range(1), run=1)
    assert len(at_once(pieces.index("run", links_in("run")))[Ref("run", uuid(0))]) == COUNT - 1


def test_what_changes_meanwhile_is_found_the_next_time() -> None:
    pieces = shelf()
    steps = pieces.index("run", links_in("run"))
    next(steps)
    put(pieces, range(COUNT - 1, COUNT), run=1)
    at_once(steps)
    later = at_once(pieces.index("run", links_in("run")))
    assert len(later[Ref("run", uuid(0))]) == COUNT - 1
    assert len(later[Ref("run", uuid(1))]) == 1


def test_rows_that_are_taken_up_after_a_command_are_old_though_the_first_of_their_page_came_before() -> None:
    pieces = Shelf("piece", 10.0)
    payloads = [{"uri": f"/piece/{uuid(number)}/"} for number in range(4)]
    steps = pieces.putting(payloads, NOW, 100.0, pieces.epoch, member=True)
    next(steps)
    next(steps)
    pieces.outdate()
    assert len(at_once(steps)) == 4
    now = Freshness(max_age=5.0)
    assert [pieces.has(uuid(number), now, 101.0) for number in range(4)] == [False] * 4
    assert len(pieces.put(payloads, NOW, 100.0, member=True)) == 4
    assert [pieces.has(uuid(number), now, 101.0) for number in range(4)] == [True] * 4
