"""Documents (NC programs) and their versions."""

from dataclasses import dataclass, field

STATUSES = ("TESTING", "VALIDATED", "OBSOLETE")


@dataclass(slots=True, kw_only=True)
class Version:
    """A version of a document; `text` is the program."""

    id: int
    document: int
    status: str
    primary: str
    secondary: int
    created: int
    modified: int
    received: int | None = None
    sent: int | None = None
    comment: str = ""
    text: bytes = b""


@dataclass(slots=True, kw_only=True)
class Document:
    """An NC program with its versions, oldest first."""

    id: int
    reference: str
    station: int
    extension: str = ""
    folder: str = ""
    """Empty for the station's root, otherwise with a backslash at its end."""
    alias: int = 0
    """Id of the document this one stands for; 0 when it stands for itself."""
    emergency: int = 0
    created: int
    modified: int
    custom: tuple[str, str, str, str, str] = ("", "", "", "", "")
    protected: bool = False
    archived: bool = False
    binned: bool = False
    """Whether it lies in the recycle bin."""
    versions: list[Version] = field(default_factory=list)

    @property
    def shown(self) -> Version | None:
        """The version that is displayed: the newest."""
        return self.versions[-1] if self.versions else None


def program_text(reference: str, version: int) -> bytes:
    """A short NC program."""
    depth = 40 + (version * 7 + sum(map(ord, reference))) % 180
    lines = [
        f"({reference} V{version})",
        "G21 G90 G40",
        "T0101 M06",
        f"G00 X{depth}.0 Z2.0",
        f"G01 Z-{depth}.0 F0.2",
        "G00 X200.0 Z100.0 M09",
        "M30",
    ]
    return "\r\n".join(lines).encode()
