"""Trusted documents: what clients may send by its id, and whether they may send anything else.

A manifest is a JSON file that a client's build writes: `{"id": "document"}`,
or the manifest that Apollo's tools write. An id that has the form of a
SHA-256 is checked against its document. `documentId` names one, and so does
`extensions.persistedQuery.sha256Hash`.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import structlog
from graphql import GraphQLError, parse

from floorgraph.server.access.refusals import TamperedDocument, UnknownDocument, UntrustedDocument
from floorgraph.settings import DocumentSettings
from floorgraph.settings.documents import DocumentMode

log = structlog.get_logger("floorgraph.access")

_HASH: Final = re.compile(r"(?:sha256:)?([0-9a-f]{64})")
_MOST_LOGGED: Final = 1000


class TrustedDocuments:
    """The documents of all manifests in a folder, read once.

    Raises `ValueError` naming the file for a manifest that cannot be used.
    """

    def __init__(self, settings: DocumentSettings) -> None:
        self._mode = settings.mode
        self._by_id = {} if settings.folder is None else _read(settings.folder)
        self._texts = frozenset(self._by_id.values())
        self._logged: set[bytes] = set()
        if settings.mode is DocumentMode.ENFORCE and not self._by_id:
            raise ValueError('documents.mode is "enforce" and documents.folder holds no document.')

    def __len__(self) -> int:
        return len(self._by_id)

    def become(self, other: "TrustedDocuments") -> None:
        """Go by other documents and their mode from now on."""
        self._mode, self._by_id, self._texts = other.content()

    def content(self) -> tuple[DocumentMode, dict[str, str], frozenset[str]]:
        """The mode, and the documents by id and by text."""
        return self._mode, self._by_id, self._texts

    def concerns(self, request: Mapping[str, Any]) -> bool:
        """Whether there is anything to do for a request."""
        return self._mode is not DocumentMode.OFF or _named(request) is not None

    def query(self, request: Mapping[str, Any]) -> str | None:
        """The document of a request, by its id or as it came.

        Raises `UnknownDocument`, `TamperedDocument` and `UntrustedDocument`.
        """
        name, sent = _named(request), request.get("query")
        if name is not None:
            return self._by_name(name, sent)
        if isinstance(sent, str) and sent not in self._texts:
            self._untrusted(sent)
        return sent

    def _by_name(self, name: str, sent: object) -> str:
        known = self._by_id.get(name) or self._by_id.get(_other_form(name))
        if known is None:
            raise UnknownDocument("There is no document with that id on this server.")
        if sent is not None and sent != known:
            raise TamperedDocument("The document that came with the id is another one.")
        return known

    def _untrusted(self, text: str) -> None:
        if self._mode is DocumentMode.ENFORCE:
            raise UntrustedDocument("This server answers only documents that it knows; send a 'documentId'.")
        if self._mode is DocumentMode.LOG and len(self._logged) < _MOST_LOGGED:
            digest = hashlib.sha256(text.encode())
            if digest.digest() not in self._logged:
                self._logged.add(digest.digest())
                log.warning("document is in no manifest", sha256=digest.hexdigest(), begins=text[:80])


def _named(request: Mapping[str, Any]) -> str | None:
    """The id that a request names, if it does."""
    name = request.get("documentId")
    if name is None:
        extensions = request.get("extensions")
        persisted = extensions.get("persistedQuery") if isinstance(extensions, Mapping) else None
        name = persisted.get("sha256Hash") if isinstance(persisted, Mapping) else None
    if name is None:
        return None
    if not isinstance(name, str):
        raise UnknownDocument("The id of a document is a text.")
    return name


def _other_form(name: str) -> str:
    """The same hash with its prefix, or without."""
    found = _HASH.fullmatch(name)
    if found is None:
        return name
    return found[1] if name.startswith("sha256:") else f"sha256:{name}"


def _read(folder: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    if not folder.is_dir():
        raise ValueError(f"documents.folder: {folder} is not a folder.")
    for path in sorted(folder.glob("*.json")):
        for name, text in _entries(path):
            _check(path, name, text)
            if found.setdefault(name, text) != text:
                raise ValueError(f"documents.folder: {path} gives the id '{name[:80]}' to another document.")
    return found


def _entries(path: Path) -> Iterator[tuple[str, str]]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ValueError(f"documents.folder: {path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise ValueError(f"documents.folder: {path} is not JSON.") from error
    operations = content.get("operations") if isinstance(content, dict) else None
    if isinstance(operations, list):
        content = {entry.get("id"): entry.get("body") for entry in operations if isinstance(entry, dict)}
    if not isinstance(content, dict):
        raise _no_manifest(path)
    for name, text in content.items():
        if not isinstance(name, str) or not isinstance(text, str):
            raise _no_manifest(path)
        yield name, text


def _no_manifest(path: Path) -> ValueError:
    return ValueError(f"documents.folder: {path} is not a manifest: an object of id and document.")


def _check(path: Path, name: str, text: str) -> None:
    expected = _HASH.fullmatch(name)
    if expected is not None and hashlib.sha256(text.encode()).hexdigest() != expected[1]:
        raise ValueError(f"documents.folder: {path}: the document '{name[:80]}' is not the one of that hash.")
    try:
        parse(text)
    except (GraphQLError, RecursionError) as error:
        raise ValueError(f"documents.folder: {path}: the document '{name[:80]}' cannot be read.") from error
