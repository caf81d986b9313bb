"""The configuration: what is wrong is said with file, key and what was expected."""

from pathlib import Path

import pytest

from floorgraph.model.limits import Limit, Mode
from floorgraph.settings import ConfigurationError, Role, Settings, read_settings
from floorgraph.settings.server import exposure

SOURCE = """
[[sources]]
key = "north"
vendor = "cwork"
base_url = "http://127.0.0.1:4445/CAPI/REST"
"""


def reading(folder: Path, text: str, environment: dict[str, str] | None = None) -> Settings:
    path = folder / "floorgraph.toml"
    path.write_text(text, encoding="utf-8")
    return read_settings(path, environment or {})


def problems(folder: Path, text: str, environment: dict[str, str] | None = None) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        reading(folder, text, environment)
    return [problem.replace(str(folder / "floorgraph.toml"), "FILE") for problem in caught.value.problems]


def test_an_empty_file_is_a_server_on_loopback_for_viewers(tmp_path: Path) -> None:
    settings = reading(tmp_path, "")
    assert (settings.server.host, settings.server.port) == ("127.0.0.1", 8000)
    assert settings.server.anonymous_role is Role.VIEWER
    assert settings.sources == ()


def test_sources_keep_their_order(tmp_path: Path) -> None:
    settings = reading(tmp_path, SOURCE + SOURCE.replace("north", "a"))
    assert [source.key for source in settings.sources] == ["north", "a"]
    assert [source.key for source in settings.floor()] == ["north", "a"]


def test_the_environment_overrides_the_file(tmp_path: Path) -> None:
    text = "[server]\nport = 1\n"
    assert reading(tmp_path, text, {"FLOORGRAPH_SERVER__PORT": "9000"}).server.port == 9000


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[server]\nprot = 1", ["FILE: server.prot", "no such key", "'port'"]),
        ("[sever]\n", ["FILE: sever", "no such table", "'server'"]),
        ("server = 1", ["FILE: server", "expected a table"]),
        ("sources = 1", ["FILE: sources", "list of tables"]),
        ('[server]\nport = "x"', ["FILE: server.port", "valid integer"]),
        ("[server]\nport = 70000", ["FILE: server.port", "65535"]),
        ('[server]\nanonymous_role = "boss"', ["FILE: server.anonymous_role", "'viewer'", "'admin'"]),
        (
            '[server]\nallowed_origins = ["https://a", "dashboard.example"]',
            ["FILE: server.allowed_origins.1", "'dashboard.example'", "'https://dashboard.example'"],
        ),
        ('[server]\nallowed_origins = ["https://a/page"]', ["server.allowed_origins.0", "'https://a/page'"]),
        ('[server]\nallowed_origins = ["https://a:port"]', ["server.allowed_origins.0", "no origin"]),
        ('[server]\ntrusted_proxies = ["proxy"]', ["FILE: server.trusted_proxies.0", "'proxy'", "network"]),
        ('[server]\nallowed_hosts = ["http://a"]', ["FILE: server.allowed_hosts.0", "'http://a'", "scheme"]),
        ("[[sources]]\nkey = 'a'", ["FILE: sources[0].vendor", "missing", "cwork"]),
        ("[[sources]]\nvendor = 'cwrok'", ["FILE: sources[0].vendor", "'cwrok'", "'cwork'"]),
        (SOURCE.replace("base_url", "base_ulr"), ["FILE: sources[0] ('north').base_ulr", "'base_url'"]),
        (SOURCE.replace('"north"', '"No rth"'), ["FILE: sources[0] ('No rth').key", "pattern"]),
        (SOURCE.replace('"north"', "5"), ["FILE: sources[0].key", "string"]),
        (SOURCE + SOURCE, ["FILE: sources", "'north'", "twice"]),
        (SOURCE + 'api_key = { env = "FLOORGRAPH_NO_SUCH" }', ["api_key", "FLOORGRAPH_NO_SUCH", "not set"]),
        (SOURCE + 'api_key = { file = "no-such-file" }', ["api_key", "no-such-file", "No such file"]),
        (SOURCE + "api_key = { envy = 1 }", ["api_key", "expected a string"]),
        ("[server", ["FILE", "not valid TOML"]),
    ],
)
def test_every_problem_names_file_key_and_what_was_expected(
    tmp_path: Path, text: str, words: list[str]
) -> None:
    found = problems(tmp_path, text)
    assert any(all(word in problem for word in words) for problem in found), found


def test_all_problems_are_told_at_once(tmp_path: Path) -> None:
    found = problems(tmp_path, "[server]\nport = -1\nprot = 1\n[[sources]]\nvendor = 'x'\n[more]\n")
    assert len(found) == 4


def test_an_override_is_named_by_its_variable(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, "", {"FLOORGRAPH_SERVER__PORT": "many"})
    assert found.startswith("the environment variable FLOORGRAPH_SERVER__PORT: server.port")


def test_a_missing_file_says_so_and_what_else_there_is(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"nowhere\.toml: cannot be read.*floorgraph demo"):
        read_settings(tmp_path / "nowhere.toml", {})


