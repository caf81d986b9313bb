"""What can be configured, and what is said when it is wrong."""

from typing import Any

import pytest
from pydantic import ValidationError

from floorgraph.vendors.cloudnest.endpoints import ENDPOINTS
from floorgraph.vendors.cloudnest.meanings import Meaning, meaning_of_message
from floorgraph.vendors.cloudnest.settings import CloudNestSettings
from floorgraph.vendors.cloudnest.signature import sign, signed_headers
from tests.vendors.cloudnest.conftest import settings_of

URL = "https://gateway.example"


def complaint(**settings: object) -> str:
    with pytest.raises(ValidationError) as raised:
        settings_of(URL, **settings)
    return str(raised.value)


def test_four_keys_are_enough() -> None:
    settings = CloudNestSettings.model_validate(
        {"key": "laser", "vendor": "cloudnest", "app_id": "op1", "app_secret": "s"}
    )
    assert settings.base_url == "https://mcs-gateway.fscut.com"
    assert settings.limits("job_tree") == (1000, 1.0, 0.2)
    assert settings.zone == "Asia/Shanghai"
    assert "s" not in repr(settings.app_secret)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"endpoints": {"job_tre": {}}}, "did you mean 'job_tree'?"),
        ({"endpoints": {"xyz": {}}}, "the names are job_tree, plan_detail"),
        ({"endpoints": {"job_tree": {"path": "no-slash"}}}, "path"),
        ({"zone": "Mars/Olympus"}, "there is no time zone 'Mars/Olympus'"),
        ({"machines": [{}]}, "a machine needs gmid, card_id or both"),
        ({"machines": [{"gmid": 1}, {"gmid": 1}]}, "gmid 1 is given to two machines"),
        ({"machines": [{"card_id": "5"}, {"card_id": "5", "gmid": 2}]}, "card_id 5 is given to two"),
        ({"cloudnest": False, "iot": False}, "there is nothing to read"),
        ({"errors": {"1005": "quotas"}}, "the meanings are not_granted, signature"),
        ({"app_id": "with blank"}, "app_id"),
    ],
)
def test_mistakes_are_told_in_words(settings: dict[str, Any], told: str) -> None:
    assert told in complaint(**settings)


def test_single_endpoints_have_paths_and_limits_of_their_own() -> None:
    settings = settings_of(
        URL,
        calls_per_day=500,
        endpoints={
            "plate_list": {"path": "/given/by/the/vendor", "calls_per_day": 20, "reserve_percent": 50},
            "statistics": {"path": ""},
        },
    )
    assert settings.path("plate_list") == "/given/by/the/vendor"
    assert settings.limits("plate_list") == (20, 1000.0, 0.5)
    assert settings.path("statistics") is None, "an empty path switches an endpoint off"
    assert settings.path("job_tree") == ENDPOINTS["job_tree"].path
    assert settings.limits("job_tree")[0] == 500


def test_only_documented_paths_are_filled_in() -> None:
    unknown = {name for name, endpoint in ENDPOINTS.items() if endpoint.path is None}
    assert unknown == {
        "plate_list",
        "material_list",
        "scrap_hierarchy",
        "part_list",
        "job_parts",
        "job_layouts",
        "layout_details",
        "layout_drawings",
        "part_layouts",
        "layout_parts",
        "layout_job",
        "drawings",
        "schedule",
        "task_details",
        "job_list",
        "job_info",
        "job_search",
        "drawing_status",
        "add_job",
        "delete_job",
        "boost",
        "push_layout",
        "add_plate",
        "draw_part",
        "import_parts",
        "upload_drawing",
    }


def test_the_signature_is_over_the_three_texts_one_after_the_other() -> None:
    # md5 of "op1" + "secret" + "1680592492719", computed with md5sum.
    assert sign("op1", "secret", "1680592492719") == "6d3a2b582dec2a9a080ca48332644646"
    headers = signed_headers("dash", "op1", "secret", 1680592492.719)
    assert headers == {
        "app-id": "op1",
        "time-stamp": "1680592492719",
        "app-sign": "6d3a2b582dec2a9a080ca48332644646",
    }
    assert "secret" not in str(headers)
    assert set(signed_headers("camel", "a", "b", 1.0)) == {"appId", "timestamp", "appSign"}
    assert signed_headers("dash", "a", "b", 1.0)["time-stamp"] == "0000000001000", "always 13 digits"


@pytest.mark.parametrize(
    ("message", "meaning"),
    [
        ("Today's quota of this API is used up", Meaning.QUOTA),
        ("The call frequency exceeds its rate limit", Meaning.RATE),
        ("app-sign error", Meaning.SIGNATURE),
        ("签名错误", Meaning.SIGNATURE),
        ("timestamp expired", Meaning.SIGNATURE),
        ("The appId does not exist", Meaning.CREDENTIALS),
        ("X-FS-Orgcode must not be empty", Meaning.ORGANISATION),
        ("The organization does not exist", Meaning.ORGANISATION),
        ("The machine is not in the machine list of this appId", Meaning.MACHINE),
        ("No permission to call this API", Meaning.NOT_GRANTED),
        ("The data does not exist", Meaning.NOT_FOUND),
        ("The signature does not exist", Meaning.SIGNATURE),
        ("签名不存在", Meaning.SIGNATURE),
        ("INVALID_SIGN", Meaning.SIGNATURE),
        ("The request is not signed", Meaning.SIGNATURE),
        ("The operator is already assigned", Meaning.CONFLICT),
        ("The design does not exist", Meaning.NOT_FOUND),
        ("The signal is invalid", Meaning.PARAMETER),
        ("The task is already assigned", Meaning.CONFLICT),
        ("The original drawing does not exist", Meaning.NOT_FOUND),
        ("The job does not exist in this organization", Meaning.NOT_FOUND),
        ("该团队下不存在此作业", Meaning.NOT_FOUND),
        ("组织中已存在同名图纸", Meaning.CONFLICT),
        ("团队不存在", Meaning.ORGANISATION),
        ("Today's quota of tasks is already used up", Meaning.QUOTA),
        ("Parameter error", Meaning.PARAMETER),
        ("goose", Meaning.FAILURE),
        ("", Meaning.FAILURE),
    ],
)
def test_an_unknown_number_is_understood_by_its_wording(message: str, meaning: Meaning) -> None:
    assert meaning_of_message(message) is meaning
