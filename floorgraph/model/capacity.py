"""Capacity: how much of a day a station was to work, could have worked and did work."""

from datetime import date

from floorgraph.model.record import Part


class DayCapacity(Part, kw_only=True):
    """One day of a station. Times are seconds, as the vendor reckons them."""

    remote_id: str
    """The vendor's own identifier."""
    day: date | None = None
    """The calendar day, by the vendor's calendar; null when its date cannot be read."""
    available_seconds: float | None = None
    """Time for which the station was to be available, by its working hours."""
    potential_seconds: float | None = None
    """Time for which it might have been available, as the vendor estimates."""
    used_seconds: float | None = None
    """Time in use."""
    downtime_seconds: float | None = None
    """Time in planned downtime."""
