"""Local times without offset, as the gateway reads and writes them."""

from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")
FORMAT = "%Y-%m-%d %H:%M:%S"


def zone(name: str) -> tzinfo:
    """The zone of that IANA name.

    Raises:
        ValueError: there is no such zone.
    """
    if name == "Asia/Shanghai":
        return BEIJING
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"no zone {name}") from error


def written(when: float | None, local: tzinfo) -> str | None:
    """`2026-03-02 16:00:00`; null stays null."""
    return None if when is None else datetime.fromtimestamp(when, local).strftime(FORMAT)


def read(text: str, local: tzinfo) -> float:
    """Seconds since 1970 of a written time.

    Raises:
        ValueError: it is not written that way.
    """
    return datetime.strptime(text, FORMAT).replace(tzinfo=local).timestamp()


def day_of(number: int) -> date:
    """The date of a number such as 20260302.

    Raises:
        ValueError: it is no date.
    """
    return date(number // 10_000, number // 100 % 100, number % 100)


def day_bounds(day: date, local: tzinfo) -> tuple[float, float]:
    """When a day begins and ends."""
    begin = datetime(day.year, day.month, day.day, tzinfo=local)
    return begin.timestamp(), (begin + timedelta(days=1)).timestamp()


def days(first: int, last: int) -> list[date]:
    """The dates from one number to another, both included.

    Raises:
        ValueError: no dates, the wrong way round, or more than a year.
    """
    begin, end = day_of(first), day_of(last)
    count = (end - begin).days + 1
    if not 1 <= count <= 366:
        raise ValueError("expected 1 to 366 days")
    return [begin + timedelta(days=index) for index in range(count)]
