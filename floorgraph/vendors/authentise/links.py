"""Links: what names a record. Identity is resource and uuid, never the whole address.

Old data may be linked to by another host (`erp.` in place of `data.`), so
only the last two parts of a link's path count.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from floorgraph.model.ids import GlobalId, Kind

UUID = re.compile(r"[0-9a-fA-F]{8}-?(?:[0-9a-fA-F]{4}-?){3}[0-9a-fA-F]{12}")


class Ref(NamedTuple):
    """A record at the vendor; the remote id is `<resource>/<uuid>`."""

    resource: str
    uuid: str

    @property
    def remote(self) -> str:
        """The remote id."""
        return f"{self.resource}/{self.uuid}"


def uuid_of(text: Any) -> str | None:
    """A uuid in its one form: small letters with hyphens."""
    if not isinstance(text, str) or not UUID.fullmatch(text):
        return None
    digits = text.replace("-", "").lower()
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def ref_of(link: Any, default: str | None = None) -> Ref | None:
    """What a link leads to; a bare uuid belongs to `default`. None for anything else."""
    return _read(link, default) if isinstance(link, str) else None


@lru_cache(maxsize=100_000)
def _read(link: str, default: str | None) -> Ref | None:
    """Links are looked at again with every poll, and hardly ever new."""
    bare = uuid_of(link)
    if bare is not None:
        return None if default is None else Ref(default, bare)
    try:
        parts = [part for part in urlsplit(link).path.split("/") if part]
    except ValueError:
        return None
    uuid = uuid_of(parts[-1]) if len(parts) >= 2 else None
    return None if uuid is None else Ref(parts[-2], uuid)


def refs_of(links: Any, default: str | None = None) -> list[Ref]:
    """What the links of a list lead to, each once; what is no link is left out."""
    found = (ref_of(link, default) for link in (links if isinstance(links, list) else ()))
    return list(dict.fromkeys(ref for ref in found if ref is not None))


def ref_of_id(record_id: str) -> Ref | None:
    """What a global id stands for; None when it cannot be one of this vendor's."""
    resource, _, uuid = GlobalId.parse(record_id).remote.partition("/")
    canonical = uuid_of(uuid)
    return Ref(resource, uuid) if resource and canonical == uuid else None


def refs_of_ids(record_ids: Iterable[str]) -> dict[str, Ref]:
    """What global ids stand for, by id and in their order; ids of no possible record are left out."""
    found = ((one, ref_of_id(one)) for one in sorted(record_ids))
    return {one: ref for one, ref in found if ref is not None}


def global_id(source: str, kind: Kind, ref: Ref) -> str:
    """The global id of a record."""
    return f"{source}:{kind.value}:{ref.resource}/{ref.uuid}"
