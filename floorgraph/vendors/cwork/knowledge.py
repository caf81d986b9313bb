"""Knowledge: the abilities of a server, found out when they are first needed.

Once for all who wait; again after an outage, after an answer that
contradicts what is known, and once an hour.
"""

import asyncio
from collections.abc import Awaitable, Callable

from floorgraph.model.time import Clock
from floorgraph.vendors.cwork.abilities import Abilities, Area
from floorgraph.vendors.cwork.accept import choose_version
from floorgraph.vendors.cwork.client import Client
from floorgraph.vendors.cwork.errors import NOT_ALLOWED, NOT_THERE, WRONG_VERSION
from floorgraph.vendors.cwork.payload import Payload
from floorgraph.vendors.cwork.probe import explorers
from floorgraph.vendors.cwork.question import Question
from floorgraph.vendors.cwork.settings import CWorkSettings
from floorgraph.vendors.diagnostics import Diagnostics
from floorgraph.vendors.failures import SourceFailure
from floorgraph.vendors.gate import Freshness, Observed

LASTS = 3600.0
PAUSE = 600.0
"""Seconds between probes that answers contradicting the last one may cause."""

TOGETHER = ("operations", "orders")
"""Functions of which one makes no sense without the other."""

AskGate = Callable[[Question, Freshness], Awaitable[Observed[Payload]]]
"""Puts a question through the gate. Raises `SourceFailure`."""


class Knowledge:
    """What is known of one server. `failure` is that of the last probe, if it failed."""

    def __init__(
        self,
        settings: CWorkSettings,
        client: Client,
        diagnostics: Diagnostics,
        clock: Clock,
        *,
        ask: AskGate,
        forget: Callable[[Question], None],
    ) -> None:
        self.abilities: Abilities | None = None
        self.failure: SourceFailure | None = None
        self.on_change: Callable[[], None] = lambda: None
        self._settings = settings
        self._client = client
        self._clock = clock
        self._ask = ask
        self._forget = forget
        self._explorers = explorers(settings.user, diagnostics)
        self._lock = asyncio.Lock()
        self._outdated = False
        self._done_at = 0.0
        self._failed_at = 0.0

    async def get(self, areas: frozenset[Area], freshness: Freshness) -> Abilities:
        """The abilities, with these areas found out.

        Raises `SourceFailure` when they are not known and cannot be found
        out; abilities known from before an outage go on until then.
        """
        begun = self._clock.monotonic() if freshness.since is None else freshness.since
        if not self._is_known(areas):
            async with self._lock:
                if not self._is_known(areas):
                    await self._explore(areas, begun, freshness)
        if self.abilities is None or not self.abilities.known >= areas:
            raise self.failure or AssertionError("exploring ends with abilities or a failure")
        return self.abilities

    def outdate(self) -> None:
        """Find the abilities out again when they are next needed."""
        self._outdated = self.abilities is not None

    def renew(self) -> None:
        """Find the abilities out again when they are next needed, if they are an hour old."""
        if self._clock.monotonic() - self._done_at >= LASTS:
            self.outdate()

    def learn(self, function: str, vendor_code: str | None) -> None:
        """What a refusal says about the abilities; they hold until the next probe."""
        if vendor_code in WRONG_VERSION:
            self.outdate()
        known = self.abilities
        if known is None or vendor_code not in NOT_ALLOWED | NOT_THERE:
            return
        functions = TOGETHER if function in TOGETHER else (function,)
        if vendor_code in NOT_ALLOWED:
            self.abilities = known.not_allowed(*functions)
        else:
            self.abilities = known.unknown_to_server(*functions)
            if self._clock.monotonic() - self._done_at >= PAUSE:
                self.outdate()
        self.on_change()

    def _is_known(self, areas: frozenset[Area]) -> bool:
        return self.abilities is not None and self.abilities.known >= areas and not self._outdated

    async def _explore(self, areas: frozenset[Area], begun: float, freshness: Freshness) -> None:
        if self.failure is not None and self._failed_at >= begun:
            return  # Somebody else's attempt failed while this one waited for its turn.
        known = self.abilities
        anew = known is None or self._outdated
        try:
            found = await self._find_out(None if anew else known, areas, freshness)
        except SourceFailure as failure:
            self.failure, self._failed_at = failure, self._clock.monotonic()
            self.on_change()
            return
        if anew:
            self._done_at, self._outdated = self._clock.monotonic(), False
        recovered, self.failure = self.failure is not None, None
        self.abilities = found
        if recovered or found != known:
            self.on_change()

    async def _find_out(
        self, known: Abilities | None, areas: frozenset[Area], freshness: Freshness
    ) -> Abilities:
        async def ask(question: Question) -> Payload:
            answer = await self._ask(question, freshness)
            if answer.failure is not None:
                raise answer.failure
            return answer.value

        if known is None:
            found = await choose_version(self._client, self._settings, ask, self._forget)
            areas = areas | (self.abilities.known if self.abilities else frozenset())
        else:
            found = known
        for area, explore in self._explorers.items():
            if area in areas - found.known:
                found = await explore(found, ask)
        return found
