"""What the gate of each vendor's source knows of its client's bounds."""

import pytest

from floorgraph.vendors.authentise import server as authentise
from floorgraph.vendors.cloudnest import gateway as cloudnest
from floorgraph.vendors.cwork import server as cwork
from floorgraph.vendors.gate import GatePolicy
from tests.vendors.authentise.hall import settings_of as of_authentise
from tests.vendors.cloudnest.conftest import settings_of as of_cloudnest
from tests.vendors.cwork.conftest import settings_of as of_cwork

URL = "http://127.0.0.1:9"


def policies(**timeouts: float) -> dict[str, GatePolicy]:
    return {
        "authentise": authentise._policy(of_authentise(URL, timeouts=timeouts)),
        "cloudnest": cloudnest._policy(of_cloudnest(URL, timeouts=timeouts)),
        "cwork": cwork._policy(of_cwork(URL, timeouts=timeouts)),
    }


@pytest.mark.parametrize("vendor", ["authentise", "cloudnest", "cwork"])
def test_a_call_that_waited_is_judged_by_the_configured_timeouts(vendor: str) -> None:
    policy = policies(connect=0.5, read=4.0, total=7.0)[vendor]
    assert (policy.least, policy.patience) == (0.5, 7.0)
    assert policy.deadline > 7.0, "bounds are nested"


@pytest.mark.parametrize("vendor", ["authentise", "cloudnest", "cwork"])
def test_a_long_time_to_connect_leaves_some_to_wait(vendor: str) -> None:
    policy = policies(connect=60.0, total=2.0)[vendor]
    assert policy.least == 0.2
    assert policy.deadline > 2.0 + policy.least
