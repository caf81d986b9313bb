"""Folders in which people keep jobs."""

from typing import ClassVar

from floorgraph.model.ids import Kind
from floorgraph.model.record import Record


class JobFolder(Record, kw_only=True):
    """A folder of jobs and of further folders."""

    kind_word: ClassVar[Kind] = Kind.JOB_FOLDER
    cosmetic: ClassVar[frozenset[str]] = frozenset({"position"})

    name: str
    """The folder's name; names need not differ."""
    position: int = 0
    """Place among the folders and jobs beside it, counted from 0."""
    parent_id: str | None = None
