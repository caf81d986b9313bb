"""Errors: CWork's own codes and what they mean here (vendor document, "Error codes").

The document never shows the shape of an error body: "an error code and a
human-readable message". So the code is looked for in the fields where one
would expect it, then in the words of the message, then anywhere in a short
text, and the HTTP status decides when there is none.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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
from floorgraph.vendors.jsontext import NotJson, strict


@dataclass(frozen=True, slots=True)
class Meaning:
    """What one of CWork's codes means; `needle` is a part of its message, in small letters."""

    failure: type[SourceFailure]
    needle: str
    text: str


MEANINGS: Mapping[int, Meaning] = {
    1001: Meaning(Forbidden, "function is not allowed", "a licence or right is missing for this function"),
    1002: Meaning(Unsupported, "is not available", "the server does not have this version of the API"),
    1003: Meaning(
        Unsupported,
        "no version selected",
        "the server did not see which API version is wanted; "
        "something on the way may change the Accept header",
    ),
    1004: Meaning(BadRequest, "bad request", "the server does not understand the request"),
    1005: Meaning(BadRequest, "must be a handle", "the server expects a handle here"),
    1006: Meaning(Unsupported, "function name is required", "the server does not know this function"),
    1007: Meaning(BadRequest, "handle is required", "the server expects a handle here"),
    1008: Meaning(Unsupported, "method not allowed", "the server does not allow this method here"),
    1009: Meaning(BadRequest, "missing required parameter", "a required parameter is missing"),
    1010: Meaning(BadRequest, "error in parameters", "a parameter is wrong"),
    1011: Meaning(BadRequest, "iso8601", "a date is not in the format of ISO 8601"),
    1012: Meaning(VendorFailure, "impossible to join", "CWork cannot reach its RemoteDNC engine"),
    1013: Meaning(NotApplicable, "not assigned to monitor", "the station is not monitored"),
    2001: Meaning(NotFound, "no jpg image", "the station has no picture"),
    2002: Meaning(NotFound, "no png image", "the station has no picture"),
    2003: Meaning(NotFound, "station is not available", "there is no such station"),
    2004: Meaning(NotFound, "ressource not found", "the server does not have this"),
    2005: Meaning(BadRequest, "state does not exist", "there is no such state"),
    2006: Meaning(BadRequest, "state is archived", "the state is archived"),
    2007: Meaning(NotApplicable, "not in mdc mode", "the station is not monitored"),
    2008: Meaning(NotFound, "no document found", "there is no such document"),
    2009: Meaning(NotFound, "no version found with this document", "the document has no such version"),
    2010: Meaning(BadRequest, "required fields have been omitted", "required fields are missing"),
    2011: Meaning(BadRequest, "reference field", "a document needs a reference"),
    2012: Meaning(Conflict, "document already exists", "the document exists already"),
    2013: Meaning(NotFound, "no version found with this version", "there is no such version"),
    2014: Meaning(BadRequest, "does not belong", "the version belongs to another document"),
    2015: Meaning(BadRequest, "exchange folder", "the file is not in the exchange folder"),
    2016: Meaning(VendorFailure, "while submitting", "the version could not be submitted"),
    2017: Meaning(BadRequest, "md5 differs", "the file's checksum is not the one that was sent along"),
    2018: Meaning(NotFound, "document not found", "there is no such document"),
    2019: Meaning(BadRequest, "extension not supported", "the station does not take files of this extension"),
    2020: Meaning(Conflict, "already assigned", "the station has this state already"),
    2021: Meaning(BadRequest, "station scenario", "the state is not among those of the station"),
    2022: Meaning(OutcomeUnknown, "timeout error", "the change of state took too long; it may have happened"),
    2023: Meaning(
        OutcomeUnknown, "conflict detected", "the change of state met another; it may have happened"
    ),
    2024: Meaning(VendorFailure, "send ressource", "sending failed"),
    2025: Meaning(VendorFailure, "remote deletion", "deleting on the machine failed"),
    3001: Meaning(Forbidden, "no license", "no licence of the API is active"),
    4000: Meaning(VendorFailure, "unexpected error", "CWork failed inside"),
}

