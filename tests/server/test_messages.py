"""What clients may send over a websocket."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floorgraph.server.messages import fault

GOOD = [
    {"type": "connection_init"},
    {"type": "connection_init", "payload": None},
    {"type": "connection_init", "payload": {"token": "x"}},
    {"type": "ping"},
    {"type": "pong", "payload": {}},
    {"type": "complete", "id": "1"},
    {"type": "subscribe", "id": "1", "payload": {"query": "{ sources { key } }"}},
    {
        "type": "subscribe",
        "id": "1",
        "payload": {"query": "", "variables": None, "operationName": None, "extensions": None},
    },
]
BAD = [
    [],
    1,
    None,
    "x",
    {},
    {"type": 1},
    {"type": "start", "id": "1"},
    {"type": "connection_init", "payload": []},
    {"type": "ping", "payload": "x"},
    {"type": "complete"},
    {"type": "complete", "id": 1},
    {"type": "complete", "id": ""},
    {"type": "subscribe", "id": ["1"], "payload": {"query": ""}},
    {"type": "subscribe", "id": "1"},
    {"type": "subscribe", "id": "1", "payload": None},
    {"type": "subscribe", "id": "1", "payload": {"query": 1}},
    {"type": "subscribe", "id": "1", "payload": {"query": "", "variables": []}},
    {"type": "subscribe", "id": "1", "payload": {"query": "", "operationName": 1}},
    {"type": "subscribe", "id": "1", "payload": {"query": "", "extensions": "x"}},
    {"type": "subscribe", "id": "x" * 257, "payload": {"query": ""}},
]


@pytest.mark.parametrize("message", GOOD)
def test_well_formed_messages_pass(message: object) -> None:
    assert fault(message) is None


@pytest.mark.parametrize("message", BAD)
def test_malformed_messages_are_refused_in_words_that_fit_a_close_frame(message: object) -> None:
    reason = fault(message)
    assert reason is not None
    assert len(reason.encode()) <= 123


JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["type", "id", "payload", "query", "variables"]), inner, max_size=5)
    ),
    max_leaves=12,
)


@given(message=JSON)
def test_no_json_at_all_makes_the_check_fail(message: object) -> None:
    fault(message)
