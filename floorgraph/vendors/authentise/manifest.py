"""How Authentise registers itself."""

from floorgraph.vendors.authentise.capabilities import at_best
from floorgraph.vendors.authentise.commands.desk import HANDLERS
from floorgraph.vendors.authentise.settings import AuthentiseSettings
from floorgraph.vendors.authentise.source import AuthentiseSource
from floorgraph.vendors.contract import Manifest

MANIFEST = Manifest(
    vendor="authentise",
    title="Authentise (MES for additive manufacturing)",
    settings=AuthentiseSettings,
    build=AuthentiseSource,
    commands=tuple(HANDLERS),
    capabilities=at_best(),
)
