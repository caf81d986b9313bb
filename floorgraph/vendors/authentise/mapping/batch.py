"""Batches of material with their lots, containers and actions."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from floorgraph.model.batch import Batch, BatchAction, BatchContainer, BatchKind, BatchLot, BatchStatus
from floorgraph.model.ids import Kind
from floorgraph.vendors.authentise.links import Ref, ref_of
from floorgraph.vendors.authentise.mapping.frame import Frame, folded, short
from floorgraph.vendors.authentise.mapping.words import BATCH, MATERIAL
from floorgraph.vendors.authentise.shelf import Row


@dataclass(frozen=True, slots=True)
class Contents:
    """The rows that say what a batch is made of, and where it is."""

    lots: Sequence[Row] = ()
    containers: Sequence[Row] = ()
    material: Row | None = None
    places: tuple[tuple[Ref, str], ...] = ()
    """Locations and sub-locations by name, as far as they are known."""

    def place(self, row: Row) -> str | None:
        """Where something stands: the place in the place, as far as it is known."""
        names = dict(self.places)
        parts = (names.get(ref) for name in ("location", "sub_location") if (ref := row.link(name)))
        known = [part for part in parts if part]
        return " / ".join(known) or None


def station_of_batch(row: Row) -> Ref | None:
    """The station it is loaded in; a bare uuid is a printer's."""
    return row.link("at_machine", "printer") or row.link("post_processor", "post-processor")


def batch(row: Row, frame: Frame, about: Contents) -> Batch:
    """A batch. It has no name: that of its only lot, or the beginning of its uuid."""
    fields = frame.fields(row)
    word = fields.text("status")
    names = [name for lot in about.lots if (name := frame.fields(lot).text("name"))]
    return Batch(
        **frame.common(Kind.BATCH, row, fields),
        name=names[0] if len(names) == 1 else short(row.ref),
        kind=_kind(row, about.material),
        status=frame.word("batch", word, BATCH, BatchStatus.UNKNOWN, "batch"),
        vendor_status=word,
        material=_material(row, about),
        custom_status=fields.text("custom_status"),
        quality=fields.text("powder_quality"),
        quantity=fields.number("quantity"),
        available_quantity=fields.number("quantity_available_for_actions"),
        reserved_quantity=fields.number("reserved_quantity"),
        full_quantity=fields.number("full_quantity"),
        unit=fields.text("units"),
        usage_cycles=fields.integer("usage_cycles"),
        location=about.place(row) or fields.text("location_name"),
        lots=tuple(_lot(lot, frame) for lot in about.lots),
        containers=tuple(_container(one, frame, about) for one in about.containers),
        notes=fields.text("notes"),
        created_at=fields.instant("created"),
        station_id=frame.maybe_id(Kind.STATION, station_of_batch(row)),
    )


def _lot(row: Row, frame: Frame) -> BatchLot:
    fields = frame.fields(row)
    return BatchLot(
        name=fields.text("name") or short(row.ref),
        material=fields.text("material_name"),
        vendor_status=fields.text("status"),
        expires_at=fields.instant("expiration_date"),
        usage_cycles_limit=fields.integer("usage_cycles_limit"),
    )


def _container(row: Row, frame: Frame, about: Contents) -> BatchContainer:
    fields = frame.fields(row)
    return BatchContainer(
        name=fields.text("name") or short(row.ref),
        quantity=fields.number("quantity"),
        capacity=fields.number("full_quantity"),
        location=about.place(row),
    )


def action(row: Row, frame: Frame, unit: str | None, destination: Ref | None) -> BatchAction:
    """Something that was done with a batch; its quantity is in the batch's unit."""
    fields = frame.fields(row)
    metadata = row.get("metadata")
    # Its keys are not documented; what links to a station can only mean the one that took part.
    linked = [ref_of(value) for value in metadata.values()] if isinstance(metadata, dict) else []
    station = next((ref for ref in linked if ref and ref.resource in ("printer", "post-processor")), None)
    return BatchAction(
        kind=fields.text("action_type") or "unknown",
        at=fields.instant("created"),
        quantity=fields.number("quantity"),
        unit=unit,
        notes=fields.text("notes"),
        counterpart_id=frame.maybe_id(Kind.BATCH, destination),
        station_id=frame.maybe_id(Kind.STATION, station),
    )


def _kind(row: Row, material: Row | None) -> BatchKind:
    words = [material.get("manufacturing_process")] if material else []
    words += [one.get("manufacturing_process") for one in _materials(row)]
    for word in words:
        if isinstance(word, str) and (found := MATERIAL.get(folded(" ".join(word.split())))):
            return found
    return BatchKind.MATERIAL


def _material(row: Row, about: Contents) -> str | None:
    named = [one.get("name") for one in _materials(row)]
    if about.material is not None:
        named.insert(0, about.material.get("name"))
    named += [lot.get("material_name") for lot in about.lots]
    return next((name for name in named if isinstance(name, str) and name.strip()), None)


def _materials(row: Row) -> list[dict[str, Any]]:
    value = row.get("materials")
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
