"""Repair of CWork's hand-built JSON: the faults of the vendor's own document, and the limits of mending."""

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from floorgraph.vendors.cwork.repair import repair, salvage, salvage_list

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.floats(-1e9, 1e9) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)

# The faults as the vendor's document shows them, shortened to the fields around the fault.
DOCUMENTED = {
    "users without a telephone": (
        (
            '[\n  {\n    "Handle": 1,\n    "Phone": ,\n    "Visible": false\n  },\n'
            '  {"Handle": 4, "Phone": ,\n "GroupID": 1}\n]'
        ),
        [{"Handle": 1, "Phone": None, "Visible": False}, {"Handle": 4, "Phone": None, "GroupID": 1}],
        ("empty value",),
    ),
    "running programs": (
        '[{"Name" : "PGM0014",\n "EndDate" : "2018-08-29T11:31:19.000Z",\n }\n]',
        [{"Name": "PGM0014", "EndDate": "2018-08-29T11:31:19.000Z"}],
        ("surplus comma",),
    ),
    "alarms": (
        '[{"Code" : "0060", "EndDate" : "2018-08-29T11:31:19.000Z",\n },\n {"Code" : "5010",\n }\n]',
        [{"Code": "0060", "EndDate": "2018-08-29T11:31:19.000Z"}, {"Code": "5010"}],
        ("surplus comma",),
    ),
    "sending a program": (
        '{\n "Override": true,\n "DestinationFolderMode": override\n}',
        {"Override": True, "DestinationFolderMode": "override"},
        ("bare word",),
    ),
    "a live status": (
        (
            '{"State": {"Handle": 2,\n "UsePercent": true\n        sss},\n'
            ' "LastTop": "2015-10-29T16:58:00.000+01:00"}'
        ),
        {"State": {"Handle": 2, "UsePercent": True}, "LastTop": "2015-10-29T16:58:00.000+01:00"},
        ("stray text",),
    ),
    "documents": (
        '{"Has_more": false, "Documents": [{"Folder": "random-folder\\",\n "StationId": 17}]}',
        {"Has_more": False, "Documents": [{"Folder": "random-folder\\", "StationId": 17}]},
        ("lone backslash",),
    ),
    "certifying": (
        '{\n    {\n      "NewStatus":"VALIDATED",\n      "VersionId":45 // Contains the version\n      }\n}',
        {"NewStatus": "VALIDATED", "VersionId": 45},
        ("surplus bracket", "comment"),
    ),
    "operations": (
        '[{"OperationId": 3, "CycleTime": 1200\n },\n  ]',
        [{"OperationId": 3, "CycleTime": 1200}],
        ("surplus comma",),
    ),
    "an operation": ('[\n {"OperationId": 2},\n\n]\n', [{"OperationId": 2}], ("surplus comma",)),
}

MORE = [
    ('{"a": "x\\"}', {"a": "x\\"}, ("lone backslash",)),
    ('{"a":"x\\","b":1}', {"a": "x\\", "b": 1}, ("lone backslash",)),
    ('{"a": "say \\"hi\\"", "b": }', {"a": 'say "hi"', "b": None}, ("empty value",)),
    ('{"a": "jobs\\sub"}', {"a": "jobs\\sub"}, ("lone backslash",)),
    ('["g\\"]', ["g\\"], ("lone backslash",)),
    ('{"a": "two\nlines\tand a tab"}', {"a": "two\nlines\tand a tab"}, ("control character",)),
    ('{"a": 1}}', {"a": 1}, ("surplus bracket",)),
    ('{"a": 1}]', {"a": 1}, ("surplus bracket",)),
    ('{"a": 1} done', {"a": 1}, ("stray text",)),
    ('{"a": NaN, "b": -Infinity}', {"a": None, "b": None}, ("bare word",)),
    ('{"a": 0070, "b": True}', {"a": "0070", "b": "True"}, ("bare word",)),
    ('{"a": first part, "b": 2}', {"a": "first part", "b": 2}, ("bare word",)),
    ("{Handle: 1}", {"Handle": 1}, ("bare word",)),
    ('{"a": true sss}', {"a": True}, ("stray text",)),
    ("[1,,2,]", [1, 2], ("surplus comma",)),
    ('{"a": // nothing\n}', {"a": None}, ("comment", "empty value")),
    (
        '{"url": "http://host//x", "b": ,}',
        {"url": "http://host//x", "b": None},
        ("empty value", "surplus comma"),
    ),
    ('{"a": "\\u00e9\\n", "b": }', {"a": "é\n", "b": None}, ("empty value",)),
]

HOPELESS = [
    "",
    "OK",
    "<html></html>",
    '{"a": "He said "hi" there"}',
    '{"a": "never closed}',
    '{"a": 1 "b": 2}',
    '{"a" "b"}',
    '{"a"}',
    '{"a": 1',
    "[1, 2",
    "[1}",
    '{"a": [1, 2}',
    '{"a": 1} {"b": 2}',
    ",",
    ":",
    "}",
    '{"a": 1, sss: }x"',
]


