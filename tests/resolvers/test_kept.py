"""What is kept for when it comes again, and how much of it."""

from graphql import parse

from resolvers.kept import Kept, weight_of


def test_only_the_last_used_are_kept() -> None:
    kept: Kept[int, str] = Kept(2)
    kept.put(1, "a")
    kept.put(2, "b")
    assert kept.get(1) == "a"
    kept.put(3, "c")
    assert (kept.get(1), kept.get(2), kept.get(3)) == ("a", None, "c")
    assert (len(kept), kept.weight) == (2, 2)


def test_what_is_asked_for_again_is_made_once() -> None:
    kept: Kept[int, int] = Kept(2)
    for number in (1, 2, 1, 3):
        kept.made(number, lambda number=number: number * 10)  # type: ignore[misc]
    assert (1 in kept, 2 in kept, 3 in kept) == (True, False, True)
    assert kept.made(1, lambda: 0) == 10


def test_heavy_values_take_the_place_of_several() -> None:
    kept: Kept[str, str] = Kept(100, heaviest=10)
    for name, weight in (("a", 4), ("b", 4), ("c", 2), ("d", 7)):
        kept.put(name, name.upper(), weight)
    assert [name for name in "abcd" if name in kept] == ["c", "d"]
    assert kept.weight == 9
    assert kept.put("e", "E", 11) == "E"
    assert [name for name in "cde" if name in kept] == ["c", "d"]


def test_a_value_in_place_of_another_weighs_what_it_weighs() -> None:
    kept: Kept[str, int] = Kept(100, heaviest=10)
    kept.put("a", 1, 6)
    kept.put("a", 2, 8)
    assert (kept.get("a"), kept.weight) == (2, 8)
    kept.put("a", 3, 11)
    assert (kept.get("a"), kept.weight) == (None, 0)
    kept.drop("a")
    assert kept.weight == 0


def test_documents_weigh_by_text_and_tokens() -> None:
    short, remark = parse("{ a }"), parse("{ a }" + " " * 1000)
    assert weight_of(remark) - weight_of(short) == 1000
    assert weight_of(parse("{ a b c d }")) > weight_of(remark)
