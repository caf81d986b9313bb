"""The probe: finds out with harmless reads what a CWork server can do.

Everything goes through the gate under the keys of ordinary reads, so an
answer that the probe got serves the query that caused it as well.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from floorgraph.vendors.cwork.abilities import Abilities, Area, version_of_status
from floorgraph.vendors.cwork.mapping.user import rights_hint
from floorgraph.vendors.cwork.payload import Payload
from floorgraph.vendors.cwork.question import (
    CUSTOM_FIELDS,
    GROUPS,
    OPERATIONS,
    STATIONS,
    STATUSES,
    USERS,
    Question,
    documents,
    status,
)
from floorgraph.vendors.diagnostics import Diagnostics
from floorgraph.vendors.failures import (
    BadRequest,
    Forbidden,
    NotApplicable,
    NotFound,
    Unsupported,
)

Ask = Callable[[Question], Awaitable[Payload]]
"""Puts a question through the gate. Raises `SourceFailure`."""
Explorer = Callable[[Abilities, Ask], Awaitable[Abilities]]
"""Finds out one area. Raises `SourceFailure` when the server does not answer."""

ABSENT = (BadRequest, NotFound, Unsupported)
"""How an older server refuses a function that it does not know."""
SAMPLES = 3
"""Stations asked for one live status where not all can be asked at once."""


async def explore_stations(abilities: Abilities, ask: Ask) -> Abilities:
    """Whether one call brings all live statuses, and what the fields of one say about the version."""
    stations = (await ask(STATIONS)).elements()
    try:
        listed = (await ask(STATUSES)).listed()
    except Forbidden:
        return abilities.not_allowed("statuses").knowing(Area.STATIONS)
    except (*ABSENT, NotApplicable) as failure:
        found = abilities if isinstance(failure, NotApplicable) else abilities.older(12)
    else:
        found = abilities.newer(12)
        found = _batch(found, listed)
    if not found.batch:
        found = await _sample(found, stations, ask)
    return found.knowing(Area.STATIONS)


def _batch(abilities: Abilities, listed: list[Any] | None) -> Abilities:
    """The list of all statuses is of use only where its elements say whose they are."""
    if listed is None:
        return abilities.without_batch("the server's answer for all live statuses is no list")
    named = [item for item in listed if isinstance(item, dict) and _named(item)]
    if listed and not named:
        return abilities.without_batch("the server's list of live statuses does not say whose they are")
    return replace(abilities, batch=True)


def _named(item: dict[str, Any]) -> bool:
    return any(name.lower() == "handle" and value is not None for name, value in item.items())


async def _sample(abilities: Abilities, stations: list[Any], ask: Ask) -> Abilities:
    """One live status shows by its fields which version the server has."""
    for handle in _monitored(stations)[:SAMPLES]:
        try:
            sample = (await ask(status(handle))).single("Handle", handle)
        except Forbidden:
            return abilities.not_allowed("statuses")
        except (NotApplicable, *ABSENT):
            continue
        if isinstance(sample, dict):
            at_least, below = version_of_status(frozenset(name.lower() for name in sample))
            found = abilities.newer(at_least)
            return found if below is None else found.older(below)
    return abilities


def _monitored(stations: list[Any]) -> list[str]:
    found: list[str] = []
    for item in stations:
        folded = {name.lower(): value for name, value in item.items()} if isinstance(item, dict) else {}
        if folded.get("handle") is not None and folded.get("mdcmode") and not folded.get("disabled"):
            found.append(str(folded["handle"]))
    return found


async def explore_work(abilities: Abilities, ask: Ask) -> Abilities:
    """Whether the server lists operations and orders."""
    if abilities.has("operations"):
        try:
            await ask(OPERATIONS)
        except Forbidden:
            abilities = abilities.not_allowed("operations", "orders")
        except ABSENT:
            abilities = abilities.older(13)
            if abilities.has("operations"):
                abilities = abilities.unknown_to_server("operations", "orders")
        else:
            abilities = abilities.newer(13)
    return abilities.knowing(Area.WORK)


async def explore_documents(abilities: Abilities, ask: Ask) -> Abilities:
    """Whether the server keeps documents, and has labels for their fields.

    Below API 1.16 the word `customFields` is read as an identifier and refused.
    """
    try:
        await ask(CUSTOM_FIELDS)
    except Forbidden:
        abilities = abilities.not_allowed("custom fields", "documents", "versions", "content")
        return abilities.knowing(Area.DOCUMENTS)
    except ABSENT:
        abilities = abilities.older(16)
    else:
        return abilities.newer(16).knowing(Area.DOCUMENTS)
    try:
        await ask(documents(1))
    except Forbidden:
        abilities = abilities.not_allowed("documents", "versions", "content")
    except ABSENT:
        abilities = abilities.older(3)
        if abilities.has("documents"):
            abilities = abilities.unknown_to_server("documents", "versions", "content")
    else:
        abilities = abilities.newer(3)
    return abilities.knowing(Area.DOCUMENTS)


def explore_users(login: str | None, diagnostics: Diagnostics) -> Explorer:
    """Whether the server lists its users, and what the one with this login may do."""

    async def explore(abilities: Abilities, ask: Ask) -> Abilities:
        found = abilities
        if abilities.has("users"):
            try:
                users = (await ask(USERS)).elements()
                found = abilities.newer(10)
                if login is not None:
                    groups = (await ask(GROUPS)).elements()
                    found = replace(found, rights=rights_hint(login, users, groups, diagnostics))
            except Forbidden:
                found = found.not_allowed("users", "groups")
            except ABSENT:
                found = found.older(10)
                if found.has("users"):
                    found = found.unknown_to_server("users", "groups")
        return found.knowing(Area.USERS)

    return explore


def explorers(login: str | None, diagnostics: Diagnostics) -> dict[Area, Explorer]:
    """Who finds out what, in the order in which one finding helps the next."""
    return {
        Area.STATIONS: explore_stations,
        Area.WORK: explore_work,
        Area.DOCUMENTS: explore_documents,
        Area.USERS: explore_users(login, diagnostics),
    }
