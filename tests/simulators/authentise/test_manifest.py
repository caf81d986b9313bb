"""What the demo and the registry get."""

from floorgraph.simulators.authentise.manifest import SIMULATOR
from floorgraph.simulators.authentise.options import TOKEN_SECRET, TOKEN_UUID, AuthentiseOptions
from floorgraph.vendors.authentise.manifest import MANIFEST


def test_the_demo_instance_has_the_settings_of_a_source() -> None:
    (demo,) = SIMULATOR.demo
    assert isinstance(SIMULATOR.options.model_validate(demo.options), AuthentiseOptions)
    settings = dict(demo.source_settings("http://127.0.0.1:4711"))
    commands = settings.pop("commands")
    assert settings == {
        "key": "am",
        "vendor": "authentise",
        "title": "Additive hall",
        "base_url": "http://127.0.0.1:4711",
        "users_url": "http://127.0.0.1:4711",
        "schedule_resource": "run-schedule-summary",
        "token": {"uuid": str(TOKEN_UUID), "secret": TOKEN_SECRET},
    }
    words = {one.word(): one.destructive for one in MANIFEST.commands}
    assert isinstance(commands, list)
    assert commands
    assert not [word for word in commands if words[word]]
