"""The writer: sends one command to a tenant, and tells a clear answer from one that is none.

A 4xx with the vendor's reason was refused before anything was done. A server
that failed inside (5xx) may have done it or a part of it, and a page of
something in between instead of an answer says nothing at all.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from floorgraph.vendors.authentise.archive import Library
from floorgraph.vendors.authentise.errors import failure_of
from floorgraph.vendors.authentise.links import Ref, ref_of
from floorgraph.vendors.authentise.secrets import without_secrets
from floorgraph.vendors.authentise.server import API
from floorgraph.vendors.failures import Malformed, OutcomeUnknown, SourceFailure, TimedOut, VendorFailure
from floorgraph.vendors.gate import Call
from floorgraph.vendors.http import Reply

WORK: Final = (
    "run",
    "run-actuals",
    "run-actuals-additive",
    "build",
    "build-file",
    "print",
    "piece",
    "piece-actuals",
    "packing-process",
    "service-provider-job",
    "order",
    "line-item",
    "modeler",
)
"""What may change when work is begun, ended or given out anew."""
DERIVED: Final = ("run",)
"""Lists with values that change without a stamp: the positions in queues."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the vendor said to a command."""

    made: Ref | None
    """What its `Location` leads to."""
    body: Any = None
    """Its JSON without secrets; None where it is empty."""

    def shown(self) -> dict[str, Any]:
        """The answer for the log."""
        return {"location": self.made.remote if self.made else None, "body": self.body}


class Writer:
    """Sends commands to one tenant."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self.server = library.server

    async def post(self, resource: str, body: Mapping[str, Any], affected: Iterable[str]) -> Answer:
        """Make something. Raises as `send`."""
        return await self.send("POST", resource, None, body, affected)

    async def put(self, ref: Ref, body: Mapping[str, Any], affected: Iterable[str]) -> Answer:
        """Change fields of a record; those that are not sent stay as they are. Raises as `send`."""
        return await self.send("PUT", ref.resource, ref.uuid, body, affected)

    async def send(
        self,
        method: str,
        resource: str,
        uuid: str | None,
        body: Mapping[str, Any] | None,
        affected: Iterable[str],
    ) -> Answer:
        """Send a command once. What is known of the resources that are `affected` serves no later question.

        Raises `OutcomeUnknown` where it may have been carried out, and another
        `SourceFailure` where it certainly was not.
        """
        names = (resource, *affected)
        path = f"/{resource}/" if uuid is None else f"/{resource}/{uuid}/"

        async def fetch() -> Answer:
            return await _clear(await self.server.client.write(method, path, resource, body), resource)

        starts = tuple(f"/{name}/" for name in names)
        call = Call(key=f"{method} {path}", endpoint=API, ttl=0.0, fetch=fetch)
        sent = True
        try:
            return await self.server.gate.write(call, lambda key: key.startswith(starts))
        except SourceFailure as failure:
            sent = failure.sent
            raise
        finally:
            if sent:
                self.outdate(names)

    def outdate(self, resources: Iterable[str]) -> None:
        """Something changed these at the vendor, or may have."""
        names = list(resources)
        self._library.outdate(names, derived=[name for name in DERIVED if name in names])


async def _clear(reply: Reply, resource: str) -> Answer:
    """The answer. Raises the failure that it amounts to."""
    failure: SourceFailure | None = failure_of(reply)
    if isinstance(failure, VendorFailure | TimedOut | Malformed):
        raise reply.failing(OutcomeUnknown, failure.detail, failure.vendor_code)
    if failure is not None:
        raise failure
    if not reply.body.strip():
        return Answer(ref_of(reply.headers.get("location")))
    try:
        found = (await reply.json()).value
    except Malformed as page:
        # Something between us and the vendor looks like this, and then nobody can tell.
        raise reply.failing(OutcomeUnknown, page.detail) from page
    return Answer(ref_of(reply.headers.get("location")), without_secrets(resource, found))