@pytest.mark.parametrize("name", DOCUMENTED)
def test_mends_every_fault_of_the_vendors_document(name: str) -> None:
    text, expected, repairs = DOCUMENTED[name]
    with pytest.raises(json.JSONDecodeError):
        json.loads(text)
    mended, names = repair(text)
    assert json.loads(mended) == expected
    assert names == repairs


@pytest.mark.parametrize(("text", "expected", "repairs"), MORE)
def test_mends(text: str, expected: Any, repairs: tuple[str, ...]) -> None:
    mended, names = repair(text)
    assert json.loads(mended) == expected
    assert names == repairs


@pytest.mark.parametrize("text", HOPELESS)
def test_what_would_have_to_be_guessed_is_given_back_as_it_is(text: str) -> None:
    assert repair(text) == (text, ())


@given(VALUES, st.booleans())
@example('a "},"', False)
@example("//", True)
@example("\\", False)
def test_valid_json_is_given_back_as_it_is(value: object, indented: bool) -> None:
    text = json.dumps(value, indent=2 if indented else None, ensure_ascii=False)
    assert repair(text) == (text, ())


@given(VALUES, st.sampled_from([" // note\n", "", " sss"]))
def test_a_document_with_a_fault_at_its_end_keeps_its_value(value: object, fault: str) -> None:
    mended, _ = repair(json.dumps([value]) + fault + "]")
    assert json.loads(mended) == [value]


@given(st.text(alphabet='{}[]",:\\/ \nan1.-eé\x00', max_size=60))
def test_never_raises_and_what_it_mends_is_json(text: str) -> None:
    mended, names = repair(text)
    if names:
        json.loads(mended)
    else:
        assert mended == text
    salvage(text)


@pytest.mark.parametrize(
    "unit",
    ["[", "{", '"', "\\", '\\"', ",", "//", '{"a":', '"\\" ,', "x ", '"\\",    ', "}", '{"a":"\\"},', " "],
)
def test_fifty_thousand_of_the_same_is_done_in_one_go(unit: str) -> None:
    """Work that grows with the square of the length would not come to an end here."""
    text = "[" + unit * 50_000 + "!"
    mended, names = repair(text)
    assert names or mended == text
    salvage(text)


def test_deep_nesting_is_no_trouble() -> None:
    text = "[" * 50_000 + "]" * 50_000 + "x"
    mended, names = repair(text)
    assert names == ("stray text",)
    assert mended == "[" * 50_000 + "]" * 50_000


BROKEN = '{"Handle": 2, "Name": "He said "hi" there"}'


@pytest.mark.parametrize("place", [0, 1, 2])
@pytest.mark.parametrize("comma", [",", " ,\n  "])
def test_one_broken_record_never_costs_its_list(place: int, comma: str) -> None:
    records = [
        '{"Handle": 1, "State": {"Handle": 4}}',
        '{"Handle": 3, "Alarms": [{"Code": "1"}, {"Code": "2"}]}',
    ]
    records.insert(place, BROKEN)
    found, lost = salvage_list("[" + comma.join(records) + "]")
    assert [record["Handle"] for record in found] == [1, 3]
    assert [fragment.rstrip(" ,\n]") for fragment in lost] == [BROKEN.rstrip("]")]


@pytest.mark.parametrize(
    "broken",
    ['{"Handle": 2, "Name": "no end}', '{"Handle": 2, "A": [1, {"B": 2}', '{"Handle" 2}', '{"Handle": 2'],
)
def test_a_record_without_an_end_costs_only_itself(broken: str) -> None:
    found, lost = salvage_list(f'[{{"Handle": 1}}, {broken}, {{"Handle": 3}}]')
    handles = [record["Handle"] for record in found]
    assert handles in ([1, 3], [3]), "a record whose first field is broken may take the one before with it"
    assert len(lost) == 1


def test_records_are_mended_one_by_one() -> None:
    found, lost = salvage_list(f'[{{"Handle": 1, "Phone": ,}}, {BROKEN}]')
    assert found == [{"Handle": 1, "Phone": None}]
    assert len(lost) == 1


def test_a_wrapped_list_keeps_its_paging() -> None:
    saved = salvage('{"Has_more": true, "Documents": [{"DocumentId": 1}, {"DocumentId": 2, "F": "a"b"}]}')
    assert saved is not None
    value, lost = saved
    assert value == {"Documents": [{"DocumentId": 1}], "Has_more": True}
    assert len(lost) == 1


def test_fragments_are_short() -> None:
    _, lost = salvage_list('[{"Handle": 1}, {"Handle": 2, "Name": "a"b" ' + "x" * 10_000 + "}]")
    assert [len(fragment) for fragment in lost] == [200]


@pytest.mark.parametrize("text", ["", "OK", "[]", "[1, 2", '{"a": 1', BROKEN, f"[{BROKEN}]"])
def test_nothing_to_save(text: str) -> None:
    assert salvage(text) is None


@given(
    st.lists(st.fixed_dictionaries({"Handle": st.integers(0, 99), "Name": VALUES}), min_size=1, max_size=8)
)
def test_salvage_of_a_sound_list_is_the_list(records: list[dict[str, Any]]) -> None:
    assert salvage_list(json.dumps(records)) == (records, [])
