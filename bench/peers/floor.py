"""Floorgraph in the comparison: the whole server over an adapter for the comparison's vendor.

    python -m bench.peers.floor http://127.0.0.1:4000 --batch --snapshot 5

Everything that ships is on: identity, limits, metrics, masking of errors, the
gate with its budget and breaker, the HTTP client with its deadlines and byte
cap. Without `--snapshot` no answer serves a second operation.
"""

import argparse
import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar

import msgspec

from bench.hall import KEY
from floorgraph.model.ids import Kind
from floorgraph.model.job import Job
from floorgraph.model.order import Order, OrderStatus
from floorgraph.model.piece import Piece
from floorgraph.model.record import Record
from floorgraph.model.source import CapabilityState, SourceCondition
from floorgraph.model.station import Activity, LiveStatus, Station, StationState, activity_of
from floorgraph.vendors.answers import Answer
from floorgraph.vendors.contract import Ahead, Source, SourceTools
from floorgraph.vendors.failures import SourceFailure
from floorgraph.vendors.gate import Gate, GatePolicy
from floorgraph.vendors.gate.budget import BudgetPolicy
from floorgraph.vendors.gate.call import Call, Freshness
from floorgraph.vendors.http import HttpClient, HttpOptions
from floorgraph.vendors.pricing import Read
from floorgraph.vendors.questions import By, Where
from floorgraph.vendors.source_settings import SourceSettings
from floorgraph.vendors.turns import TURNS, Steps, parts

T = TypeVar("T")
CONNECTIONS = 100


TOGETHER = 250
"""Records made before it is looked whether others should have their turn."""


UNKNOWN = datetime.max.replace(tzinfo=UTC)
"""In place of what the vendor does not tell, until it is put in."""


def _straight(kind: type[Record], sent: str, **further: object) -> type[Any]:
    """The class that a list is read into: the vendor's fields have the names that they have in GraphQL.

    Those that are sent come first and in the vendor's order, in which they are looked for.
    """
    first = sent.split()
    declared = {one.name: one for one in msgspec.structs.fields(kind)}
    order = [*first, *(name for name in declared if name not in first)]
    given = {"source": KEY, "remote_id": "", "observed_at": UNKNOWN, "updated_at": UNKNOWN} | further
    fields: list[Any] = [
        (one.name, one.type, found)
        if (found := given.get(one.name, one.default)) is not msgspec.NODEFAULT
        else (one.name, one.type)
        for one in map(declared.__getitem__, order)
    ]
    # All of them are declared anew: names of inherited ones would stay as they are.
    return msgspec.defstruct(kind.__name__, fields, bases=(kind,), rename="camel", kw_only=True)


class _State(StationState, rename="camel", kw_only=True):
    station_id: str
    activity: Activity = Activity.NOT_AVAILABLE


_STATION = _straight(
    Station, "id name description kind workshop groups enabled monitored updated_at stale"
)  # fmt: skip
_JOB = _straight(Job, "id station_id name status kind valid archived created_at part_reference")
_ORDER = _straight(Order, "id", name="", status=OrderStatus.IN_PROGRESS)
_PIECE = _straight(
    Piece, "id order_id name status quantity serialised reference material updated_at stale kind"
)  # fmt: skip


def _met(rows: Sequence[Any], at: datetime) -> Sequence[Any]:
    """The records as they were met at that time."""
    if isinstance(rows[0], _State):
        return [_live(row, at) for row in rows]
    behind = _behind(rows[0].kind_word)
    for row in rows:
        row.remote_id = row.id[behind:]
        row.observed_at = at
        if row.updated_at is UNKNOWN:
            row.updated_at = at
    return rows


def _live(state: _State, at: datetime) -> LiveStatus:
    state.activity = activity_of(state.status)
    key = state.station_id
    remote_id = key[_behind(Kind.STATION) :]
    return LiveStatus(
        id=key, source=KEY, remote_id=remote_id, observed_at=at, updated_at=at, state=state
    )  # fmt: skip


@cache
def _behind(kind: Kind) -> int:
    """Where the vendor's own number begins in its ids."""
    return len(f"{KEY}:{kind}:")


def _made(rows: Sequence[Any], at: datetime) -> Steps[list[Any]]:
    made: list[Any] = []
    for part in parts(rows, TOGETHER):
        made += _met(part, at)
        yield len(part)
    return made


def _pages(payload: Any) -> msgspec.json.Decoder[Any]:
    made: Any = msgspec.defstruct(f"{payload.__name__}Page", [("nodes", list[payload])])
    return msgspec.json.Decoder(made)


_READ = (_STATION, _State, _JOB, _ORDER, _PIECE)
PAGES: dict[Any, msgspec.json.Decoder[Any]] = {kind: _pages(kind) for kind in _READ}
ONE: dict[Any, msgspec.json.Decoder[Any]] = {kind: msgspec.json.Decoder(kind) for kind in (_STATION, _State)}


def _policy(ttl: float, *, batch: bool) -> GatePolicy:
    """A vendor that takes any number of calls: counted as ever, but far from the limit.

    What was asked ahead must be remembered until its operation asks for it; large lists are not asked ahead.
    """
    budget = BudgetPolicy(per_second=1e6, burst=1000)
    remembered = 1000 if ttl else 4 if batch else 300
    return GatePolicy(concurrency=CONNECTIONS, remembered=remembered, budget=budget)


