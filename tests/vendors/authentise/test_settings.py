"""The `[[sources]]` table of an Authentise tenant."""

import pytest
from pydantic import ValidationError

from floorgraph.vendors.authentise.settings import AuthentiseSettings

GOOD: dict[str, object] = {
    "key": "am",
    "vendor": "authentise",
    "base_url": "https://data.authentise.com",
    "token": {"uuid": "5b1c0f3e", "secret": "s3cret"},
}


def refused(**changes: object) -> str:
    given = {name: value for name, value in {**GOOD, **changes}.items() if value is not None}
    with pytest.raises(ValidationError) as raised:
        AuthentiseSettings.model_validate(given)
    assert "s3cret" not in str(raised.value)
    return str(raised.value)


def test_a_token_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AM_SECRET", "from-outside")
    found = AuthentiseSettings.model_validate(
        {**GOOD, "token": {"uuid": "u", "secret": {"env": "AM_SECRET"}}}
    )
    assert found.token is not None
    assert found.token.secret.get_secret_value() == "from-outside"
    assert "from-outside" not in repr(found)


def test_without_credentials_both_ways_are_named() -> None:
    message = refused(token=None)
    assert "token = {" in message
    assert "session = {" in message


def test_two_ways_in_are_one_too_many() -> None:
    assert "not both" in refused(session={"username": "u", "password": "p"})


def test_a_status_override_must_be_a_status() -> None:
    message = refused(statuses={"station": {"print_finished": "NAPPING"}})
    assert "'NAPPING' is not a station status" in message
    assert "MAINTENANCE" in message


def test_a_status_override_must_name_a_vocabulary() -> None:
    assert "'printer' has no statuses to choose" in refused(statuses={"printer": {"idle": "IDLE"}})


def test_a_status_override_is_a_table_of_tables() -> None:
    assert "expected tables" in refused(statuses={"station": "IDLE"})


def test_words_of_overrides_may_be_written_in_any_case() -> None:
    found = AuthentiseSettings.model_validate({**GOOD, "statuses": {"job": {"paused": "stopped"}}})
    assert found.statuses == {"job": {"paused": "STOPPED"}}


def test_the_overlap_covers_the_age_of_the_vendors_answers() -> None:
    assert "greater than or equal to 15" in refused(overlap=5)


def test_unknown_keys_are_errors() -> None:
    assert "api_key" in refused(api_key="x")
