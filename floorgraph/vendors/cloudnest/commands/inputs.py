"""The commands of CloudNest and of its machines' API, as clients see them."""

from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

from floorgraph.model.command import Command
from floorgraph.model.ids import Kind

WORK = frozenset({Kind.JOB, Kind.LAYOUT, Kind.PIECE})


@dataclass(frozen=True, kw_only=True)
class CreateNestJob(Command):
    """Create an empty nesting job in CloudNest's tree of jobs.

    Nothing reaches a machine. Parts come with `addParts`, layouts with `autoNest`. It can be deleted with
    `deleteNestJob`. The vendor names this call ("add") without telling where it lies: it is available where
    `endpoints.add_job.path` is configured, and the shape of its request is inferred.
    """

    kinds: ClassVar[dict[str, Kind]] = {"folder_id": Kind.JOB_FOLDER}
    affects: ClassVar[frozenset[Kind]] = frozenset({Kind.JOB, Kind.JOB_FOLDER})
    returns: ClassVar[Kind | None] = Kind.JOB

    source: str
    """Key of the source."""
    name: str
    """Its title, 1 to 200 characters. Titles need not be unique."""
    folder_id: str | None = None
    """The folder that it is put into, behind what is there; the top of the tree when absent."""


@dataclass(frozen=True, kw_only=True)
class DeleteNestJob(Command):
    """Delete a nesting job with its parts, drawings and layouts, for good.

    Production tasks of its layouts go with them. It is refused here while a machine cuts one of them.
    Available where `endpoints.delete_job.path` is configured; the shape of its request is inferred.
    """

    destructive: ClassVar[bool] = True
    kinds: ClassVar[dict[str, Kind]] = {"job_id": Kind.JOB}
    affects: ClassVar[frozenset[Kind]] = WORK
    returns: ClassVar[Kind | None] = Kind.JOB_FOLDER

    job_id: str
    """The job, of the kind NEST."""


@dataclass(frozen=True, kw_only=True)
class AutoNest(Command):
    """Let CloudNest lay a job's parts out on plates ("Boost", in Chinese "fly nesting").

    Nothing reaches a machine; the layouts can be sent with `pushLayoutToStation`, and not deleted from here
    but with their job. The outcome is ACCEPTED:
    CloudNest computes for a while, and the vendor does not document how to ask how far it is. Where
    `layout_details` or `job_layouts` is configured, the operation ends when the first new layout is there.
    Available where `endpoints.boost.path` is configured; the shape of its request is inferred.
    """

    kinds: ClassVar[dict[str, Kind]] = {"job_id": Kind.JOB}
    affects: ClassVar[frozenset[Kind]] = WORK
    returns: ClassVar[Kind | None] = Kind.JOB

    job_id: str
    """The job, of the kind NEST; it must have parts."""


@dataclass(frozen=True, kw_only=True)
class PushLayoutToStation(Command):
    """Send a layout to a laser machine as a production task.

    The machine gets the cutting file; whoever stands there starts it. It cannot be taken back from here.
    The station must be a CloudNest machine (`gmid` configured, or known from tasks) that is not offline.
    Available where `endpoints.push_layout.path` is configured; the shape of its request is inferred.
    """

    kinds: ClassVar[dict[str, Kind]] = {"layout_id": Kind.LAYOUT, "station_id": Kind.STATION}
    affects: ClassVar[frozenset[Kind]] = WORK | {Kind.STATION}
    returns: ClassVar[Kind | None] = Kind.JOB

    layout_id: str
    """The layout."""
    station_id: str
    """The machine."""
    copies: int = 1
    """How many sheets of it are to be cut, 1 to 10,000."""


class PlateKind(Enum):
    """What sort of plate it is."""

    STANDARD = "STANDARD"
    """A whole plate."""
    SCRAP = "SCRAP"
    """A leftover that can be used again."""


@dataclass(frozen=True, kw_only=True)
class AddPlate(Command):
    """Put a plate into CloudNest's stock.

    Nothing moves: stock is what the nesting reckons with. The vendor documents the request ("Add plate")
    and not where it lies: available where `endpoints.add_plate.path` is configured. It cannot be taken back
    from here.
    """

    kinds: ClassVar[dict[str, Kind]] = {}
    affects: ClassVar[frozenset[Kind]] = frozenset({Kind.BATCH})
    returns: ClassVar[Kind | None] = Kind.BATCH

    source: str
    """Key of the source."""
    name: str
    """Name of the plate, 1 to 200 characters."""
    material: str
    """The material: its name where `endpoints.material_list` is configured, else the vendor's number."""
    thickness_mm: float
    """Thickness in millimetres, more than 0."""
    width_mm: float
    """Extent along x in millimetres, more than 0."""
    depth_mm: float
    """Extent along y in millimetres, more than 0."""
    kind: PlateKind = PlateKind.STANDARD
    """Whether it is a whole plate or a leftover."""
    quantity: int | None = None
    """How many there are, 1 or more; without limit when absent."""
    gap_mm: float = 0.0
    """Distance from the edge that stays free, in millimetres, 0 or more."""


