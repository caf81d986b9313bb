"""Errors: the envelope with its codes, and what they mean here.

One status stands for different troubles: 403 is a login that does not count
or a right or feature that is missing, and only the code tells which. The
router answers 404 and 405 in HTML or with nothing at all.
"""

from dataclasses import dataclass
from typing import Any, Final

from floorgraph.vendors.failures import (
    AuthRequired,
    BadRequest,
    Forbidden,
    NotFound,
    RateLimited,
    SourceFailure,
    Unsupported,
)
from floorgraph.vendors.http import Reply
from floorgraph.vendors.jsontext import NotJson, strict

LOGIN: Final = frozenset(
    {
        "no-credentials-provided",
        "invalid-credentials",
        "empty-session-provided",
        "invalid-session-provided",
        "unauthorized",
        "not-well-formed-authorization-header",
    }
)
"""The credentials do not count. `Unauthorized` with a capital letter is a missing right instead."""
SORT: Final = frozenset({"invalid-sort-property", "disabled-sort-property"})
"""The list cannot be sorted like that."""
FILTER: Final = frozenset({"invalid-filter-property", "disabled-filter-property"})
"""The list cannot be filtered like that."""
RATE_LIMITED: Final = "rate-limited"
LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True)
class Problem:
    """The first entry of an error body, which decides the status."""

    code: str | None
    title: str | None


def problem_of(body: bytes) -> Problem:
    """What an error body says; nothing when it is HTML, empty or of another shape."""
    try:
        found: Any = strict(body.decode("utf-8", "replace"))
        first = found["errors"][0]
        code, title = first.get("code"), first.get("title")
    except (NotJson, KeyError, IndexError, TypeError, AttributeError):
        return Problem(None, None)
    return Problem(
        code if isinstance(code, str) and code else None,
        title[:LONGEST_TITLE] if isinstance(title, str) and title else None,
    )


def is_login_trouble(reply: Reply) -> bool:
    """Whether the answer says that the credentials do not count (any more)."""
    if reply.ok or reply.status >= 500:
        return False
    code = problem_of(reply.body).code
    return code in LOGIN or (reply.status == 401 and (code is None or code not in FILTER | SORT))


def failure_of(reply: Reply) -> SourceFailure | None:
    """What an answer means when it is none of success."""
    if reply.ok:
        return None
    problem = problem_of(reply.body)
    detail = None if problem.title is None else f"HTTP {reply.status}: {problem.title}"
    if is_login_trouble(reply):
        told = detail or f"HTTP {reply.status}"
        return reply.failing(
            AuthRequired, f"{told} (check the token or the session in the settings)", problem.code
        )
    if reply.status == 429 or problem.code == RATE_LIMITED:
        return RateLimited(
            source=reply.source,
            endpoint=reply.endpoint,
            detail=detail or "the vendor asks to wait",
            vendor_code=problem.code,
            retry_after=cooldown(reply),
        )
    if reply.status == 400:
        return reply.failing(BadRequest, detail or "HTTP 400", problem.code)
    if reply.status == 403:
        return reply.failing(Forbidden, detail or "a right or a feature is missing", problem.code)
    if reply.status == 404:
        return reply.failing(NotFound, detail or "there is nothing at this address", problem.code)
    if reply.status == 405:
        return reply.failing(Unsupported, detail or "the resource does not offer this", problem.code)
    return reply.failure(detail, problem.code)


def cooldown(reply: Reply) -> float | None:
    """Seconds to wait: the vendor's header is `Cooldown`, and `Retry-After` for storage faults."""
    asked = reply.headers.get("cooldown")
    try:
        return reply.retry_after if asked is None else float(asked)
    except ValueError:
        return reply.retry_after
