"""Times in commands."""

from datetime import UTC, datetime


def moment(given: datetime) -> datetime:
    """A moment in UTC; without an offset it is UTC already."""
    return (given if given.tzinfo else given.replace(tzinfo=UTC)).astimezone(UTC)
