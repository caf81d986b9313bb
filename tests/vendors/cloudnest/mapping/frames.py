"""Frames for tests of the mapping."""

from datetime import UTC, datetime

from floorgraph.vendors.cloudnest.mapping.frame import Frame
from floorgraph.vendors.cloudnest.settings import BEIJING_ZONE
from floorgraph.vendors.diagnostics import Diagnostics
from tests.support.fakeclock import FakeClock

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def frame(at: datetime = NOW) -> Frame:
    return Frame("laser", at, Diagnostics(clock=FakeClock()), BEIJING_ZONE)


def drift(used: Frame) -> set[tuple[str, str, str]]:
    return {(note.payload, note.field, note.change) for note in used.diagnostics.drift_notes()}
