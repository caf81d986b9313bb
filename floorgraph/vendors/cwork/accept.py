"""The Accept header, by which CWork chooses the version of its API (vendor document, "API versioning").

The document shows `application/json+v1` alone. Where a server does not take
that for its newest version, it answers 1003 (not understood) or 1002 (no
such version); then every full version is tried, from the newest down.
"""

import re
from collections.abc import Callable

from floorgraph.vendors.cwork.abilities import Abilities
from floorgraph.vendors.cwork.client import Client
from floorgraph.vendors.cwork.errors import WRONG_VERSION
from floorgraph.vendors.cwork.probe import Ask
from floorgraph.vendors.cwork.question import STATIONS, Question
from floorgraph.vendors.cwork.settings import DEFAULT_ACCEPT, CWorkSettings
from floorgraph.vendors.failures import SourceFailure

_MINOR = re.compile(r"\+v1\.(\d{1,3})$")


async def choose_version(
    client: Client, settings: CWorkSettings, ask: Ask, forget: Callable[[Question], None]
) -> Abilities:
    """Set the client's `accept` to the first value that the server takes, found out with `/stations`.

    `forget` makes the gate ask the same question again, now with another header.
    Returns what the refusals on the way say about the version. Raises the
    last `SourceFailure` when none is taken.
    """
    wanted = dict.fromkeys((settings.accept, DEFAULT_ACCEPT, *settings.accept_fallbacks))
    found = Abilities()
    refusal: SourceFailure | None = None
    for accept in wanted:
        client.accept = accept
        named = _MINOR.search(accept)
        try:
            await ask(STATIONS)
        except SourceFailure as failure:
            if failure.vendor_code not in WRONG_VERSION:
                raise
            refusal = failure
            forget(STATIONS)
            if named and failure.vendor_code == "1002":
                found = found.older(int(named.group(1)))
        else:
            return found.newer(int(named.group(1))) if named else found
    client.accept = settings.accept
    raise refusal or AssertionError("there is always a header to try")
