"""What a refusal of the gateway means (section 3). The vendor's table of status numbers is not public."""

import re
from collections.abc import Mapping
from enum import Enum


class Meaning(Enum):
    """What can be done about a refusal."""

    NOT_GRANTED = "not_granted"
    """The appId may not call this endpoint."""
    SIGNATURE = "signature"
    """Signature or time stamp are refused."""
    CREDENTIALS = "credentials"
    """The appId is not known."""
    ORGANISATION = "organisation"
    """The organisation code is missing or not known."""
    QUOTA = "quota"
    """The day's calls are used up."""
    RATE = "rate"
    """Calls come too quickly."""
    MACHINE = "machine"
    """This machine is not in the account's list, or has no such thing now."""
    NOT_FOUND = "not_found"
    """What was asked for is not there."""
    CONFLICT = "conflict"
    """Something stands against it, such as that it is in use or there already."""
    PARAMETER = "parameter"
    """The request is wrong."""
    FAILURE = "failure"
    """The gateway failed inside."""


MEANINGS: Mapping[int, Meaning] = {1007: Meaning.NOT_GRANTED}
"""The only number that is known for certain (beside 0, success)."""

_PATTERNS: tuple[tuple[Meaning, re.Pattern[str]], ...] = tuple(
    (meaning, re.compile(pattern, re.IGNORECASE))
    for meaning, pattern in (
        (Meaning.QUOTA, r"quota|配额|额度|次数"),
        (Meaning.RATE, r"frequen|rate.?limit|too (fast|many requests|often)|频率|频繁"),
        (Meaning.ORGANISATION, r"\borg|fs-orgcode|组织|团队"),
        (Meaning.MACHINE, r"machine list|device list|machine is (offline|not)|设备"),
        (Meaning.SIGNATURE, r"sign|time.?stamp|签名|时间戳"),
        (Meaning.CREDENTIALS, r"app.?id|app.?secret|app does not exist"),
        (Meaning.NOT_GRANTED, r"permission|not permitted|unauthori[sz]ed|权限"),
        (Meaning.NOT_FOUND, r"not exist|not found|no such|不存在"),
        (Meaning.CONFLICT, r"in use|already|being used|duplicate|占用|已存在|使用中"),
        (Meaning.PARAMETER, r"param|illegal|invalid|too many|参数"),
    )
)


def meaning_of_message(message: str) -> Meaning:
    """What the wording says, where the number is not known; the first that fits."""
    return next((meaning for meaning, pattern in _PATTERNS if pattern.search(message)), Meaning.FAILURE)
