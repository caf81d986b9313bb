"""State definitions: the table by which live statuses and histories are understood."""

from floorgraph.model.station import StationState
from floorgraph.vendors.coerce import BadRecord, Fields
from floorgraph.vendors.cwork.mapping.state import STATE, Definition, StateTable, definition
from floorgraph.vendors.cwork.payload import Payload
from floorgraph.vendors.cwork.question import STATES
from floorgraph.vendors.cwork.server import Server
from floorgraph.vendors.failures import SourceFailure
from floorgraph.vendors.gate import Freshness


class States:
    """The state definitions of one server, read again when a state turns up that they lack."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._empty = StateTable({}, server.settings.statuses, server.diagnostics)
        self._missing: frozenset[int] = frozenset()

    async def table(self, freshness: Freshness, needed: set[int]) -> StateTable:
        """The table, with the `needed` handles if the server has them.

        Without an answer it is empty: a live status carries its own state,
        so that only children of customer states are then understood less.
        """
        table = await self._read(freshness)
        lacking = needed - table.definitions.keys()
        if lacking and not lacking <= self._missing:
            table = await self._read(Freshness(max_age=0))
            # What is still missing then was deleted; asking for it with every poll would bring nothing. What
            # others found missing before stays so, for stations need different states by turns.
            self._missing = frozenset((self._missing | lacking) - table.definitions.keys())
        return table

    async def available(self, freshness: Freshness) -> list[StationState]:
        """The states that stations can be put into, in the server's order. Raises `SourceFailure`.

        The server lists what the user of the API key may see; archived states are not among them. It
        does not say which of them are in the scenario of a station.
        """
        observed = await self._server.read(STATES, freshness)
        if observed.failure is not None and freshness.max_age == 0:
            raise observed.failure
        table = self._server.derived.of("states", (observed.value,), lambda: self._map(observed.value))
        return [table.state(handle) for handle in table.definitions]

    async def _read(self, freshness: Freshness) -> StateTable:
        try:
            observed = await self._server.read(STATES, freshness)
        except SourceFailure:
            return self._empty
        return self._server.derived.of("states", (observed.value,), lambda: self._map(observed.value))

    def _map(self, payload: Payload) -> StateTable:
        diagnostics = self._server.diagnostics
        diagnostics.begin(STATE.name)
        found: dict[int, Definition] = {}
        for item in payload.elements():
            try:
                state = definition(Fields(item, STATE, diagnostics=diagnostics))
                found[state.handle] = state
            except BadRecord as bad:
                diagnostics.quarantine(STATE.name, bad.remote_id, f"{bad.field}: {bad.reason}")
        return StateTable(found, self._server.settings.statuses, diagnostics)
