"""Limits on what one operation may ask: a number each, and whether it is enforced."""

from dataclasses import dataclass, field
from enum import StrEnum


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

    The last two multiply the sizes of pages, full or not. While little is
    known of a tenant, its price is that of full lists; the most leaves room
    for that, and stops what no shop's screen asks for.
    """

    depth: Limit = field(default_factory=lambda: Limit(16))
    aliases: Limit = field(default_factory=lambda: Limit(50))
    tokens: Limit = field(default_factory=lambda: Limit(5_000))
    directives: Limit = field(default_factory=lambda: Limit(50))
    fields: Limit = field(default_factory=lambda: Limit(2_000))
    records: Limit = field(default_factory=lambda: Limit(500_000))
    upstream_calls: Limit = field(default_factory=lambda: Limit(20_000))