@dataclass(frozen=True, kw_only=True)
class NamedValue:
    """A name and its value."""

    name: str
    """The name."""
    value: str
    """The value."""


@dataclass(frozen=True, kw_only=True)
class NewShape:
    """A part of a built-in shape ("SmartDraw")."""

    name: str
    """Name of the part, which is also that of the shape's drawing."""
    material: str
    """Name of the material."""
    thickness_mm: float
    """Thickness in millimetres, more than 0."""
    quantity: int
    """How many are wanted, 1 or more."""
    measures: tuple[NamedValue, ...]
    """Measures of the shape as the vendor names them, such as `L1` with the value `50`, in millimetres."""
    gas: str | None = None
    """The cutting gas, as the vendor names it, such as `N2`."""
    rotation_locked: bool = False
    """True to keep the part from being turned when it is laid out."""
    fill_color: str | None = None
    """Colour in which it is drawn, six hexadecimal digits such as `800000`."""
    properties: tuple[NamedValue, ...] = ()
    """Properties of the part."""


@dataclass(frozen=True, kw_only=True)
class NewDrawnPart:
    """A part out of a DXF drawing."""

    name: str
    """Name of the part."""
    material: str
    """Name of the material."""
    thickness_mm: float
    """Thickness in millimetres, more than 0."""
    quantity: int
    """How many are wanted, 1 or more."""
    dxf: str
    """The drawing: the text of a DXF file, up to 1,000,000 characters; the log keeps its size and hash."""
    gas: str | None = None
    """The cutting gas, as the vendor names it, such as `N2`."""
    rotation_locked: bool = False
    """True to keep the part from being turned when it is laid out."""
    fill_color: str | None = None
    """Colour in which it is drawn, six hexadecimal digits such as `800000`."""
    properties: tuple[NamedValue, ...] = ()
    """Properties of the part."""


@dataclass(frozen=True, kw_only=True)
class AddParts(Command):
    """Add parts to a nesting job: one of a built-in shape, or some out of drawings.

    Nothing reaches a machine. The vendor documents both requests ("Generate parts") and not where they lie:
    shapes are available where `endpoints.draw_part.path` is configured, drawings where
    `endpoints.import_parts.path` is. One call takes one shape or several drawings, so that either is what a
    command can hold. There is no command to delete parts.
    """

    kinds: ClassVar[dict[str, Kind]] = {"job_id": Kind.JOB}
    affects: ClassVar[frozenset[Kind]] = WORK
    returns: ClassVar[Kind | None] = Kind.JOB

    job_id: str
    """The job, of the kind NEST."""
    shape: NewShape | None = None
    """A part of a built-in shape; without `drawings`."""
    drawings: tuple[NewDrawnPart, ...] = ()
    """Parts out of drawings, up to 20; without `shape`."""


@dataclass(frozen=True, kw_only=True)
class UploadDrawing(Command):
    """Upload a DXF drawing to a nesting job.

    Nothing reaches a machine. CloudNest processes it for a while: where `drawing_status` is configured, the
    outcome is ACCEPTED and the operation tells when it is done. A drawing is no record of its own: where the
    vendor makes parts of it, these appear as pieces of the job. Available where
    `endpoints.upload_drawing.path` is configured; the shape of its request is inferred. There is no command
    to delete drawings.
    """

    kinds: ClassVar[dict[str, Kind]] = {"job_id": Kind.JOB}
    affects: ClassVar[frozenset[Kind]] = frozenset({Kind.PIECE})
    returns: ClassVar[Kind | None] = Kind.JOB

    job_id: str
    """The job, of the kind NEST."""
    name: str
    """Name of the file, such as `flange.dxf`, without a folder; up to 200 characters."""
    dxf: str
    """The text of the DXF file, up to 1,000,000 characters; the log keeps its size and hash."""


@dataclass(frozen=True, kw_only=True)
class UploadCutTask(Command):
    """Send a cutting file to a laser machine, to be cut some times.

    The machine gets the file past CloudNest, which knows nothing of it; whoever stands there starts it. It
    cannot be taken back from here, and no call of the vendor tells which files a machine was sent: an
    outcome that is not known stays so. Over the machines' API, for cutting machines that are in the
    account's list and not offline.
    """

    kinds: ClassVar[dict[str, Kind]] = {"station_id": Kind.STATION}
    affects: ClassVar[frozenset[Kind]] = frozenset({Kind.STATION})
    returns: ClassVar[Kind | None] = Kind.STATION

    station_id: str
    """The machine; it needs a control card."""
    name: str
    """Name of the file and of the task, such as `flange.lxds`, without a folder; up to 200 characters."""
    content_base64: str
    """The file in Base64, up to 1,000,000 characters; the log keeps its size and hash."""
    copies: int = 1
    """How often it is to be cut, 1 to 10,000."""
