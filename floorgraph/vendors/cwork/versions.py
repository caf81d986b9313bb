"""Versions of programs, and their text (versions: API 1.3, text: API 1.14; licence dnc)."""

from collections.abc import Mapping
from typing import Any

from floorgraph.model.ids import GlobalId, Kind
from floorgraph.model.program import ProgramContent, ProgramVersion
from floorgraph.vendors.answers import Answer
from floorgraph.vendors.cwork.collection import Collection, Reading, answer
from floorgraph.vendors.cwork.documents import Documents
from floorgraph.vendors.cwork.gathering import gathered
from floorgraph.vendors.cwork.mapping.program import VERSION, version
from floorgraph.vendors.cwork.payload import Payload
from floorgraph.vendors.cwork.question import content, versions
from floorgraph.vendors.cwork.question import version as version_question
from floorgraph.vendors.cwork.server import Server
from floorgraph.vendors.failures import NotFound, Unsupported
from floorgraph.vendors.gate import Freshness, Observed
from floorgraph.vendors.http import Reply
from floorgraph.vendors.questions import By, Where

LARGE_TEXT = 65_536
"""Bytes from which the text of a program is not remembered."""


class Versions:
    """The versions of the documents of one server."""

    def __init__(self, server: Server, documents: Documents) -> None:
        self._server = server
        self._documents = documents
        self._seen: Mapping[str, ProgramVersion] = {}

    async def select(self, where: Where, freshness: Freshness) -> Answer[ProgramVersion]:
        """The versions of some programs, or single ones: CWork has no list of all. Raises `SourceFailure`."""
        if where.by not in (By.PROGRAM, By.ID) or not await self._documents.are_kept(freshness):
            return Answer((), None)

        async def of_program(handle: str) -> Answer[ProgramVersion]:
            observed = await self._server.read(versions(handle), freshness)
            return answer(observed, self._map(observed, observed.value.elements()), where)

        async def single(handle: str) -> Answer[ProgramVersion]:
            observed = await self._server.read(version_question(handle), freshness)
            found = observed.value.single("VersionId", handle)
            return answer(observed, self._map(observed, [] if found is None else [found]), where)

        read = of_program if where.by is By.PROGRAM else single
        return await gathered((), where.values, self._server.settings.concurrency, read)

    async def content(self, version_id: str, freshness: Freshness) -> ProgramContent | None:
        """The text of a version; None where the server cannot give it out or does not have it.

        Raises `SourceFailure`.
        """
        handle = GlobalId.parse(version_id).remote
        if not handle.isdecimal() or not await self._documents.are_kept(freshness):
            return None
        question = content(handle)
        try:
            observed = await self._server.read_as(question, freshness, self._text)
        except (Unsupported, NotFound):
            return None
        if observed.value.size_bytes > LARGE_TEXT:
            self._server.gate.forget(question.key)
        return observed.value

    def _text(self, reply: Reply) -> ProgramContent:
        """The text, cut at the configured number of bytes."""
        size, limit = len(reply.body), self._server.settings.content_limit
        text = reply.text()
        if size > limit:
            text = text.encode()[:limit].decode(errors="ignore")
        return ProgramContent(text=text, size_bytes=size, truncated=size > limit)

    def _map(self, observed: Observed[Payload], payloads: list[Any]) -> Collection[ProgramVersion]:
        frame = self._server.frame(observed)
        reading = Reading(
            Kind.PROGRAM_VERSION,
            VERSION,
            frame,
            lambda fields: version(fields, frame),
            previous=self._seen,
            ward=None,
        )
        found = reading.collection(payloads, observed.value.lost)
        self._seen = dict(found.by_id)
        return found.stale() if observed.stale else found
