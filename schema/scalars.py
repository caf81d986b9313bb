"""Scalars that are written in a way of their own."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from strawberry.schema.types.base_scalars import DateTimeDefinition
from strawberry.types.scalar import ScalarDefinition

_UTC: Final = "+00:00"


def instant(value: datetime) -> str:
    """A time as it stands in answers: RFC 3339, with `Z` for UTC."""
    text = value.isoformat()
    return text[: -len(_UTC)] + "Z" if text.endswith(_UTC) else text


SCALARS: Final[dict[object, ScalarDefinition]] = {
    datetime: replace(
        DateTimeDefinition,
        description="A date and a time of day as RFC 3339 has them. Answers are in UTC and end with `Z`, "
        "such as `2026-01-31T08:00:00Z`; what is given may have any offset.",
        serialize=instant,
    ),
}
"""By the Python type."""
