"""Times at which stations are planned not to work."""

from datetime import datetime
from enum import Enum

from floorgraph.model.record import Part


class DowntimeStatus(Enum):
    """Whether a downtime is still to come.

    Clients must be ready for values that are added later.
    """

    SCHEDULED = "SCHEDULED"
    """Still to come."""
    ACTIVE = "ACTIVE"
    """Going on."""
    ENDED = "ENDED"
    """Over."""
    UNKNOWN = "UNKNOWN"
    """The vendor's word is not known; see `vendorStatus`."""


class Downtime(Part, kw_only=True):
    """A span of time in which a station is planned not to work."""

    remote_id: str
    """The vendor's own identifier."""
    status: DowntimeStatus
    """Whether it is still to come."""
    vendor_status: str | None = None
    """The vendor's own word for the status."""
    started_at: datetime | None = None
    """When it begins or began (UTC)."""
    ended_at: datetime | None = None
    """When it ends or ended (UTC); null when that is open."""
    reason: str | None = None
    """Why, in the vendor's words."""
