"""Global ids: `<source key>:<kind>:<remote id>`, for example `north:station:7`.

Readable in logs, unique over sources, stable across restarts, opaque to
clients. The remote id may contain any character, colons included.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import repeat

from floorgraph.model.errors import BadId

SOURCE_KEY = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


class Kind(StrEnum):
    """What an id names; the middle part of every id."""

    STATION = "station"
    JOB = "job"
    ORDER = "order"
    PIECE = "piece"
    PROGRAM = "program"
    PROGRAM_VERSION = "program-version"
    ALARM = "alarm"
    LAYOUT = "layout"
    BATCH = "batch"
    JOB_FOLDER = "job-folder"


@dataclass(frozen=True, slots=True)
class GlobalId:
    """The three parts of an id; `str()` gives the id as clients see it."""

    source: str
    kind: Kind
    remote: str

    def __str__(self) -> str:
        return f"{self.source}:{self.kind}:{self.remote}"

    @classmethod
    def parse(cls, text: str, *, expected: Kind | None = None) -> "GlobalId":
        """Read an id back.

        Raises `BadId` when the text is not of the form, names an unknown
        kind, or names another kind than the `expected` one.
        """
        found = _known(text) if len(text) <= _LONGEST_KNOWN else _read(text)
        if expected is not None and found.kind is not expected:
            raise BadId(f"'{text[:80]}' is the id of a {found.kind}, not of a {expected}.")
        return found


def shared_source(ids: Sequence[str], *, expected: Kind | None = None) -> str | None:
    """The source of ids that all are of one source and one kind, the expected one if any.

    None where that is not so, or not sure: each must be read by itself then.
    """
    try:
        first = GlobalId.parse(ids[0], expected=expected)
        begin = f"{first.source}:{first.kind}:"
        alike = all(map(str.startswith, ids, repeat(begin))) and min(map(len, ids)) > len(begin)
    except (BadId, TypeError):
        return None
    return first.source if alike else None


def _read(text: str) -> GlobalId:
    source, _, rest = text.partition(":")
    word, _, remote = rest.partition(":")
    if not SOURCE_KEY.fullmatch(source) or not remote:
        raise BadId(f"'{text[:80]}' is not an id of this API; ids look like 'north:station:7'.")
    try:
        kind = Kind(word)
    except ValueError:
        raise BadId(f"'{text[:80]}' names the kind '{word[:40]}', which does not exist.") from None
    return GlobalId(source, kind, remote)


_LONGEST_KNOWN = 120
_known = lru_cache(maxsize=1 << 15)(_read)
"""Loaders read the same ids again and again."""
