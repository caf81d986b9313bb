"""The `[documents]` table: the documents that clients may send by their id, or may send at all."""

from enum import StrEnum

from floorgraph.settings.table import PathBeside, Table


class DocumentMode(StrEnum):
    """What becomes of documents that are in no manifest."""

    OFF = "off"
    """They are answered."""
    LOG = "log"
    """They are answered, and each is logged once."""
    ENFORCE = "enforce"
    """They are refused."""


class DocumentSettings(Table):
    """The `[documents]` table."""

    folder: PathBeside | None = None
    """Folder with manifests (`*.json`): objects of `id: document`. Read at the start."""
    mode: DocumentMode = DocumentMode.OFF
    """What becomes of documents that are in no manifest: `off` answers them, `log` answers and logs them,
    `enforce` refuses them. Documents can be named by their id in every mode."""
