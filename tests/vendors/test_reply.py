"""What an answer means: statuses, times to wait, and texts that give nothing away."""

from datetime import UTC, datetime

import httpx2
import pytest

from floorgraph.vendors.failures import (
    AuthRequired,
    BadRequest,
    Conflict,
    Forbidden,
    Malformed,
    NotFound,
    RateLimited,
    SourceFailure,
    TimedOut,
    Unsupported,
    VendorFailure,
)
from floorgraph.vendors.http import Reply

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def reply(status: int = 200, body: bytes = b"", secrets: tuple[str, ...] = (), **headers: str) -> Reply:
    return Reply(
        source="north",
        endpoint="stations",
        status=status,
        headers=httpx2.Headers({name.replace("_", "-"): value for name, value in headers.items()}),
        body=body,
        elapsed=0.1,
        received_at=NOON,
        secrets=secrets,
    )


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (401, AuthRequired),
        (403, Forbidden),
        (404, NotFound),
        (410, NotFound),
        (405, Unsupported),
        (501, Unsupported),
        (408, TimedOut),
        (504, TimedOut),
        (409, Conflict),
        (429, RateLimited),
        (400, BadRequest),
        (422, BadRequest),
        (418, BadRequest),
        (500, VendorFailure),
        (502, VendorFailure),
        (503, VendorFailure),
        (599, VendorFailure),
        (304, Malformed),
    ],
)
def test_statuses(status: int, kind: type[SourceFailure]) -> None:
    failure = reply(status).failure()
    assert type(failure) is kind
    assert str(failure).startswith(f"north: stations: HTTP {status}")
    assert (failure.source, failure.endpoint) == ("north", "stations")
    assert not reply(status).ok


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("30", 30.0),
        (" 1.5 ", 1.5),
        ("-5", -5.0),
        ("1000000000", 1e9),
        ("9" * 400, None),
        ("1e9", None),
        ("soon", None),
        ("", None),
        ("nan", None),
        ("Mon, 02 Mar 2026 12:01:00 GMT", 60.0),
        ("Mon, 99 Mar 2026 12:01:00 GMT", None),
    ],
)
def test_times_to_wait(header: str, seconds: float | None) -> None:
    answer = reply(429, retry_after=header)
    assert answer.retry_after == seconds
    assert answer.failure().retry_after == seconds


def test_a_time_to_wait_that_cannot_be_read_is_told() -> None:
    assert str(reply(429, retry_after="soon").failure()).endswith(
        "when to try again cannot be read from 'soon'"
    )
    assert len(str(reply(429, retry_after="9" * 400).failure())) < 200
    assert "cannot be read" not in str(reply(429, retry_after="30").failure())


def test_a_date_to_wait_for_is_relative_to_the_servers_own_clock() -> None:
    skewed = reply(429, retry_after="Mon, 02 Mar 2026 15:00:30 GMT", date="Mon, 02 Mar 2026 15:00:00 GMT")
    assert skewed.retry_after == 30.0
    assert skewed.clock_skew == 3 * 3600


@pytest.mark.parametrize("header", ["", "yesterday", "Mon, 02 Mar 2026", "0"])
def test_unreadable_dates_are_none(header: str) -> None:
    assert reply(date=header).date is None
    assert reply(date=header).clock_skew is None
    assert reply().date is None


def test_texts_repeat_no_credentials_and_nothing_invisible() -> None:
    body = b'{"key": "s3cr3t-key", "Authorization": "Basic abc123", "token=xyz" \x1b[31m\x00 ' + b"y" * 500
    answer = reply(500, body, secrets=("s3cr3t-key",))
    text = str(answer.failure())
    for hidden in ("s3cr3t-key", "abc123", "xyz", "\x1b", "\x00"):
        assert hidden not in text
    assert len(answer.excerpt()) == 200
    assert "s3cr3t" not in repr(answer)


def test_a_secret_across_the_cut_is_hidden_whole() -> None:
    answer = reply(500, b"x" * 195 + b"s3cr3t-key", secrets=("s3cr3t-key",))
    assert answer.excerpt() == "x" * 195 + "***"


async def test_json_that_cannot_be_read_is_malformed() -> None:
    with pytest.raises(Malformed) as raised:
        await reply(200, b"<html><title>Login</title></html>", content_type="text/html").json()
    assert "HTML" in raised.value.detail
    assert "Login" in raised.value.detail


async def test_json() -> None:
    assert (await reply(200, b'{"a": 1}').json()).value == {"a": 1}


@pytest.mark.parametrize(
    ("body", "text"),
    [(b"G01 X\xe9", "G01 Xé"), ("é".encode(), "é"), (b"\xef\xbb\xbfG0", "G0"), (b"\x81", "�")],
)
def test_plain_text(body: bytes, text: str) -> None:
    assert reply(body=body).text() == text


def test_an_adapter_may_say_what_it_means() -> None:
    failure = reply(200, retry_after="7").failing(RateLimited, "busy", "4000")
    assert (failure.vendor_code, failure.retry_after, failure.detail) == ("4000", 7.0, "busy")
