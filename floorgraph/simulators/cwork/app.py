"""The CWork server: a request's way from the wire to the endpoint and back."""

from collections.abc import Mapping
from typing import Any

from starlette.types import ASGIApp

from floorgraph.simulators.contract import Call, Reply
from floorgraph.simulators.cwork import (
    document_reads,
    document_writes,
    gates,
    macros,
    people,
    state_writes,
    station_reads,
    statuses,
    timelines,
    transfers,
    work_reads,
)
from floorgraph.simulators.cwork.dates import DateFormat
from floorgraph.simulators.cwork.errors import VendorError, error_reply, unauthorized
from floorgraph.simulators.cwork.examples import Examples
from floorgraph.simulators.cwork.exchange import Exchange
from floorgraph.simulators.cwork.founding import found_shop
from floorgraph.simulators.cwork.handwriting import written
from floorgraph.simulators.cwork.life import advance
from floorgraph.simulators.cwork.options import CWorkOptions, minor_version
from floorgraph.simulators.cwork.overview import overview
from floorgraph.simulators.cwork.request import Ask, Desk, Endpoint
from floorgraph.simulators.cwork.steering import apply
from floorgraph.simulators.dice import Dice
from floorgraph.simulators.harness import Harness
from floorgraph.simulators.routes import RouteTable

ENDPOINTS: tuple[Endpoint, ...] = (
    *people.ENDPOINTS,
    *station_reads.ENDPOINTS,
    *statuses.ENDPOINTS,
    *timelines.ENDPOINTS,
    *work_reads.ENDPOINTS,
    *document_reads.ENDPOINTS,
    *document_writes.ENDPOINTS,
    *state_writes.ENDPOINTS,
    *transfers.ENDPOINTS,
    *macros.ENDPOINTS,
)
UNKNOWN = "(unknown)"


class CWorkServer:
    """A simulated CWork installation with its API."""

    def __init__(self, options: CWorkOptions) -> None:
        self.clock = options.clock()
        self._options = options
        self._routes = RouteTable(ENDPOINTS)
        self._examples = Examples() if options.examples else None
        self._oddities = frozenset(options.oddities)
        self.restart()

    def restart(self) -> None:
        """The shop as the options describe it, at the clock's now."""
        options = self._options
        self._desk = Desk(
            options=options,
            shop=found_shop(options, self.clock.now()),
            dates=DateFormat(options.timezone),
            people=people.People(options),
            exchange=Exchange(options.exchange_dir, Dice("exchange", options.seed)),
            version=minor_version(options.version),
            licences=set(options.licences),
        )

    def advance(self) -> None:
        """Bring the shop to the clock's now."""
        advance(self._desk.shop, self.clock.now())
        self._desk.exchange.tidy(self._desk.shop.now)

    def label(self, method: str, path: str) -> str:
        """`GET /stations/{id}`: the endpoint as the vendor's document writes it, without the base path."""
        match = self._routes.match(method, self._local(path))
        return match.endpoint.label if match else f"{method} {UNKNOWN}"

    async def answer(self, call: Call) -> Reply:
        """What CWork would answer."""
        try:
            return self._answer(call)
        except gates.Unauthorized:
            return unauthorized()
        except VendorError as error:
            return error_reply(error, self._options)

    def encode(self, reply: Reply) -> bytes:
        """JSON as CWork writes it."""
        return written(reply.data, reply.label, self._oddities)

    def state(self) -> Mapping[str, object]:
        """The shop for whoever looks in."""
        return overview(self._desk)

    def change(self, wanted: Any) -> Mapping[str, object]:
        """Change the shop from outside."""
        added = apply(self._desk, wanted)
        return {**added, **overview(self._desk)}

    def _answer(self, call: Call) -> Reply:
        desk = self._desk
        if not call.path.startswith(self._options.base_path):
            raise VendorError(404)
        user = gates.identify(desk, call.headers)
        version = gates.chosen_version(desk, call.headers)
        path = self._local(call.path)
        match = self._routes.match(call.method, path)
        if match is None:
            raise gates.unknown_path(desk, call, bool(self._routes.matches(path)))
        endpoint = match.endpoint
        if self._examples and (found := self._examples.reply(endpoint.label, call)):
            return found
        gates.check_endpoint(desk, endpoint, version)
        gates.check_licence(desk, endpoint)
        gates.check_right(endpoint, user)
        gates.check_engine(desk, endpoint)
        ask = Ask(desk=desk, call=call, args=match.args, version=version, user=user)
        reply = endpoint.answer(ask)
        reply.label = endpoint.label
        return reply

    def _local(self, path: str) -> str:
        return path.removeprefix(self._options.base_path)


def build(options: CWorkOptions) -> ASGIApp:
    """The app of a simulated CWork server."""
    return Harness(CWorkServer(options), seed=options.seed)
