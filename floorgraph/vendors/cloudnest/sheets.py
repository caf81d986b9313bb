"""Sheets: what lies on a layout in physical order, and its plate. One call per layout, only when asked."""

from collections.abc import Iterable, Mapping, Sequence

from floorgraph.model.layout import Layout, Placement
from floorgraph.model.piece import Piece
from floorgraph.vendors.cloudnest.answers import remotes, too_many
from floorgraph.vendors.cloudnest.endpoints import PART_ORDER
from floorgraph.vendors.cloudnest.gateway import Gateway, Question
from floorgraph.vendors.cloudnest.mapping.layout import found_layout, placements
from floorgraph.vendors.failures import NotApplicable, NotFound, SourceFailure, Unsupported
from floorgraph.vendors.gate import Freshness

LASTS = 6 * 3600.0
"""Seconds: a computed layout does not change."""
MOST_REMEMBERED = 20_000


class Sheets:
    """The layouts that were looked into. `plates`: layout guid -> plate guid."""

    def __init__(self, gateway: Gateway) -> None:
        self.plates: dict[str, str] = {}
        self.version = object()
        self._gateway = gateway

    async def placements(
        self,
        layouts: Mapping[str, Layout],
        pieces: Mapping[str, Piece],
        ids: Iterable[str],
        freshness: Freshness,
    ) -> Mapping[str, Sequence[Placement] | SourceFailure]:
        """The placements of layouts by id; a failure for those that could not be asked for."""
        names = {piece.remote_id: piece.name for piece in pieces.values()}
        most = self._gateway.settings.calls_per_question
        found: dict[str, Sequence[Placement] | SourceFailure] = {}
        for asked, layout_id in enumerate(sorted(ids)):
            if asked >= most:
                failure = too_many(
                    self._gateway.settings.key, PART_ORDER, "placements are asked for layout by layout", most
                )
                found[layout_id] = failure
                continue
            try:
                found[layout_id] = await self._one(layout_id, layouts.get(layout_id), names, freshness)
            except (NotFound, NotApplicable, Unsupported):
                found[layout_id] = ()
            except SourceFailure as failure:
                found[layout_id] = failure
        return found

    async def _one(
        self, layout_id: str, layout: Layout | None, names: Mapping[str, str], freshness: Freshness
    ) -> Sequence[Placement]:
        (guid,) = remotes((layout_id,))
        observed = await self._gateway.read(_question(layout, guid), freshness)
        frame = self._gateway.frame(observed.at)
        parts, plate = found_layout(observed.value.value, guid, frame)
        if plate is not None and self.plates.get(guid) != plate:
            if len(self.plates) >= MOST_REMEMBERED:
                self.plates.pop(next(iter(self.plates)))
            self.plates[guid] = plate
            self.version = object()
        return placements(parts, names, frame)


def _question(layout: Layout | None, guid: str) -> Question:
    """Asked with the GUID as the vendor wrote it, in case the server minds."""
    written = layout.raw.get("result_guid") if layout is not None and isinstance(layout.raw, dict) else None
    body = {"type": "SingleResult", "guid": written if isinstance(written, str) else guid, "order_by": "x"}
    return Question(PART_ORDER, body, wanted=LASTS)
