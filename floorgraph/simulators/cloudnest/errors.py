"""What the gateway answers when it does not do what it is asked.

Only 0 (success) and 1007 (endpoint not granted) are known; the vendor's table of codes is not public. The
other numbers and all wordings are invented and can be changed by options.
"""

from collections.abc import Mapping
from typing import Literal, get_args

from floorgraph.simulators.contract import Reply

Condition = Literal[
    "missing-header",
    "unknown-app",
    "bad-sign",
    "expired",
    "quota",
    "rate",
    "not-granted",
    "org-missing",
    "org-unknown",
    "machine-not-granted",
    "parameter",
    "not-found",
    "too-many",
    "in-use",
    "offline",
]
CONDITIONS: tuple[str, ...] = get_args(Condition)

CODES: Mapping[str, int] = {
    "missing-header": 1001,
    "unknown-app": 1002,
    "bad-sign": 1003,
    "expired": 1004,
    "quota": 1005,
    "rate": 1006,
    "not-granted": 1007,
    "org-missing": 1008,
    "org-unknown": 1009,
    "machine-not-granted": 1010,
    "parameter": 2001,
    "not-found": 2002,
    "too-many": 2003,
    "in-use": 2004,
    "offline": 2005,
}
MESSAGES: Mapping[str, str] = {
    "missing-header": "Required request header is missing",
    "unknown-app": "The appId does not exist",
    "bad-sign": "The app-sign is wrong",
    "expired": "The time-stamp is not within ten minutes of the server time",
    "quota": "Today's quota of this API is used up",
    "rate": "The call frequency of this API exceeds its rate limit",
    "not-granted": "No permission to call this API",
    "org-missing": "X-FS-Orgcode must not be empty",
    "org-unknown": "The organization does not exist",
    "machine-not-granted": "The machine is not in the machine list of this appId",
    "parameter": "Parameter error",
    "not-found": "The data does not exist",
    "too-many": "Too many items in one call",
    "in-use": "The data is in use",
    "offline": "The machine is offline",
}


class Refused(Exception):
    """A request the gateway refuses; `about` names the part of it that is meant."""

    def __init__(self, condition: Condition, about: str = "") -> None:
        super().__init__(condition)
        self.condition = condition
        self.about = about


class UnknownPath(Exception):
    """Nothing lies at this path, or nothing for this method."""

    def __init__(self, status: int, path: str) -> None:
        super().__init__(path)
        self.status = status
        self.path = path


def refusal(
    refused: Refused, codes: Mapping[str, int], messages: Mapping[str, str], limit_status: int
) -> Reply:
    """The envelope of a refusal: HTTP 200, whatever it is about (limits as configured)."""
    condition = refused.condition
    message = messages.get(condition, MESSAGES[condition])
    if refused.about:
        message = f"{message}: {refused.about}"
    status = limit_status if condition in ("quota", "rate") else 200
    return Reply(status, {"status": codes.get(condition, CODES[condition]), "msg": message, "data": None})


def nowhere(unknown: UnknownPath) -> Reply:
    """A path the gateway does not know: an answer without the envelope (its shape is a guess)."""
    words = {404: "Not Found", 405: "Method Not Allowed"}
    return Reply(
        unknown.status,
        {"error": words[unknown.status], "code": unknown.status, "path": unknown.path},
    )
