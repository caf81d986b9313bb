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

_THING = r"\b(job|task|part|plate|layout|nesting|drawing|material|scrap)s?\b|作业|任务|零件|板材|图纸|材料"
_ABSENT = r"not exist|not found|no such|不存在"
_TAKEN = r"in use|already|being used|duplicate|占用|已存在|使用中"


def _of_a_thing(said: str) -> str:
    return rf"\A(?=.*({_THING}))(?=.*({said}))"


# A wrong signature stops the whole source and a wrong organisation an endpoint, so that these must be said
# outright: neither "assigned" nor a job that "does not exist in this organization" says it.
_PATTERNS: tuple[tuple[Meaning, re.Pattern[str]], ...] = tuple(
    (meaning, re.compile(pattern, re.IGNORECASE))
    for meaning, pattern in (
        (Meaning.QUOTA, r"quota|配额|额度|次数"),
        (Meaning.RATE, r"frequen|rate.?limit|too (fast|many requests|often)|频率|频繁"),
        (Meaning.NOT_FOUND, _of_a_thing(_ABSENT)),
        (Meaning.CONFLICT, _of_a_thing(_TAKEN)),
        (Meaning.ORGANISATION, r"\borg|fs-orgcode|组织|团队"),
        (Meaning.MACHINE, r"machine list|device list|machine is (offline|not)|设备"),
        (Meaning.SIGNATURE, r"(?<![a-z])(app.?)?sign(ed|atures?)?(?![a-z])|time.?stamp|签名|时间戳"),
        (Meaning.CREDENTIALS, r"app.?id|app.?secret|app does not exist"),
        (Meaning.NOT_GRANTED, r"permission|not permitted|unauthori[sz]ed|权限"),
        (Meaning.NOT_FOUND, _ABSENT),
        (Meaning.CONFLICT, _TAKEN),
        (Meaning.PARAMETER, r"param|illegal|invalid|too many|参数"),
    )
)


def meaning_of_message(message: str) -> Meaning:
    """What the wording says, where the number is not known; the first that fits."""
    return next((meaning for meaning, pattern in _PATTERNS if pattern.search(message)), Meaning.FAILURE)
