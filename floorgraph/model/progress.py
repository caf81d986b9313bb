"""How far a piece of work has come."""

from enum import Enum

from floorgraph.model.record import Part


class ProgressUnit(Enum):
    """What the numbers of a progress count."""

    PARTS = "PARTS"
    """Finished parts."""
    LAYERS = "LAYERS"
    """Layers of an additive build."""
    SHEETS = "SHEETS"
    """Sheets or copies of a layout."""
    PIECES = "PIECES"
    """Identified pieces."""
    PERCENT = "PERCENT"
    """Hundredths of the whole; `total` is 100."""


class Progress(Part, kw_only=True):
    """How far a piece of work has come."""

    done: float
    """Amount done so far, in `unit`."""
    total: float | None
    """Amount to be done in all, in `unit`; null when the vendor does not say."""
    percent: float | None
    """Share done, 0 to 100; null when `total` is unknown or zero. More than planned stays at 100."""
    unit: ProgressUnit
    """What `done` and `total` count."""
    estimated: bool = False
    """True when the figures were derived from related counters instead of being reported as such."""

    @classmethod
    def of_parts(cls, done: float, total: float | None, *, estimated: bool = False) -> "Progress":
        """Progress counted in parts; percent follows from the two numbers."""
        return cls.of(done, total, ProgressUnit.PARTS, estimated=estimated)

    @classmethod
    def of(
        cls, done: float, total: float | None, unit: ProgressUnit, *, estimated: bool = False
    ) -> "Progress":
        """Progress in any unit; percent follows from the two numbers."""
        percent = min(100.0, round(100.0 * done / total, 2)) if total and total > 0 else None
        return cls(done=done, total=total, percent=percent, unit=unit, estimated=estimated)
