"""How CWork registers itself."""

from floorgraph.vendors.contract import Manifest
from floorgraph.vendors.cwork.capabilities import at_best
from floorgraph.vendors.cwork.commands.desk import HANDLERS
from floorgraph.vendors.cwork.settings import CWorkSettings
from floorgraph.vendors.cwork.source import CWorkSource

MANIFEST = Manifest(
    vendor="cwork",
    title="CWork by smcom (DNC, MDC and production follow-up for CNC machines)",
    settings=CWorkSettings,
    build=CWorkSource,
    commands=tuple(HANDLERS),
    capabilities=at_best(),
)
