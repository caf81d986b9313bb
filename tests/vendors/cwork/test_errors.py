"""CWork's error codes, in all the shapes that an error body may have."""

import json
from datetime import UTC, datetime

import pytest

from floorgraph.simulators.cwork.errors import MESSAGES
from floorgraph.vendors.cwork.errors import MEANINGS, failure_of
from floorgraph.vendors.failures import (
    AuthRequired,
    BadRequest,
    Conflict,
    Forbidden,
    NotApplicable,
    NotFound,
    OutcomeUnknown,
    RateLimited,
    SourceFailure,
    Unsupported,
    VendorFailure,
)
from floorgraph.vendors.http import Reply

EXPECTED: dict[type[SourceFailure], set[int]] = {
    Forbidden: {1001, 3001},
    Unsupported: {1002, 1003, 1006, 1008},
    BadRequest: {
        *(1004, 1005, 1007, 1009, 1010, 1011),
        *(2005, 2006, 2010, 2011, 2014, 2015, 2017, 2019, 2021),
    },
    VendorFailure: {1012, 2016, 2024, 2025, 4000},
    NotApplicable: {1013, 2007},
    NotFound: {2001, 2002, 2003, 2004, 2008, 2009, 2013, 2018},
    Conflict: {2012, 2020},
    OutcomeUnknown: {2022, 2023},
}
CODES = [(code, failure) for failure, codes in EXPECTED.items() for code in sorted(codes)]


def reply(body: object, status: int = 400, **headers: str) -> Reply:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Reply(
        source="north",
        endpoint="statuses",
        status=status,
        headers=headers,
        body=content,
        elapsed=0.0,
        received_at=datetime(2026, 3, 2, tzinfo=UTC),
    )


def test_every_code_of_the_document_has_a_meaning() -> None:
    assert MEANINGS.keys() == MESSAGES.keys() == {code for code, _ in CODES}


@pytest.mark.parametrize(("code", "expected"), CODES)
def test_code(code: int, expected: type[SourceFailure]) -> None:
    message = MESSAGES[code].replace("%s", "1")
    shapes: list[object] = [
        {"ErrorCode": code, "Message": message},
        {"Error": str(code), "Description": message},
        {"code": str(code), "message": message},
        {"error": {"code": code, "message": message}},
        [{"Code": code, "Message": message}],
        {"Message": message, "error": f" {code} "},
        f"{code}: {message}".encode(),
        f"Error {code}".encode(),
        f"CWork says: error code {code}.".encode(),
        message.encode(),
        json.dumps(message).encode(),
        f"<html><body>{message}</body></html>".encode(),
    ]
    for body in shapes:
        for status in (400, 404, 500):
            found = failure_of(reply(body, status))
            assert type(found) is expected, (body, status)
            assert found.vendor_code == str(code)
            assert found.endpoint == "statuses"


@pytest.mark.parametrize(("code", "expected"), CODES)
def test_code_in_an_answer_that_claims_success(code: int, expected: type[SourceFailure]) -> None:
    for body in (
        {"ErrorCode": code, "Message": MESSAGES[code]},
        f"{code}: {MESSAGES[code].replace('%s', '1')}".encode(),
    ):
        assert type(failure_of(reply(body, 200))) is expected, body


@pytest.mark.parametrize(
    "body",
    [
        [{"Code": "1012", "Message": "SPINDLE", "StartDate": "2018-08-28T08:06:20.000Z"}],
        [{"Code": "2005", "Message": "DOOR"}],
        {"Handle": 2003, "Name": "Error"},
        {"message": "FTP"},
        {"Code": "1", "Message": "none of CWork's codes"},
        {"Has_more": False, "Documents": []},
        [],
        {},
        b"",
        b"N1001 G00 X2004",
        b"1001",
    ],
)
def test_an_ordinary_answer_is_no_failure(body: object) -> None:
    assert failure_of(reply(body, 200)) is None


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (400, BadRequest),
        (401, AuthRequired),
        (403, Forbidden),
        (404, NotFound),
        (405, Unsupported),
        (409, Conflict),
        (429, RateLimited),
        (500, VendorFailure),
        (503, VendorFailure),
    ],
)
def test_without_a_code_the_status_decides(status: int, expected: type[SourceFailure]) -> None:
    for body in (b"", b"Something went wrong", b"<html>(c) 2024 Example</html>", {"detail": "no"}):
        found = failure_of(reply(body, status))
        assert type(found) is expected
        assert found.vendor_code is None


@pytest.mark.parametrize("text", [b"failed on 2024-03-01", b"at 12:2021:00", b"see /2023/", b"took 1004.5 s"])
def test_dates_and_measures_are_no_codes(text: bytes) -> None:
    found = failure_of(reply(text, 500))
    assert found is not None
    assert found.vendor_code is None


def test_a_refused_key_and_a_request_to_wait_keep_their_meaning() -> None:
    refused = failure_of(reply({"ErrorCode": 1001}, 401))
    assert isinstance(refused, AuthRequired)
    assert refused.vendor_code == "1001"
    limited = failure_of(reply({"ErrorCode": 4000}, 429, **{"retry-after": "30"}))
    assert isinstance(limited, RateLimited)
    assert limited.retry_after == 30.0


def test_a_deeply_nested_body_is_no_problem() -> None:
    assert isinstance(failure_of(reply(b"[" * 1500 + b"]" * 400, 500)), VendorFailure)
