"""What the demo and the registry get."""

from floorgraph.simulators.authentise.manifest import SIMULATOR
from floorgraph.simulators.authentise.options import TOKEN_SECRET, TOKEN_UUID, AuthentiseOptions


def test_the_demo_instance_has_the_settings_of_a_source() -> None:
    (demo,) = SIMULATOR.demo
    assert isinstance(SIMULATOR.options.model_validate(demo.options), AuthentiseOptions)
    assert demo.source_settings("http://127.0.0.1:4711") == {
        "key": "am",
        "vendor": "authentise",
        "title": "Additive hall",
        "base_url": "http://127.0.0.1:4711",
        "users_url": "http://127.0.0.1:4711",
        "schedule_resource": "run-schedule-summary",
        "token": {"uuid": str(TOKEN_UUID), "secret": TOKEN_SECRET},
    }
