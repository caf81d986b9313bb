"""A request on its way to the resource that answers it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import orjson

from floorgraph.simulators.authentise.access import Access
from floorgraph.simulators.authentise.catalogue import RESOURCES
from floorgraph.simulators.authentise.errors import VendorError
from floorgraph.simulators.authentise.grammar import Listing, read_listing
from floorgraph.simulators.authentise.limits import Limits
from floorgraph.simulators.authentise.options import AuthentiseOptions, UserOptions
from floorgraph.simulators.authentise.rendering import Renderer, former_base
from floorgraph.simulators.authentise.resource import Ref, Resource, Row
from floorgraph.simulators.authentise.shop import Shop
from floorgraph.simulators.authentise.values import Reader
from floorgraph.simulators.contract import Call

JSON, FORM = "application/json", "application/x-www-form-urlencoded"


@dataclass(slots=True)
class Desk:
    """Everything that answering needs."""

    options: AuthentiseOptions
    shop: Shop
    access: Access
    limits: Limits
    people: dict[str, Ref]
    """Links to the users by their user name."""


@dataclass(slots=True)
class Ask:
    """A request of a known user for a known resource."""

    desk: Desk
    call: Call
    user: UserOptions
    resource: Resource
    uuid: str | None = None

    @property
    def shop(self) -> Shop:
        """The shop."""
        return self.desk.shop

    @property
    def base(self) -> str:
        """The server's address as links name it."""
        return base_url(self.desk.options, self.call)

    @property
    def reader(self) -> Reader:
        """Reads values with this server's address in mind."""
        return Reader((self.base, former_base(self.base)), RESOURCES)

    @property
    def renderer(self) -> Renderer:
        """Renders with this server's address."""
        return Renderer(self.shop, self.base, former=self.desk.options.old_hosts)

    @property
    def row(self) -> Row | None:
        """The record that is asked for; None when there is none to see."""
        found = self.shop.store.table(self.resource.name).rows.get(self.uuid or "")
        return None if found and found["uri"] in self.shop.hidden else found

    def listing(self) -> Listing:
        """What the query asks for."""
        options = self.desk.options
        found = read_listing(self._arguments(), limit=options.page_limit, strict=options.strict_greater)
        if found.limit < 1 or found.offset < 0:
            raise VendorError(500, "app-error", "LIMIT and OFFSET must not be negative")
        if options.page_maximum is not None:
            found.limit = min(found.limit, options.page_maximum)
        return found

    def payload(self) -> Any:
        """The decoded body.

        Raises:
            VendorError: 400, not of a type the server reads, or not decodable as such.
        """
        return payload(self.call)

    @contextmanager
    def acting(self) -> Iterator[None]:
        """Changes inside are this user's."""
        store = self.shop.store
        store.user = self.desk.people.get(self.user.username)
        try:
            yield
        finally:
            store.user = None

    def _arguments(self) -> Iterable[tuple[str, str]]:
        if self.call.method == "GET" and self.call.body and self.desk.options.get_bodies:
            return parse_qsl(self.call.body.decode("utf-8", "replace"), keep_blank_values=True)
        return self.call.query.multi_items()


def payload(call: Call) -> Any:
    """The decoded body of a request.

    Raises:
        VendorError: 400, not of a type the server reads, or not decodable as such.
    """
    kind = call.headers.get("content-type", "")
    if kind == FORM:
        return dict(parse_qsl(call.body.decode("utf-8", "replace"), keep_blank_values=True))
    if kind != JSON:
        raise VendorError(400, "invalid-payload", f"The content type '{kind}' is not supported")
    try:
        return orjson.loads(call.body)
    except orjson.JSONDecodeError as error:
        raise VendorError(400, "invalid-payload", f"The body is no JSON: {error}") from error


def base_url(options: AuthentiseOptions, call: Call) -> str:
    """The server's address as links name it."""
    if options.public_url:
        return options.public_url.rstrip("/")
    scheme = "https" if options.certfile else "http"
    return f"{scheme}://{call.headers.get('host', 'localhost')}"
