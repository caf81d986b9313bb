"""How CloudNest registers itself."""

from floorgraph.vendors.cloudnest.capabilities import at_best
from floorgraph.vendors.cloudnest.commands.desk import HANDLERS
from floorgraph.vendors.cloudnest.settings import CloudNestSettings
from floorgraph.vendors.cloudnest.source import CloudNestSource
from floorgraph.vendors.contract import Manifest

MANIFEST = Manifest(
    vendor="cloudnest",
    title="CloudNest by BoChu (laser nesting), with the machines of its sister API",
    settings=CloudNestSettings,
    build=CloudNestSource,
    commands=tuple(HANDLERS),
    capabilities=at_best(),
)
