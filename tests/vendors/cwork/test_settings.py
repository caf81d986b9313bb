"""What can be configured, and what is said when it is wrong."""

from typing import Any

import pytest
from pydantic import ValidationError

from floorgraph.model import StationStatus
from floorgraph.model.documented import documentation
from floorgraph.vendors.cwork.manifest import MANIFEST
from floorgraph.vendors.cwork.settings import CWorkSettings, Timeouts
from floorgraph.vendors.cwork.source import CWorkSource
from floorgraph.vendors.floor import manifests
from tests.vendors.cwork.conftest import settings_of

URL = "https://10.0.0.5:4445/CAPI/REST"


def test_cwork_is_found_through_its_entry_point() -> None:
    assert manifests()["cwork"] is MANIFEST
    assert (MANIFEST.settings, MANIFEST.build) == (CWorkSettings, CWorkSource)


def test_a_base_url_is_enough() -> None:
    found = CWorkSettings.model_validate({"key": "north", "vendor": "cwork", "base_url": f"{URL}/"})
    assert (found.base_url, found.accept, found.api_key) == (URL, "application/json+v1", None)
    assert (found.concurrency, found.live_interval, found.work_interval) == (4, None, 30.0)
    assert found.accept_fallbacks[0] == "application/json+v1.16"
    assert found.accept_fallbacks[-1] == "application/json+v1.0"


def test_every_key_is_explained() -> None:
    for owner in (CWorkSettings, Timeouts):
        assert owner.model_fields.keys() <= documentation(owner).keys()


def test_statuses_name_handles_as_toml_writes_them() -> None:
    found = settings_of(URL, statuses={"12": "MAINTENANCE", 13: "paused"})
    assert found.statuses == {12: StationStatus.MAINTENANCE, 13: StationStatus.PAUSED}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"base_url": "10.0.0.5:4445"}, "base_url must begin with http:// or https://"),
        ({"base_url": "https://user:secret@host/x"}, "must not hold a user or password"),
        ({"statuses": {"x": "IDLE"}}, "'x' is not a state handle"),
        ({"statuses": {"12": "BUSY"}}, "'BUSY' is not a station status; the words are RUNNING"),
        ({"statuses": ["IDLE"]}, "expected a table of state handle = status word"),
        ({"concurrency": 0}, "greater than or equal to 1"),
        ({"accept": "application/json+v1\r\nX: y"}, "should match pattern"),
        ({"live_interval": 0.1}, "greater than or equal to 1"),
        ({"timeouts": {"total": 0}}, "greater than 0"),
        ({"tls": {"mode": "pin"}}, "needs sha256"),
        ({"apikey": "x"}, "Extra inputs are not permitted"),
    ],
)
def test_what_is_wrong_is_said(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        settings_of(**{"base_url": URL, **settings})
    assert message in str(caught.value)
    assert "secret" not in str(caught.value)


def test_the_key_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NORTH_KEY", "hidden-key")
    found = settings_of(URL, api_key={"env": "NORTH_KEY"})
    assert found.api_key is not None
    assert found.api_key.get_secret_value() == "hidden-key"
    assert "hidden-key" not in repr(found)
