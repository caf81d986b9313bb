"""Seeded chance."""

from collections import Counter

from floorgraph.simulators.dice import Dice


def test_the_same_words_give_the_same_chance() -> None:
    assert [Dice("a", 1).roll() for _ in range(3)] == [Dice("a", 1).roll()] * 3
    one, two = Dice("a", 1), Dice("a", 1)
    assert [one.roll() for _ in range(100)] == [two.roll() for _ in range(100)]
    assert Dice("a", 1).roll() != Dice("a", 2).roll()
    assert Dice("a", 11).roll() != Dice("a1", 1).roll()


def test_the_numbers_do_not_depend_on_the_machine() -> None:
    dice = Dice("known")
    assert [round(dice.roll(), 6) for _ in range(3)] == [0.519856, 0.540414, 0.618595]


def test_everything_in_range_comes_up() -> None:
    dice = Dice("range")
    assert {dice.whole(3, 5) for _ in range(200)} == {3, 4, 5}
    assert all(1.0 <= dice.between(1.0, 2.0) < 2.0 for _ in range(200))
    assert {dice.pick("abc") for _ in range(200)} == set("abc")


def test_weights_count() -> None:
    dice = Dice("weights")
    found = Counter(dice.weighted([("often", 9.0), ("seldom", 1.0), ("never", 0.0)]) for _ in range(1000))
    assert found["often"] > 5 * found["seldom"] > 0
    assert "never" not in found
