"""Dates as the server writes and reads them."""

import re
from datetime import UTC, datetime, timedelta, timezone

_ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)")


class DateFormat:
    """Writes dates with one offset; UTC is written as Z."""

    def __init__(self, offset: str) -> None:
        sign = -1 if offset.startswith("-") else 1
        minutes = sign * (int(offset[1:3]) * 60 + int(offset[4:6]))
        self._zone = timezone(timedelta(minutes=minutes))
        self._suffix = "Z" if minutes == 0 else offset

    def iso(self, when: float | None) -> str | None:
        """`2023-06-30T17:19:00.000+08:00`; None stays None."""
        if when is None:
            return None
        return f"{datetime.fromtimestamp(int(when), self._zone):%Y-%m-%dT%H:%M:%S}.000{self._suffix}"

    def tag(self, when: float) -> str:
        """`03/09/2024 11:42:22`, as asynchronous sends are stamped."""
        return f"{datetime.fromtimestamp(int(when), self._zone):%d/%m/%Y %H:%M:%S}"


def seconds(text: str) -> float:
    """Seconds since 1970 of an ISO 8601 date with offset.

    Raises:
        ValueError: it is not one.
    """
    if not _ISO.fullmatch(text):
        raise ValueError("not an ISO 8601 date with offset")
    return datetime.fromisoformat(text).astimezone(UTC).timestamp()
