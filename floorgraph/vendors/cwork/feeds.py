"""Feeds: the repeated questions that keep the records of a CWork server up to date."""

from collections.abc import Sequence

from floorgraph.model.ids import Kind
from floorgraph.model.source import Feed
from floorgraph.vendors.cwork.abilities import Abilities, Area
from floorgraph.vendors.cwork.question import DEFINITIONS_TTL
from floorgraph.vendors.cwork.settings import CWorkSettings

LIVE, WORK, DOCUMENTS = "live", "work", "documents"
BATCH_INTERVAL, SINGLE_INTERVAL = 5.0, 20.0
UNKNOWN = Abilities(batch=True)
"""What is assumed until the server was asked: everything."""


def feeds_of(abilities: Abilities | None, settings: CWorkSettings) -> Sequence[Feed]:
    """The feeds that a server with these abilities needs; intervals are configurable."""
    known = abilities or UNKNOWN
    feeds = [_live(known, settings)]
    if known.has("operations"):
        kinds = frozenset({Kind.JOB, Kind.ORDER, Kind.PIECE})
        feeds.append(Feed(WORK, kinds, settings.work_interval, minimum=2.0))
    if known.has("documents"):
        feeds.append(Feed(DOCUMENTS, frozenset({Kind.PROGRAM}), settings.documents_interval, minimum=10.0))
    return feeds


def _live(known: Abilities, settings: CWorkSettings) -> Feed:
    kinds = {Kind.STATION, Kind.ALARM}
    if Area.WORK in known.known and not known.has("operations"):
        kinds.add(Kind.JOB)
    if not known.has("statuses"):
        return Feed(LIVE, frozenset(kinds), DEFINITIONS_TTL, minimum=10.0)
    usual = BATCH_INTERVAL if known.batch else SINGLE_INTERVAL
    minimum = 1.0 if known.batch else 5.0
    return Feed(LIVE, frozenset(kinds), settings.live_interval or usual, minimum)
