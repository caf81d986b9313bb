"""The client: one request to CWork, and its answer as a payload or a failure."""

from collections.abc import Mapping
from typing import Any

from floorgraph.model.time import Clock
from floorgraph.vendors.cwork.errors import failure_of
from floorgraph.vendors.cwork.payload import Payload
from floorgraph.vendors.cwork.question import Question
from floorgraph.vendors.cwork.repair import repair, salvage
from floorgraph.vendors.cwork.settings import CWorkSettings
from floorgraph.vendors.diagnostics import Diagnostics
from floorgraph.vendors.failures import Malformed
from floorgraph.vendors.http import HttpClient, Reply, basic


class Client:
    """Speaks to one server. `accept` is the version asked for; the probe sets it.

    The user of the Basic authentication is the API key, its password is
    empty: CWork ignores it. Owned by a source, which calls `close`.
    """

    def __init__(self, settings: CWorkSettings, diagnostics: Diagnostics, clock: Clock) -> None:
        self.accept = settings.accept
        self.clock_skew: float | None = None
        """Seconds by which the server's clock is ahead of ours, from its last answer that says its time."""
        self._diagnostics = diagnostics
        key = settings.api_key.get_secret_value() if settings.api_key else None
        self._http = HttpClient(
            settings.key,
            settings.base_url,
            auth=None if key is None else basic(key),
            tls=settings.tls,
            options=settings.timeouts.options(settings.concurrency),
            clock=clock,
        )

    async def payload(self, question: Question) -> Payload:
        """Ask and read the JSON of the answer. Raises `SourceFailure`."""
        reply = await self._send(question)
        decoded = await reply.json(repair, salvage)
        if decoded.lost and not reply.body.rstrip().endswith((b"]", b"}")):
            # Salvage is for a bad record among good ones, not for a list of which the end never came.
            raise reply.failing(Malformed, "the answer ends in the middle of a list")
        for name in decoded.repairs:
            self._diagnostics.repaired(question.function, name)
        if not isinstance(decoded.value, dict | list):
            raise reply.failing(Malformed, "the answer is neither an object nor a list")
        return Payload(decoded.value, decoded.lost)

    async def document(self, question: Question) -> Reply:
        """Ask for something that is no JSON: a picture or a program. Raises `SourceFailure`."""
        return await self._send(question)

    async def command(self, function: str, path: str, body: Mapping[str, Any], method: str = "POST") -> Reply:
        """Send a command, once; the answer, whatever it says. Raises as `HttpClient.send`."""
        reply = await self._http.send(
            method, path, endpoint=function, json=dict(body), headers={"Accept": self.accept}, once=True
        )
        self._note_clock(reply)
        return reply

    async def close(self) -> None:
        """Close all connections."""
        await self._http.close()

    async def _send(self, question: Question) -> Reply:
        reply = await self._http.send(
            "GET",
            question.path,
            endpoint=question.function,
            params=question.params,
            headers={"Accept": self.accept},
        )
        self._note_clock(reply)
        failure = failure_of(reply)
        if failure is not None:
            raise failure
        return reply

    def _note_clock(self, reply: Reply) -> None:
        skew = reply.clock_skew
        self.clock_skew = self.clock_skew if skew is None else skew
