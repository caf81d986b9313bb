"""The frame of a mapping: whose records they are, when they were observed, in which zone their times are."""

import re
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any

from floorgraph.model.ids import GlobalId, Kind
from floorgraph.vendors.coerce import Fields, Shape
from floorgraph.vendors.diagnostics import Diagnostics

_GUID = re.compile(r"\{?([0-9a-fA-F]{8}(?:-?[0-9a-fA-F]{4}){3}-?[0-9a-fA-F]{12})\}?")


def canonical(guid: str) -> str:
    """The one form of a GUID: lower case, without braces. The vendor writes them in any case (section 11)."""
    stripped = guid.strip()
    found = _GUID.fullmatch(stripped)
    return (found.group(1) if found else stripped).lower()


@dataclass(frozen=True, slots=True)
class Frame:
    """What every record of one answer has in common."""

    source: str
    observed_at: datetime
    diagnostics: Diagnostics
    zone: tzinfo

    def id(self, kind: Kind, remote: object) -> str:
        """The global id of a thing of this source."""
        return str(GlobalId(self.source, kind, str(remote)))

    def fields(self, payload: Any, shape: Shape | str) -> Fields:
        """A reader over a payload. Raises `BadRecord` when it is no object."""
        return Fields(payload, shape, diagnostics=self.diagnostics, zone=self.zone)

    def common(self, kind: Kind, remote: object, raw: Any) -> dict[str, Any]:
        """The fields that all records share."""
        return {
            "id": self.id(kind, remote),
            "source": self.source,
            "remote_id": str(remote),
            "observed_at": self.observed_at,
            "updated_at": self.observed_at,
            "raw": raw,
        }
