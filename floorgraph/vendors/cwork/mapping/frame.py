"""The frame of a mapping: whose records they are and when they were observed."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from floorgraph.model.ids import GlobalId, Kind
from floorgraph.vendors.diagnostics import Diagnostics


@dataclass(frozen=True, slots=True)
class Frame:
    """What every record of one answer has in common."""

    source: str
    observed_at: datetime
    diagnostics: Diagnostics

    def id(self, kind: Kind, remote: object) -> str:
        """The global id of a thing of this source."""
        return str(GlobalId(self.source, kind, str(remote)))

    def id_unless_zero(self, kind: Kind, handle: int | None) -> str | None:
        """The global id behind a reference; CWork writes 0 for "none"."""
        return self.id(kind, handle) if handle else None

    def common(
        self, kind: Kind, remote: object, raw: Any, *, modified_at: datetime | None = None
    ) -> dict[str, Any]:
        """The fields that all records share; `modified_at` where the vendor itself dates the record."""
        return {
            "id": self.id(kind, remote),
            "source": self.source,
            "remote_id": str(remote),
            "observed_at": self.observed_at,
            "updated_at": modified_at or self.observed_at,
            "raw": raw,
        }