def test_secrets_come_from_files_beside_the_configuration_and_are_never_shown(tmp_path: Path) -> None:
    (tmp_path / "key.txt").write_text("s3cret\n", encoding="utf-8")
    settings = reading(tmp_path, SOURCE + 'api_key = { file = "key.txt" }')
    assert "s3cret" not in repr(settings)
    key = getattr(settings.sources[0], "api_key", None)
    assert key is not None
    assert key.get_secret_value() == "s3cret"


def test_wrong_secrets_are_not_repeated_in_messages(tmp_path: Path) -> None:
    found = problems(tmp_path, SOURCE + 'api_key = ["s3cret"]\ntls = "s3cret"')
    assert "s3cret" not in "".join(found)


KEY = """
[[keys]]
id = "abcd23"
name = "Wall board"
role = "viewer"
hash = "scrypt$16384$8$1$MIDmrJe1rZnrV5E7Uek6mQ$dp1Vw811pSrvfBEHyoZQeEUQVN6_UF0q7Ez_dj1UPfA"
"""
TOKENS = '[jwt]\nissuer = "https://login.test"\naudience = "floorgraph"\n'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (KEY + 'rolle = "admin"', ["FILE: keys[0].rolle", "'role'"]),
        (KEY.replace("viewer", "none"), ["FILE: keys[0].role", "'viewer'", "'admin'"]),
        (KEY.replace("scrypt", "md5"), ["FILE: keys[0].hash", "pattern"]),
        (KEY + KEY, ["FILE: keys[1].id", "'abcd23'", "twice"]),
        (SOURCE + KEY + 'sources = ["nroth"]', ["FILE: keys[0].sources", "'nroth'", "'north'"]),
        ("keys = 5", ["FILE: keys", "list of tables"]),
        (TOKENS, ["FILE: jwt", "either jwks_url or key_file"]),
        (TOKENS + 'jwks_url = "http://login.test/keys"', ["FILE: jwt", "https://"]),
        (TOKENS + 'jwks_url = "https://login.test/keys"\nalgorithms = ["HS256"]', ["FILE: jwt.algorithms"]),
        (TOKENS + 'jwks_url = "https://login.test/keys"\naudiense = "x"', ["jwt.audiense", "'audience'"]),
        ("[limits]\ndeep = 5", ["FILE: limits.deep", "'depth'"]),
        ("[limits]\ndepth = 0", ["FILE: limits.depth", "greater than or equal to 1"]),
        ('[limits]\ndepth = { most = 5, mod = "off" }', ["FILE: limits.depth.mod", "'mode'"]),
        ('[limits]\nmode = "enforced"', ["FILE: limits.mode", "'enforce'", "'measure'"]),
        ("[limits]\ndepth = true", ["FILE: limits.depth", "expected a number"]),
        ("[documents]\nfolders = 'x'", ["FILE: documents.folders", "'folder'"]),
    ],
)
def test_problems_of_the_other_tables_are_named_too(tmp_path: Path, text: str, words: list[str]) -> None:
    found = problems(tmp_path, text)
    assert any(all(word in problem for word in words) for problem in found), found


def test_limits_take_the_mode_of_their_table_unless_they_have_their_own(tmp_path: Path) -> None:
    text = '[limits]\nmode = "measure"\ndepth = 9\naliases = { most = 3, mode = "enforce" }\n'
    found = reading(tmp_path, text, {"FLOORGRAPH_LIMITS__TOKENS": "77"}).limits.of_operations()
    assert (found.depth, found.aliases) == (Limit(9, Mode.MEASURE), Limit(3, Mode.ENFORCE))
    assert found.tokens == Limit(77, Mode.MEASURE)


def test_files_and_folders_lie_beside_the_configuration(tmp_path: Path) -> None:
    settings = reading(tmp_path, TOKENS + 'key_file = "key.pem"\n[documents]\nfolder = "documents"\n')
    assert settings.jwt is not None
    assert settings.jwt.key_file == tmp_path / "key.pem"
    assert settings.documents.folder == tmp_path / "documents"


@pytest.mark.parametrize(
    ("host", "role", "forbidden"),
    [
        ("127.0.0.1", Role.ADMIN, None),
        ("::1", Role.ADMIN, None),
        ("localhost", Role.OPERATOR, None),
        ("0.0.0.0", Role.NONE, None),
        ("0.0.0.0", Role.VIEWER, False),
        ("192.168.1.5", Role.OPERATOR, True),
        ("::", Role.ADMIN, True),
        ("shop.example", Role.ADMIN, True),
    ],
)
def test_strangers_on_the_network_may_not_do_what_people_here_may(
    host: str, role: Role, forbidden: bool | None
) -> None:
    found = exposure(host, role)
    assert (None if found is None else found[0]) is forbidden
    assert found is None or host in found[1]


@pytest.mark.parametrize(
    ("role", "forbidden"),
    [(Role.NONE, None), (Role.VIEWER, False), (Role.OPERATOR, True), (Role.ADMIN, True)],
)
def test_who_comes_through_a_proxy_is_a_stranger_too(role: Role, forbidden: bool | None) -> None:
    found = exposure("127.0.0.1", role, ("127.0.0.1",))
    assert (None if found is None else found[0]) is forbidden
    assert found is None or "trusted_proxies" in found[1]
