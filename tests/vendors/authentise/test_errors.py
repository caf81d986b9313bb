"""Error bodies and codes, and what they mean."""

from datetime import UTC, datetime

import pytest

from floorgraph.vendors.authentise.errors import cooldown, failure_of, is_login_trouble
from floorgraph.vendors.failures import (
    AuthRequired,
    BadRequest,
    Conflict,
    Forbidden,
    NotFound,
    RateLimited,
    SourceFailure,
    Unsupported,
    VendorFailure,
)
from floorgraph.vendors.http import Reply


def reply(status: int, body: bytes = b"", **headers: str) -> Reply:
    return Reply(
        source="am",
        endpoint="run",
        status=status,
        headers={name.replace("_", "-"): value for name, value in headers.items()},
        body=body,
        elapsed=0.0,
        received_at=datetime(2026, 3, 2, tzinfo=UTC),
    )


def errors(code: str, title: str = "what is wrong") -> bytes:
    return f'{{"errors": [{{"code": "{code}", "title": "{title}"}}]}}'.encode()


HTML = b"<!doctype html><title>405 Method Not Allowed</title>"


@pytest.mark.parametrize(
    ("status", "body", "meaning"),
    [
        (400, errors("invalid-filter-property"), BadRequest),
        (400, errors("not-well-formed-authorization-header"), AuthRequired),
        (401, b"", AuthRequired),
        (403, errors("invalid-session-provided"), AuthRequired),
        (403, errors("no-credentials-provided"), AuthRequired),
        (403, errors("unauthorized"), AuthRequired),
        (403, errors("Unauthorized"), Forbidden),
        (403, b"", Forbidden),
        (404, HTML, NotFound),
        (404, errors("resource-not-found"), NotFound),
        (405, HTML, Unsupported),
        (405, errors("invalid-method"), Unsupported),
        (409, errors("InvalidTransition"), Conflict),
        (429, errors("rate-limited"), RateLimited),
        (500, errors("app-error"), VendorFailure),
        (503, b"", VendorFailure),
    ],
)
def test_status_and_code_together_decide(status: int, body: bytes, meaning: type[SourceFailure]) -> None:
    failure = failure_of(reply(status, body))
    assert type(failure) is meaning


def test_success_is_no_failure() -> None:
    assert failure_of(reply(204)) is None


def test_the_vendors_code_and_title_are_told() -> None:
    failure = failure_of(reply(400, errors("invalid-filter-value", "'x' is no choice")))
    assert failure is not None
    assert failure.vendor_code == "invalid-filter-value"
    assert "'x' is no choice" in str(failure)


@pytest.mark.parametrize("body", [b"[]", b'{"errors": []}', b'{"errors": [7]}', b'{"errors": null}', b"\xff"])
def test_a_body_of_another_shape_says_nothing(body: bytes) -> None:
    failure = failure_of(reply(400, body))
    assert type(failure) is BadRequest
    assert failure.vendor_code is None


def test_cooldown_says_how_long_to_wait() -> None:
    failure = failure_of(reply(429, errors("rate-limited"), cooldown="7.5"))
    assert failure is not None
    assert failure.retry_after == 7.5


def test_retry_after_is_read_where_there_is_no_cooldown() -> None:
    assert cooldown(reply(503, retry_after="120")) == 120.0
    assert cooldown(reply(429, cooldown="soon", retry_after="3")) == 3.0
    assert cooldown(reply(429)) is None


def test_only_refused_credentials_are_worth_a_new_login() -> None:
    assert is_login_trouble(reply(403, errors("invalid-session-provided")))
    assert is_login_trouble(reply(401))
    assert not is_login_trouble(reply(403, errors("Unauthorized")))
    assert not is_login_trouble(reply(500, errors("unauthorized")))
