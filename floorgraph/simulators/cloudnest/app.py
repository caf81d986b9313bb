"""The gateway: a request's way from the wire to the endpoint and back."""

from collections.abc import Mapping
from email.utils import formatdate
from typing import Any

import orjson
from starlette.types import ASGIApp

from floorgraph.simulators.cloudnest import (
    drawings,
    gates,
    job_reads,
    job_writes,
    machine_history,
    machine_reads,
    result_reads,
    stock_reads,
    stock_writes,
    unlisted_reads,
)
from floorgraph.simulators.cloudnest.errors import Refused, UnknownPath, nowhere, refusal
from floorgraph.simulators.cloudnest.examples import document_text, document_tree
from floorgraph.simulators.cloudnest.founding import found_hall
from floorgraph.simulators.cloudnest.life import advance
from floorgraph.simulators.cloudnest.limits import Limits
from floorgraph.simulators.cloudnest.options import CloudNestOptions
from floorgraph.simulators.cloudnest.overview import overview
from floorgraph.simulators.cloudnest.request import Ask, Desk, Endpoint
from floorgraph.simulators.cloudnest.steering import apply
from floorgraph.simulators.contract import Call, Reply
from floorgraph.simulators.harness import Harness
from floorgraph.simulators.routes import RouteTable

ENDPOINTS: tuple[Endpoint, ...] = (
    *job_reads.ENDPOINTS,
    *result_reads.ENDPOINTS,
    *machine_reads.ENDPOINTS,
    *machine_history.ENDPOINTS,
    *unlisted_reads.ENDPOINTS,
    *stock_reads.ENDPOINTS,
    *drawings.ENDPOINTS,
    *job_writes.ENDPOINTS,
    *stock_writes.ENDPOINTS,
)
UNKNOWN = "(unknown)"


class CloudNestServer:
    """A simulated gateway with CloudNest and the machines' part behind it."""

    def __init__(self, options: CloudNestOptions) -> None:
        self.clock = options.clock()
        self._options = options
        if unknown := sorted(set(options.paths) - {endpoint.name for endpoint in ENDPOINTS}):
            raise ValueError(f"paths: there is no endpoint {', '.join(unknown)}")
        self._routes = RouteTable([endpoint.moved(options.paths) for endpoint in ENDPOINTS])
        self.restart()

    def restart(self) -> None:
        """The hall and the gateway as the options describe them, at the clock's now."""
        options = self._options
        self._desk = Desk(
            options=options,
            hall=found_hall(options, self.clock.now()),
            limits=Limits(
                options.limit_rules(),
                day_offset=options.quota_day_offset_hours * 3600,
                tolerance=options.rate_tolerance,
            ),
            app_secret=options.app_secret,
            org_codes=set(options.org_codes),
            ungranted=list(options.ungranted),
            granted_machines=None if options.granted_machines is None else set(options.granted_machines),
            clock_skew=options.clock_skew,
        )

    def advance(self) -> None:
        """Bring the hall to the clock's now."""
        now = self.clock.now()
        advance(self._desk.hall, now)
        self._desk.limits.turn(now)

    def label(self, method: str, path: str) -> str:
        """`POST /api/user_devices`: method and path."""
        match = self._routes.match(method, path)
        return f"{method} {match.endpoint.path if match else UNKNOWN}"

    async def answer(self, call: Call) -> Reply:
        """What the gateway would answer."""
        desk = self._desk
        desk.answers += 1
        try:
            reply = self._answer(call)
        except Refused as refused:
            match = self._routes.match(call.method, call.path)
            desk.refused[match.endpoint.name if match else UNKNOWN, refused.condition] += 1
            reply = refusal(refused, desk.options.codes, desk.options.messages, desk.options.limit_status)
        except UnknownPath as unknown:
            reply = nowhere(unknown)
        if desk.clock_skew or desk.options.gateway_clock == "real":
            reply.headers["Date"] = formatdate(gates.gateway_time(desk, self.clock.now()), usegmt=True)
        return reply

    def encode(self, reply: Reply) -> bytes:
        """JSON."""
        return orjson.dumps(reply.data)

    def state(self) -> Mapping[str, object]:
        """The hall and the gateway for whoever looks in."""
        return overview(self._desk)

    def change(self, wanted: Any) -> Mapping[str, object]:
        """Change the hall or the gateway from outside."""
        added = apply(self._desk, wanted)
        return {**added, **overview(self._desk)}

    def _answer(self, call: Call) -> Reply:
        desk = self._desk
        gates.watch_secret(desk, call)
        match = self._routes.match(call.method, call.path)
        if match is None:
            raise UnknownPath(405 if self._routes.matches(call.path) else 404, call.path)
        endpoint = match.endpoint
        now = self.clock.now()
        gates.check_signature(desk, call, gates.gateway_time(desk, now))
        gates.check_organisation(desk, call, endpoint)
        gates.check_grant(desk, endpoint)
        gates.check_limits(desk, endpoint, now)
        data = endpoint.answer(Ask(desk=desk, call=call, zone=gates.zone_of(desk, call, endpoint)))
        if endpoint.name == "job_tree" and desk.options.examples and data == document_tree():
            return Reply(content=document_text())
        return Reply(data={"status": 0, "msg": endpoint.msg, "data": data})


def build(options: CloudNestOptions) -> ASGIApp:
    """The app of a simulated gateway."""
    return Harness(CloudNestServer(options), seed=options.seed)
