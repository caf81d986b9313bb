"""Limits on what one operation may ask: a number each, and whether it is enforced."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

DEFAULT_PAGE: Final = 50
"""Records of a page when nobody says how many."""
LARGEST_PAGE: Final = 10_000
"""Most records of a page, whatever the limits say: what is made of one at once stays bounded."""


class Mode(StrEnum):
    """What becomes of an operation over a limit."""

    ENFORCE = "enforce"
    """It is refused with a code."""
    MEASURE = "measure"
    """It is answered, and logged."""
    OFF = "off"
    """It is not looked at."""


@dataclass(frozen=True, slots=True)
class Limit:
    """The most that is allowed, and what becomes of more."""

    most: int
    mode: Mode = Mode.ENFORCE


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationLimits:
    """Limits on one operation, looked at before it is run.

    `records` and `upstream_calls` multiply the sizes of pages, full or not. While little is
    known of a tenant, its price is that of full lists; the most leaves room
    for that, and stops what no shop's screen asks for.
    """

    depth: Limit = field(default_factory=lambda: Limit(16))
    aliases: Limit = field(default_factory=lambda: Limit(50))
    tokens: Limit = field(default_factory=lambda: Limit(5_000))
    directives: Limit = field(default_factory=lambda: Limit(50))
    fields: Limit = field(default_factory=lambda: Limit(2_000))
    introspection: Limit = field(default_factory=lambda: Limit(200_000))
    page_size: Limit = field(default_factory=lambda: Limit(1_000))
    records: Limit = field(default_factory=lambda: Limit(500_000))
    upstream_calls: Limit = field(default_factory=lambda: Limit(20_000))
