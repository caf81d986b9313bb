"""Layouts: models packed on a build plate, and packing processes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from floorgraph.model.ids import Kind
from floorgraph.model.layout import Layout, LayoutKind, LayoutStatus, Placement, ProductionStatus
from floorgraph.vendors.authentise.links import Ref, ref_of, refs_of
from floorgraph.vendors.authentise.mapping.frame import Frame, short
from floorgraph.vendors.authentise.mapping.job import station_of_run
from floorgraph.vendors.authentise.mapping.words import LAYOUT, PRODUCTION, RUN
from floorgraph.vendors.authentise.shelf import Row
from floorgraph.vendors.authentise.walk import moment_of


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a layout belongs to: it names neither run nor printer itself."""

    files: Sequence[Row] = ()
    """The build files made from it, oldest first."""
    runs: Sequence[Row] = ()
    printer_type: Row | None = None


def layout(row: Row, frame: Frame, about: Surroundings) -> Layout:
    """A layout, named and dated by its build file. `fill_percentage` may exceed 100; it is an estimate."""
    fields = frame.fields(row)
    word = fields.text("status")
    first = about.files[0] if about.files else None
    build = row.get("build") if isinstance(row.get("build"), dict) else {}
    width, depth, height = volume_of(about.printer_type)
    filled = fields.number("fill_percentage")
    return Layout(
        **frame.common(Kind.LAYOUT, row, fields, moment_of(first.get("updated")) if first else None),
        name=_name(first) or short(row.ref),
        kind=LayoutKind.BUILD_PLATE,
        status=frame.word("layout", word, LAYOUT, LayoutStatus.UNKNOWN, "layout"),
        vendor_status=word,
        production_status=_production(about.runs, frame),
        error=fields.text("error"),
        width_mm=width,
        depth_mm=depth,
        height_mm=height,
        shape=_text(about.printer_type, "build_plate_shape") or _of(build, "type"),
        utilisation_percent=None if filled is None else max(0.0, min(100.0, filled)),
        spacing_mm=fields.number("min_packing_distance"),
        algorithm=_of(build, "packer_type"),
        piece_count=len(row.get("models") or ()) if isinstance(row.get("models"), list) else None,
        created_at=moment_of(first.get("created")) if first else None,
        job_ids=tuple(frame.id(Kind.JOB, run.ref) for run in about.runs),
        station_id=_station(about.runs, frame),
    )


def packing(row: Row, frame: Frame, run: Row | None) -> Layout:
    """A packing process: the vendor keeps no places of its pieces, only which they are."""
    fields = frame.fields(row)
    word = fields.text("status")
    runs = [] if run is None else [run]
    printer = row.link("printer")
    return Layout(
        **frame.common(Kind.LAYOUT, row, fields),
        name=_name(run) or short(row.ref),
        kind=LayoutKind.PACKING,
        status=frame.word("layout", word, LAYOUT, LayoutStatus.UNKNOWN, "packing process"),
        vendor_status=word,
        production_status=_production(runs, frame),
        piece_count=len(row.get("pieces") or ()) if isinstance(row.get("pieces"), list) else None,
        job_ids=frame.ids(Kind.JOB, [link] if (link := row.link("run")) else []),
        station_id=frame.maybe_id(Kind.STATION, printer),
    )


def placements(row: Row, frame: Frame, models: Mapping[Ref, Row]) -> list[Placement]:
    """Where the models lie, in the vendor's own form; a packing process only lists its pieces.

    `models` tell what lies there and how large it is, as far as they are known.
    """
    name = "pieces" if row.ref.resource == "packing-process" else "models"
    members, positions = _list(row, name), _list(row, "positions")
    found: list[Placement] = []
    for index in range(max(len(members), len(positions))):
        member = ref_of(members[index]) if index < len(members) else None
        model = None if member is None else models.get(member)
        width, depth, height = extents(None if model is None else model.get("size"))
        found.append(
            Placement(
                position=index,
                name=_name(model) or (None if member is None else member.remote),
                geometry=positions[index] if index < len(positions) else None,
                width_mm=width,
                depth_mm=depth,
                height_mm=height,
                piece_id=frame.id(Kind.PIECE, member) if member and member.resource == "piece" else None,
            )
        )
    return found


def models_of(row: Row) -> list[Ref]:
    """The models on a layout, each once; it may list prints in their place."""
    return [ref for ref in refs_of(row.get("models")) if ref.resource == "model"]


def volume_of(printer_type: Row | None) -> tuple[float | None, float | None, float | None]:
    """Width, depth and height of what a printer can build, in millimetres."""
    return extents(None if printer_type is None else printer_type.get("build_volume"))


def extents(value: Any) -> tuple[float | None, float | None, float | None]:
    """Width, depth and height; of `build_volume` and a model's `size` only the millimetres are documented."""
    if not isinstance(value, dict):
        return None, None, None
    return (
        _number(value, "x", "width"),
        _number(value, "y", "depth", "length"),
        _number(value, "z", "height"),
    )


def _number(volume: dict[str, Any], *names: str) -> float | None:
    for name in names:
        value = volume.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool) and value > 0:
            return float(value)
    return None


def _production(runs: Sequence[Row], frame: Frame) -> ProductionStatus:
    if not runs:
        return ProductionStatus.UNKNOWN
    from_run = frame.fields(runs[-1]).text("status")
    return PRODUCTION.get(RUN.get((from_run or "").replace("_", "-")), ProductionStatus.UNKNOWN)  # type: ignore[arg-type]


def _station(runs: Sequence[Row], frame: Frame) -> str | None:
    found = (station_of_run(run) for run in reversed(runs))
    return frame.maybe_id(Kind.STATION, next((one for one in found if one is not None), None))


def _list(row: Row, name: str) -> list[Any]:
    value = row.get(name)
    return value if isinstance(value, list) else []


def _text(row: Row | None, name: str) -> str | None:
    return None if row is None else _of(row.payload, name)


def _name(row: Row | None) -> str | None:
    return _text(row, "name")


def _of(payload: dict[str, Any] | Any, name: str) -> str | None:
    value = payload.get(name) if isinstance(payload, dict) else None
    return value if isinstance(value, str) and value.strip() else None