class RestHall(Source):
    """The adapter: how the vendor of the comparison is asked."""

    vendor = "bench"

    def __init__(self, url: str, *, batch: bool, ttl: float) -> None:
        super().__init__(SourceSettings(key=KEY, vendor="bench"), SourceTools())
        self._batch = batch
        self._ttl = ttl
        self._http = HttpClient(KEY, url, options=HttpOptions(connections=CONNECTIONS))
        self._gate = Gate(KEY, _policy(ttl, batch=batch))

    @property
    def version(self) -> str | None:
        return "1"

    def condition(self) -> SourceCondition:
        return self._gate.condition()

    def capabilities(self) -> Sequence[CapabilityState]:
        return ()

    async def probe(self) -> None:
        await self._records("/orders", _ORDER, Freshness(max_age=0))

    async def close(self) -> None:
        await self._gate.close()
        await self._http.close()

    async def select(self, kind: Kind, where: Where, freshness: Freshness) -> Answer[Any]:
        return Answer(items=await self._selected(kind, where, freshness), observed_at=datetime.now(UTC))

    async def _selected(self, kind: Kind, where: Where, freshness: Freshness) -> Sequence[Any]:
        if kind is Kind.STATION and where.by is By.ID:
            return await self._each("/stations/{}", where, _STATION, freshness, one=True)
        if kind is Kind.JOB and where.by is By.STATION and not self._batch:
            return await self._each("/stations/{}/jobs", where, _JOB, freshness)
        path, payload = {
            Kind.STATION: ("/stations", _STATION),
            Kind.JOB: ("/jobs", _JOB),
            Kind.ORDER: ("/orders", _ORDER),
            Kind.PIECE: ("/pieces", _PIECE),
        }[kind]
        return await self._records(path, payload, freshness)

    def ask_ahead(self, read: Read, freshness: Freshness) -> Ahead | None:
        return self._all_states(freshness) if read is Read.LIVE else None

    async def _all_states(self, freshness: Freshness) -> None:
        await self._records("/states", _State, freshness)

    async def live(
        self, station_ids: Iterable[str], freshness: Freshness
    ) -> Mapping[str, LiveStatus | SourceFailure]:
        wanted = list(station_ids)
        if len(wanted) == 1:
            where = Where(By.ID, frozenset(wanted))
            found = await self._each("/stations/{}/state", where, _State, freshness, one=True)
        else:
            found = await self._records("/states", _State, freshness)
        return {one.id: one for one in found}

    async def _each(
        self, path: str, where: Where, payload: Any, freshness: Freshness, *, one: bool = False
    ) -> Sequence[Any]:
        # In the order of their numbers: a vendor asked one by one has no order of its own.
        numbers = sorted(int(key.rpartition(":")[2]) for key in where.values)
        asked = (self._records(path.format(number), payload, freshness, one=one) for number in numbers)
        if len(numbers) == 1:
            return await next(asked)
        return [record for part in await asyncio.gather(*asked) for record in part]

    async def _records(
        self, path: str, payload: Any, freshness: Freshness, *, one: bool = False
    ) -> Sequence[Any]:
        async def fetch() -> Sequence[Any]:
            reply = await self._http.send("GET", path, endpoint="records")
            if not reply.ok:
                raise reply.failure()
            at = reply.received_at
            if one:
                return _met([ONE[payload].decode(reply.body)], at)
            rows = PAGES[payload].decode(reply.body).nodes
            return await TURNS.through(_made(rows, at))

        # Without a snapshot each operation asks for itself, even while another one's question is under way.
        key = path if self._ttl else f"{path} {freshness.since}"
        observed = await self._gate.read(Call(key, "records", self._ttl, fetch), freshness)
        return observed.value


def main() -> None:
    """Serve until stopped; the address is the first line of standard output."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url", help="of the vendor")
    parser.add_argument("--batch", action="store_true", help="the vendor answers for many parents at once")
    parser.add_argument(
        "--snapshot", type=float, default=0.0, help="seconds for which answers serve everybody"
    )
    parser.add_argument("--graphql-core", action="store_true", help="without the fast path")
    options = parser.parse_args()

    from floorgraph.logs import configure_logs

    configure_logs(level="warning")
    from bench.queries import LIMITS
    from floorgraph.server.app import app_over
    from floorgraph.server.collecting import settle
    from floorgraph.server.run import server_for
    from floorgraph.settings import LimitSettings, LogLevel, Role, ServerSettings, Settings
    from floorgraph.vendors.floor import Floor

    source = RestHall(options.url, batch=options.batch, ttl=options.snapshot)
    settings = Settings(
        ServerSettings(anonymous_role=Role.VIEWER, log_level=LogLevel.ERROR),
        limits=LimitSettings.model_validate(LIMITS),
    )
    app = app_over(Floor([source]), settings, fast_path=not options.graphql_core)
    settle()
    server_for(app, "127.0.0.1", 0, lambda url: print(url, flush=True)).run()


if __name__ == "__main__":
    main()
