"""The next step that `floorgraph check` tells for a source that did not answer."""

import pytest

from floorgraph.advice import advice
from floorgraph.settings import settings_of
from floorgraph.simulators.registry import simulators
from floorgraph.vendors.failures import AuthRequired, HostUnknown, RateLimited, SourceFailure, TlsRefused
from floorgraph.vendors.source_settings import SourceSettings

SECRETS = {"authentise": "token.secret", "cloudnest": "app_secret", "cwork": "api_key"}


def settings(vendor: str) -> SourceSettings:
    table = simulators()[vendor].demo[0].source_settings("http://127.0.0.1:1")
    (found,) = settings_of({"sources": [table]}, "a test").sources
    return found


def failure(kind: type[SourceFailure]) -> SourceFailure:
    return kind(source="north", endpoint="stations", detail="it failed")


@pytest.mark.parametrize("vendor", sorted(simulators()))
def test_refused_credentials_name_the_key_that_holds_them(vendor: str) -> None:
    told = advice(failure(AuthRequired), settings(vendor))
    assert told is not None
    assert told.startswith(f"is {SECRETS[vendor]} right")


def test_a_kind_of_failure_has_the_advice_of_the_kind_above_it() -> None:
    told = advice(failure(HostUnknown), settings("cwork"))
    assert told is not None
    assert told.startswith("does base_url have the right host")
    assert advice(failure(RateLimited), settings("cwork")) is not None
    assert advice(failure(TlsRefused), settings("cwork")) is None
