"""The Accept header, by which CWork chooses the version of its API (vendor document, "API versioning")."""

from collections.abc import Sequence

from floorgraph.vendors.cwork.client import Client
from floorgraph.vendors.cwork.errors import WRONG_VERSION
from floorgraph.vendors.cwork.probe import Ask
from floorgraph.vendors.cwork.question import STATIONS
from floorgraph.vendors.cwork.settings import DEFAULT_ACCEPT, CWorkSettings
from floorgraph.vendors.failures import SourceFailure


async def choose_version(client: Client, settings: CWorkSettings, ask: Ask) -> None:
    """Find the `Accept` header that the server understands, with `/stations`.

    1003 means that the header was not understood, 1002 that the version does
    not exist. Raises the last `SourceFailure` when none is accepted.
    """
    waiting = [settings.accept]
    tried: set[str] = set()
    while True:
        client.accept = waiting.pop(0)
        tried.add(client.accept)
        try:
            await ask(STATIONS)
        except SourceFailure as failure:
            if failure.vendor_code not in WRONG_VERSION:
                raise
            known = _alternatives(settings, failure.vendor_code)
            waiting = [accept for accept in waiting or known if accept not in tried]
            if not waiting:
                client.accept = settings.accept
                raise
        else:
            return


def _alternatives(settings: CWorkSettings, vendor_code: str | None) -> Sequence[str]:
    if vendor_code == "1003":
        return (DEFAULT_ACCEPT, f"{DEFAULT_ACCEPT}.0", *settings.accept_fallbacks)
    return settings.accept_fallbacks
