"""The frame of a mapping: whose records they are, and what words mean in its configuration."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import cache
from typing import Any, TypeVar

from floorgraph.model.ids import Kind
from floorgraph.vendors.authentise.links import Ref, global_id
from floorgraph.vendors.authentise.resources import resources
from floorgraph.vendors.authentise.secrets import without_secrets
from floorgraph.vendors.authentise.shelf import Row
from floorgraph.vendors.coerce import Fields, Shape
from floorgraph.vendors.diagnostics import Diagnostics

W = TypeVar("W", bound=Enum)

NEEDED = frozenset({"uri", "status", "updated"})
"""Fields that are noted as gone where a resource documents them and a row comes without."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What all records of one source have in common."""

    source: str
    diagnostics: Diagnostics
    statuses: Mapping[str, Mapping[str, str]]
    """Vendor word -> status, by vocabulary, from the configuration."""

    def id(self, kind: Kind, ref: Ref) -> str:
        """The global id of a record."""
        return global_id(self.source, kind, ref)

    def maybe_id(self, kind: Kind, ref: Ref | None) -> str | None:
        """The global id behind a link, where there is one."""
        return None if ref is None else global_id(self.source, kind, ref)

    def ids(self, kind: Kind, refs: list[Ref]) -> tuple[str, ...]:
        """The global ids behind links."""
        return tuple(global_id(self.source, kind, ref) for ref in refs)

    def fields(self, row: Row) -> Fields:
        """A tolerant reader over a row; fields that the vendor does not document are noted as new."""
        return Fields(row.payload, shape_of(row.ref.resource), diagnostics=self.diagnostics)

    def common(
        self, kind: Kind, row: Row, fields: Fields, modified_at: datetime | None = None
    ) -> dict[str, Any]:
        """The fields that all records share; the vendor's `updated` dates them where there is one."""
        return {
            "id": self.id(kind, row.ref),
            "source": self.source,
            "remote_id": row.ref.remote,
            "observed_at": row.at,
            "updated_at": modified_at or fields.instant("updated") or row.at,
            "raw": without_secrets(row.ref.resource, row.payload),
        }

    def word(self, vocabulary: str, word: str | None, meanings: Mapping[str, W], unknown: W, of: str) -> W:
        """What a vendor's word means; one without a meaning is counted as a word of `of`."""
        if word is None:
            return unknown
        chosen = self.statuses.get(vocabulary, {}).get(word)
        if chosen is not None:
            return type(unknown)[chosen]
        found = meanings.get(folded(word))
        if found is None:
            self.diagnostics.unmapped(f"{of} status", word)
            return unknown
        return found


@cache
def shape_of(resource: str) -> Shape | str:
    """The fields of a resource as the vendor documents them; of those, what records rest on must be there."""
    documented = resources().get(resource)
    if documented is None:
        return resource
    needed = sorted(NEEDED & documented.fields)
    return Shape(resource, expected=needed, optional=documented.fields - NEEDED)


def folded(word: str) -> str:
    """A word without its fashion: the vendor writes hyphens here and underscores there."""
    return word.strip().lower().replace("_", "-").replace(" ", "-")


def short(ref: Ref) -> str:
    """The beginning of a uuid, for what has no name."""
    return ref.uuid[:8]
