"""From bytes to values: what is read, what is refused, and why."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from floorgraph.vendors.jsontext import Decoded, NotJson, decode


def no_quotes(text: str) -> tuple[str, tuple[str, ...]]:
    return (text.replace("'", '"'), ("quotes",)) if "'" in text else (text, ())


READ: list[tuple[bytes, str | None, Any, tuple[str, ...]]] = [
    (b'{"a": 1, "a": 2}', None, {"a": 2}, ()),
    (b" [1]\r\n", None, [1], ()),
    (b"null", None, None, ()),
    (b"123456789012345678901234567890", None, 123456789012345678901234567890, ()),
    ('"é"'.encode(), None, "é", ()),
    ('"é"'.encode(), "application/json; charset=iso-8859-1", "é", ()),
    (b"\xef\xbb\xbf[1]", None, [1], ("byte order mark",)),
    ('["é"]'.encode("utf-16"), None, ["é"], ("byte order mark",)),
    (b'"Fr\xe4se"', None, "Fräse", ("character set",)),
    (b'"Fr\xe4se \x80"', "application/json; charset=cp1252", "Fräse €", ("character set",)),
    (b'"\xcf\xf0"', 'text/json; charset="windows-1251"', "Пр", ("character set",)),
    (b'"\xe4"', "text/json; charset=utf-8", "ä", ("character set",)),
    (b'"\xe4"', "text/json; charset=no-such-thing", "ä", ("character set",)),
    (b'"\xe4"', "text/json; charset=rot13", "ä", ("character set",)),
    (b'"\x81"', None, "\x81", ("character set",)),
]

REFUSED = [
    (b"", "empty"),
    (b" \r\n\t", "empty"),
    (b"<!DOCTYPE html><html></html>", "HTML"),
    (b"\xef\xbb\xbf  <html>", "HTML"),
    (b"<html>\xe4</html>", "HTML"),
    (b"[NaN]", "not JSON"),
    (b"[Infinity]", "not JSON"),
    (b"[-Infinity]", "not JSON"),
    (b"[1e999]", "not JSON"),
    (b'["a\nb"]', "not JSON"),
    (b'["\\ud800"]', "not JSON"),
    (b"[1] [2]", "not JSON"),
    (b"[1,", "not JSON"),
    (b"OK", "not JSON"),
    (b"[01]", "not JSON"),
    (b"[" * 10_000 + b"]" * 10_000, "deep"),
    (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, "deep"),
    (b"[" * 101 + b"]" * 101, "deep"),
]


@pytest.mark.parametrize(("body", "content_type", "value", "repairs"), READ)
def test_reads(body: bytes, content_type: str | None, value: Any, repairs: tuple[str, ...]) -> None:
    assert decode(body, content_type) == Decoded(value, repairs)


@pytest.mark.parametrize(("body", "reason"), REFUSED)
def test_refuses(body: bytes, reason: str) -> None:
    with pytest.raises(NotJson, match=reason):
        decode(body)


def test_a_character_set_that_makes_half_characters_is_no_way_in() -> None:
    with pytest.raises(NotJson):
        decode(b'["\\ud800\xe4"', "text/json; charset=unicode_escape", no_quotes)


def test_the_reason_does_not_quote_the_body() -> None:
    with pytest.raises(NotJson) as raised:
        decode(b'{"password": s3cret}')
    assert "s3cret" not in str(raised.value)


def test_depth_is_counted_exactly() -> None:
    assert decode(b"[" * 100 + b"]" * 100).value
    text = json.dumps(["[" * 500, "{" * 500])
    assert decode(text.encode()).value == json.loads(text), "brackets within strings are no nesting"


def test_a_repair_is_tried_only_when_needed_and_named() -> None:
    assert decode(b'["it\'s"]', repair=no_quotes).repairs == ()
    assert decode(b"['a']", repair=no_quotes) == Decoded(["a"], ("quotes",))
    assert decode(b"['\xe4']", repair=no_quotes) == Decoded(["ä"], ("character set", "quotes"))
    with pytest.raises(NotJson, match="not JSON"):
        decode(b"['a'", repair=no_quotes)
    with pytest.raises(NotJson, match="deep"):
        decode(b"['a'," + b"[" * 200 + b"]" * 201, repair=no_quotes)


def test_what_cannot_be_mended_is_salvaged() -> None:
    saved = decode(b"['a", repair=no_quotes, salvage=lambda _text: ([1], ("'a",)))
    assert saved == Decoded([1], ("salvage",), ("'a",))
    with pytest.raises(NotJson):
        decode(b"['a", repair=no_quotes, salvage=lambda _text: None)


@given(st.binary(max_size=200))
def test_every_body_is_read_or_refused(body: bytes) -> None:
    try:
        decoded = decode(body)
    except NotJson:
        return
    json.dumps(decoded.value)
