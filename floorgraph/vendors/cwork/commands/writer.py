"""The writer: sends one command to CWork, and tells a clear answer from one that is none.

The vendor document shows no shape of errors; see `errors`. What is said
here goes beyond its text in one point: a server that failed inside (5xx, error 4000)
or says that sending or deleting failed (2016, 2024, 2025) may have done a
part of it, so that the outcome is unknown.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from floorgraph.vendors.cwork.errors import NOT_THERE, failure_of
from floorgraph.vendors.cwork.repair import repair, salvage
from floorgraph.vendors.cwork.server import Server
from floorgraph.vendors.failures import (
    Forbidden,
    Malformed,
    OutcomeUnknown,
    SourceFailure,
    TimedOut,
    TooLarge,
    Unsupported,
    VendorFailure,
)
from floorgraph.vendors.gate import Call
from floorgraph.vendors.http import Reply

ENDPOINT: Final = "commands"
CLEAR: Final = frozenset({"1012"})
"""Codes of failures inside CWork that come before anything is done."""
UNCLEAR: Final = (VendorFailure, TimedOut, Malformed, TooLarge)

Affects = Callable[[str], bool]


def questions(*prefixes: str) -> Affects:
    """Whether the answer to a question may change, by how its path begins."""
    starts = tuple(f"GET {prefix}" for prefix in prefixes)
    return lambda key: key.startswith(starts)


class Writer:
    """Sends commands to one server."""

    def __init__(self, server: Server) -> None:
        self.server = server

    def lacking(self, function: str) -> str | None:
        """Why the server does not have a function; None when it has it, or when that will show."""
        abilities = self.server.abilities
        return None if abilities is None else abilities.lacking(function)

    async def post(
        self, function: str, path: str, body: Mapping[str, Any], affects: Affects, method: str = "POST"
    ) -> Any:
        """Send a command and give its answer: JSON, or None where it is empty.

        Raises `OutcomeUnknown` where it may have been carried out, and another
        `SourceFailure` where it certainly was not.
        """
        reason = self.lacking(function)
        if reason is not None:
            abilities = self.server.abilities
            licence = abilities is not None and function in abilities.forbidden
            meaning = Forbidden if licence else Unsupported
            raise meaning(source=self.server.settings.key, endpoint=function, detail=reason)

        async def fetch() -> Any:
            return await _clear(await self.server.client.command(function, path, body, method))

        call = Call(key=f"{method} {path}", endpoint=ENDPOINT, ttl=0.0, fetch=fetch)
        try:
            return await self.server.gate.write(call, affects)
        except SourceFailure as failure:
            if failure.vendor_code in NOT_THERE:
                self.server.learn(function, failure)
            raise


async def _clear(reply: Reply) -> Any:
    """The answer. Raises the failure that it amounts to."""
    failure = failure_of(reply)
    if failure is None:
        return await _content(reply)
    if failure.vendor_code is None and b"MacroStatus" in reply.body:
        # The machine's own report comes with HTTP 500 when it stopped half way.
        return await _content(reply)
    if isinstance(failure, UNCLEAR) and failure.vendor_code not in CLEAR:
        raise reply.failing(OutcomeUnknown, failure.detail, failure.vendor_code)
    raise failure


async def _content(reply: Reply) -> Any:
    if not reply.body.strip():
        return None
    try:
        found = (await reply.json(repair, salvage)).value
    except Malformed as failure:
        # A page of something between us and CWork looks like this, and then nobody can tell.
        raise reply.failing(OutcomeUnknown, failure.detail) from failure
    return found


def shown(answer: Any) -> Any:
    """An answer for the log."""
    return answer if isinstance(answer, dict | list) or answer is None else str(answer)
