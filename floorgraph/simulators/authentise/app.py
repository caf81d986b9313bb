"""The Authentise server: a request's way from the wire to the resource and back."""

from collections.abc import Mapping
from typing import Any

import orjson
from starlette.types import ASGIApp

from floorgraph.simulators.authentise import actions, services
from floorgraph.simulators.authentise.access import Access
from floorgraph.simulators.authentise.addresses import NOWHERE, SERVICES, read_address
from floorgraph.simulators.authentise.cache import Cache
from floorgraph.simulators.authentise.catalogue import RESOURCES
from floorgraph.simulators.authentise.errors import PageError, VendorError, not_allowed, not_found_page
from floorgraph.simulators.authentise.founding import found_shop
from floorgraph.simulators.authentise.handling import answer
from floorgraph.simulators.authentise.limits import Limits
from floorgraph.simulators.authentise.options import AuthentiseOptions
from floorgraph.simulators.authentise.overview import overview
from floorgraph.simulators.authentise.request import Ask, Desk, base_url
from floorgraph.simulators.authentise.steering import apply
from floorgraph.simulators.authentise.stream import Front
from floorgraph.simulators.contract import Call, Reply
from floorgraph.simulators.harness import Harness

ACCEPTED = ("application/json", "application/*", "*/*", "application/raml+yaml")


class AuthentiseServer:
    """A simulated tenant: data, users and events behind one address."""

    def __init__(self, options: AuthentiseOptions) -> None:
        self.clock = options.clock()
        self._options = options
        self._access = Access(options)
        self._requests = 0
        self.restart()

    def restart(self) -> None:
        """The shop as the options describe it, at the clock's now; sessions and tokens stay."""
        shop, people = found_shop(self._options, self.clock.now())
        self.desk = Desk(self._options, shop, self._access, Limits(self._options), people)
        self._cache = Cache()

    def advance(self) -> None:
        """Bring the shop to the clock's now."""
        self.desk.shop.advance(self.clock.now())

    def label(self, method: str, path: str) -> str:
        """`GET /run/{uuid}/`: method and path as the vendor's document writes them."""
        return f"{method} {read_address(path, RESOURCES).label if path != '/' else '/'}"

    async def answer(self, call: Call) -> Reply:
        """What the server would answer."""
        if self._options.cached and (found := self._cache.get(call, self.clock.now())):
            return found
        try:
            reply = self._answer(call)
        except (VendorError, PageError) as error:
            reply = error.reply()
        self._requests += 1
        reply.headers["Request-ID"] = call.headers.get("request-id") or f"simulated-{self._requests}"
        if call.method == "GET" and reply.status == 200:
            reply.headers["Cache-Control"] = "max-age=10"
            if self._options.cached:
                self._cache.put(call, reply, self.clock.now())
        return reply

    def encode(self, reply: Reply) -> bytes:
        """Plain JSON."""
        return orjson.dumps(reply.data)

    def state(self) -> Mapping[str, object]:
        """The shop for whoever looks in."""
        return overview(self.desk)

    def change(self, wanted: Any) -> Mapping[str, object]:
        """Change the shop from outside."""
        done = apply(self.desk, wanted)
        return {**done, **overview(self.desk)}

    def _answer(self, call: Call) -> Reply:
        desk = self.desk
        desk.limits.check_length(call)
        if call.path == "/":
            if call.method == "OPTIONS":
                return services.described()
            raise not_allowed()
        address = read_address(call.path, RESOURCES)
        if address is NOWHERE:
            raise not_found_page()
        if not call.path.endswith("/"):
            location = f"{base_url(desk.options, call)}{call.path}/"
            query = str(call.query)
            headers = {"Location": f"{location}?{query}" if query else location}
            raise PageError(desk.options.redirect_status, "Permanent Redirect", headers=headers)
        if call.method == "HEAD":
            return Reply(404, content=b"", content_type="text/html; charset=utf-8")
        if address.name in SERVICES:
            return services.serve(desk, call, address)
        user = desk.access.identify(call.headers, self.clock.now())
        desk.limits.check_rate(self.clock.now())
        desk.limits.check_feature(address.name, desk.shop.features_off())
        _check_accept(call)
        ask = Ask(desk, call, user, RESOURCES[address.name], address.uuid)
        return actions.act(ask, address.action) if address.action else answer(ask)


def _check_accept(call: Call) -> None:
    accept = call.headers.get("accept", "*/*")
    if not any(part.split(";")[0].strip() in ACCEPTED for part in accept.split(",")):
        raise VendorError(400, "unable-to-serialize", "The simulator answers with application/json only")


def build(options: AuthentiseOptions) -> ASGIApp:
    """The app of a simulated Authentise server."""
    server = AuthentiseServer(options)
    return Front(Harness(server, seed=options.seed), server)
