"""Documents: the programs that CWork keeps (API 1.3, licence dnc)."""

from collections.abc import Mapping, Sequence
from typing import Any

from floorgraph.model.ids import GlobalId, Kind
from floorgraph.model.program import Program
from floorgraph.vendors.answers import Answer, Listing
from floorgraph.vendors.coerce import BadRecord, Fields
from floorgraph.vendors.cwork.abilities import Area
from floorgraph.vendors.cwork.collection import Collection, Reading, answer
from floorgraph.vendors.cwork.gathering import gathered
from floorgraph.vendors.cwork.mapping.program import DOCUMENT, labels, program
from floorgraph.vendors.cwork.paging import all_pages
from floorgraph.vendors.cwork.payload import Payload
from floorgraph.vendors.cwork.question import CUSTOM_FIELDS, document, documents
from floorgraph.vendors.cwork.server import Server
from floorgraph.vendors.failures import SourceFailure
from floorgraph.vendors.gate import Freshness, Observed
from floorgraph.vendors.questions import EVERYTHING, By, Where
from floorgraph.vendors.turns import TURNS, Steps, at_once

FEW = 8
"""Up to this many documents are asked for one by one; more of them by the list, if that has fewer pages."""
NO_LABELS: Mapping[str, str] = {}


class Documents:
    """The documents of one server."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._seen: Mapping[str, Program] = {}
        self._pages = 0

    @property
    def pages(self) -> int:
        """How many pages the list had when it was last read; 0 before."""
        return self._pages

    async def select(self, where: Where, freshness: Freshness) -> Answer[Program]:
        """The programs asked for; none where the server keeps no documents. Raises `SourceFailure`."""
        if not await self.are_kept(freshness):
            return Answer((), None)
        if where.by is By.ID:
            return await self._by_id(where.values, freshness)
        if where.by is By.STATION and len(where.values) == 1 and not self._list_is_fresh(freshness):
            (station,) = where.values
            return await self._listed(where, freshness, GlobalId.parse(station).remote)
        return await self._listed(where, freshness)

    async def listing(self, freshness: Freshness) -> Listing:
        """All programs. Raises `SourceFailure` when the list is not fresh or has no end."""
        found = await self.select(EVERYTHING, freshness)
        if found.failure is not None:
            raise found.failure
        return Listing(found.items, found.complete, found.observed_at or self._server.clock.now())

    async def are_kept(self, freshness: Freshness) -> bool:
        """Whether the server keeps documents. Raises `SourceFailure` when that is not known."""
        abilities = await self._server.know(Area.STATIONS, Area.DOCUMENTS, freshness=freshness)
        return abilities.has("documents")

    async def _listed(
        self, where: Where, freshness: Freshness, station: str | None = None
    ) -> Answer[Program]:
        pages = await all_pages(self._server, lambda page: documents(page, station), freshness, _number)
        names = await self._labels(freshness)
        if station is None:
            self._pages = len(pages.answers)
            values = tuple(page.value for page in pages.answers)
            programs = await self._server.derived.of_many(
                "programs",
                (*values, names),
                lambda: self._map(pages.answers[-1], pages.elements, pages.lost, names, ward=""),
            )
        else:
            programs = at_once(self._map(pages.answers[-1], pages.elements, pages.lost, names, ward=None))
        if any(page.stale for page in pages.answers):
            programs = await TURNS.through(programs.turning_stale())
        found = answer(pages.answers[-1], programs, where)
        oldest = min(page.at for page in pages.answers)
        return Answer(found.items, oldest, pages.complete and programs.complete, pages.failure)

    async def _by_id(self, ids: frozenset[str], freshness: Freshness) -> Answer[Program]:
        where = Where(By.ID, ids)
        known: list[Answer[Program]] = []
        if self._list_is_fresh(freshness) or len(ids) > max(FEW, self._pages):
            known.append(await self._listed(where, freshness))
        missing = ids - {record.id for part in known for record in part.items}
        names = await self._labels(freshness) if missing else NO_LABELS

        async def read(handle: str) -> Answer[Program]:
            observed = await self._server.read(document(handle), freshness)
            single = observed.value.single("DocumentId", handle)
            payloads = [] if single is None else [single]
            programs = at_once(self._map(observed, payloads, observed.value.lost, names, ward=None))
            return answer(observed, programs.stale() if observed.stale else programs, where)

        return await gathered(known, missing, self._server.settings.concurrency, read)

    def _list_is_fresh(self, freshness: Freshness) -> bool:
        pages = range(1, self._pages + 1)
        return bool(pages) and all(self._server.is_fresh(documents(page), freshness) for page in pages)

    async def _labels(self, freshness: Freshness) -> Mapping[str, str]:
        """What the customer calls the fields of documents (API 1.16)."""
        try:
            observed = await self._server.read(CUSTOM_FIELDS, Freshness(since=freshness.since))
        except SourceFailure:
            return NO_LABELS
        return self._server.derived.of("labels", (observed.value,), lambda: self._map_labels(observed.value))

    def _map_labels(self, payload: Payload) -> Mapping[str, str]:
        try:
            return labels(Fields(payload.value, "custom fields", diagnostics=self._server.diagnostics))
        except BadRecord:
            return NO_LABELS

    def _map(
        self,
        observed: Observed[Payload],
        payloads: list[Any],
        lost: Sequence[str],
        names: Mapping[str, str],
        *,
        ward: str | None,
    ) -> Steps[Collection[Program]]:
        frame = self._server.frame(observed)
        reading = Reading(
            Kind.PROGRAM,
            DOCUMENT,
            frame,
            lambda fields: program(fields, frame, names),
            previous=self._seen,
            ward=ward,
        )
        programs = yield from reading.steps(payloads, lost)
        self._seen = programs.by_id if ward is not None else {**self._seen, **programs.by_id}
        return programs


def _number(item: Any) -> Any:
    return item.get("DocumentId") if isinstance(item, dict) else None
