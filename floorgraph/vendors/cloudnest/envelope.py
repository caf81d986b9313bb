"""The envelope `{status, msg, data}` of every answer, in which HTTP 200 can be an error (section 3)."""

from datetime import UTC, datetime, timedelta
from typing import Any

from floorgraph.vendors import values
from floorgraph.vendors.cloudnest.failures import NoSuchPath, NotGranted, OrganisationRefused
from floorgraph.vendors.cloudnest.meanings import Meaning, meaning_of_message
from floorgraph.vendors.cloudnest.settings import CloudNestSettings
from floorgraph.vendors.diagnostics import cut
from floorgraph.vendors.failures import (
    AuthRequired,
    BadRequest,
    Conflict,
    Malformed,
    NotApplicable,
    NotFound,
    RateLimited,
    SourceFailure,
    VendorFailure,
)
from floorgraph.vendors.http import Reply

_FAILURES: dict[Meaning, type[SourceFailure]] = {
    Meaning.NOT_GRANTED: NotGranted,
    Meaning.SIGNATURE: AuthRequired,
    Meaning.CREDENTIALS: AuthRequired,
    Meaning.ORGANISATION: OrganisationRefused,
    Meaning.QUOTA: RateLimited,
    Meaning.RATE: RateLimited,
    Meaning.MACHINE: NotApplicable,
    Meaning.NOT_FOUND: NotFound,
    Meaning.CONFLICT: Conflict,
    Meaning.PARAMETER: BadRequest,
    Meaning.FAILURE: VendorFailure,
}
_ADVICE: dict[Meaning, str] = {
    Meaning.NOT_GRANTED: "this appId may not call the endpoint; the vendor grants it on request",
    Meaning.SIGNATURE: "the signature is refused; check app_id and app_secret",
    Meaning.CREDENTIALS: "the appId is refused; check app_id",
    Meaning.ORGANISATION: "the organisation code is refused; check org_code",
    Meaning.QUOTA: "the vendor says that the day's quota is used up",
    Meaning.RATE: "the vendor says that calls come too quickly; lower calls_per_second",
}


async def data_of(reply: Reply, settings: CloudNestSettings) -> Any:
    """The data of an answer. Raises the `SourceFailure` that the envelope or the HTTP status means."""
    envelope = await _envelope(reply)
    if envelope is None:
        if reply.status in (404, 405):
            raise reply.failing(
                NoSuchPath, f"nothing lies at this path; check endpoints.{reply.endpoint}.path"
            )
        raise reply.failure()
    try:
        status = values.integer(envelope.get("status"))
    except ValueError:
        status = None
    message = envelope.get("msg")
    message = message if isinstance(message, str) else ""
    if reply.ok and status == 0:
        return envelope.get("data")
    if reply.ok and status is None:
        raise reply.failing(Malformed, "the answer has no status")
    raise _failure(reply, status, message, settings)


async def _envelope(reply: Reply) -> dict[str, Any] | None:
    """The envelope; None for an error without one. Raises `Malformed` for a success without one."""
    try:
        value = (await reply.json()).value
    except Malformed:
        if reply.ok:
            raise
        return None
    if isinstance(value, dict) and "status" in value:
        return value
    if reply.ok:
        raise reply.failing(Malformed, "the answer is not {status, msg, data}")
    return None


def _failure(reply: Reply, status: int | None, message: str, settings: CloudNestSettings) -> SourceFailure:
    meaning = None if status is None else settings.meaning(status)
    if meaning is None:
        meaning = meaning_of_message(message)
    if meaning is Meaning.FAILURE and not reply.ok:
        return reply.failure(vendor_code=None if status is None else str(status))
    said = f"status {status}: {cut(message)!r}"
    advice = _ADVICE.get(meaning)
    failure = reply.failing(
        _FAILURES[meaning], f"{advice} ({said})" if advice else said, None if status is None else str(status)
    )
    if meaning is Meaning.QUOTA and failure.retry_after is None:
        failure.retry_after = seconds_to_new_day(reply.received_at, settings)
        failure.reckoned = True
    return failure


def seconds_to_new_day(now: datetime, settings: CloudNestSettings) -> float:
    """Seconds until the quota's day ends."""
    local = now.astimezone(UTC) + timedelta(hours=settings.quota_utc_offset_hours)
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    return (midnight + timedelta(days=1) - local).total_seconds()
