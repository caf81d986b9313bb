"""Failures of their own sort at this gateway."""

from floorgraph.vendors.failures import Forbidden, Unsupported, VendorFailure


class NotGranted(Forbidden):
    """The appId may not call this endpoint; asking again soon is of no use."""


class OrganisationRefused(Forbidden):
    """The organisation code is missing or not known at the vendor."""


class NoSuchPath(Unsupported):
    """Nothing lies at the configured path."""


class ClockCorrected(VendorFailure):
    """The time stamp was refused and the gateway's clock is known now: another attempt can succeed."""