WRONG_VERSION = frozenset({"1002", "1003"})
"""The version asked for is not the server's; the probe has to find it anew."""
NOT_ALLOWED = frozenset({"1001", "3001"})
"""A licence or right is missing for the function asked for."""
NOT_THERE = frozenset({"1006", "1008"})
"""The server's version does not have the function asked for."""

CODE_FIELDS = ("errorcode", "error_code", "error", "code", "errcode", "number")
LONGEST_TEXT = 2000
_FIRST = re.compile(r"\W{0,5}(?:error|code|err)?\W{0,5}([1-4]\d{3})\b", re.IGNORECASE)
_MARKED = re.compile(r"(?:error|code)\W{0,5}([1-4]\d{3})\b", re.IGNORECASE)
# Years look like codes (2021 to 2025), so a number inside a date is none.
_ANYWHERE = re.compile(r"(?<![\d/:.,-])([1-4]\d{3})(?!\.?\d|[/:,-])")


def failure_of(reply: Reply) -> SourceFailure | None:
    """The failure that an answer amounts to; None when it is none.

    A code in the body says more than the status, except that a refused key
    and a request to wait keep their own meaning. Answers with status 200
    count as errors only when they are nothing but a code and a message.
    """
    code = _code_of_success(reply) if reply.ok else _code_of_error(reply)
    if code is None:
        return None if reply.ok else reply.failure()
    meaning = MEANINGS[code]
    failure = meaning.failure
    if reply.status in (401, 429):
        failure = AuthRequired if reply.status == 401 else RateLimited
    return reply.failing(failure, f"{meaning.text} (error {code})", str(code))


def _code_of_success(reply: Reply) -> int | None:
    body = reply.body.strip()
    if len(body) > LONGEST_TEXT or not body:
        return None
    value = _json(body)
    if isinstance(value, dict):
        # Alarms have a Code too: they come in lists, and with a date.
        return _coded(value) if len(value) <= 4 and not {"StartDate", "Handle"} & value.keys() else None
    if value is not None:
        return None
    text = reply.text().strip()
    first = _FIRST.match(text)
    return _known(first.group(1)) if first and _by_message(text) is not None else None


def _code_of_error(reply: Reply) -> int | None:
    if len(reply.body) > LONGEST_TEXT:
        return None
    value = _json(reply.body)
    for holder in value if isinstance(value, list) else [value]:
        if isinstance(holder, dict) and (code := _coded(holder)) is not None:
            return code
    text = reply.text().strip()
    if text.startswith("<"):
        return _by_message(text)
    return _by_number(text, _FIRST.match(text), _MARKED.search(text)) or _by_message(text) or _loose(text)


def _coded(holder: Mapping[str, Any]) -> int | None:
    """The code in an object, or in an object directly inside it."""
    for name, value in holder.items():
        if isinstance(value, dict) and (inner := _coded_flat(value)) is not None:
            return inner
        if name.lower() in CODE_FIELDS and (code := _known(value)) is not None:
            return code
    return None


def _coded_flat(holder: Mapping[str, Any]) -> int | None:
    codes = (_known(value) for name, value in holder.items() if name.lower() in CODE_FIELDS)
    return next((code for code in codes if code is not None), None)


def _known(value: Any) -> int | None:
    text = str(value).strip()
    return int(text) if text.isascii() and text.isdigit() and int(text) in MEANINGS else None


def _by_number(text: str, *matches: re.Match[str] | None) -> int | None:
    found = (_known(match.group(1)) for match in matches if match)
    return next((code for code in found if code is not None), None) if text else None


def _by_message(text: str) -> int | None:
    lowered = text.lower()
    found = [code for code, meaning in MEANINGS.items() if meaning.needle in lowered]
    # "... is not available" says less than "station is not available".
    return max(found, key=lambda code: len(MEANINGS[code].needle), default=None)


def _loose(text: str) -> int | None:
    return next((code for word in _ANYWHERE.findall(text) if (code := _known(word)) is not None), None)


def _json(body: bytes) -> Any:
    try:
        return strict(body)
    except NotJson:
        return None
