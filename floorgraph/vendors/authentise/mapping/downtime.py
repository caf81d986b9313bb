"""Downtimes of stations; their times are estimates."""

from floorgraph.model.downtime import Downtime, DowntimeStatus
from floorgraph.vendors.authentise.mapping.frame import Frame, folded
from floorgraph.vendors.authentise.mapping.words import DOWNTIME
from floorgraph.vendors.authentise.shelf import Row


def downtime(row: Row, frame: Frame) -> Downtime:
    """One downtime."""
    fields = frame.fields(row)
    word = fields.text("status")
    status = DOWNTIME.get(folded(word)) if word else None
    if word and status is None:
        frame.diagnostics.unmapped("downtime status", word)
    return Downtime(
        remote_id=row.ref.remote,
        status=status or DowntimeStatus.UNKNOWN,
        vendor_status=word,
        started_at=fields.instant("start"),
        ended_at=fields.instant("finish"),
        reason=fields.text("description"),
    )
