"""`floorgraph key new` as a user meets it, and the server that takes the key."""

from pathlib import Path

import pytest

from tests.support.client import post
from tests.support.program import run, running


async def test_a_new_key_opens_the_server_whose_configuration_has_its_table(tmp_path: Path) -> None:
    made = run("key", "new", "--name", 'Board "A"', "--expires", "2999-01-01")
    assert made.returncode == 0, made.stderr
    text = made.stderr.split("fg_", 1)[1].split()[0]
    assert text not in made.stdout
    path = tmp_path / "floorgraph.toml"
    path.write_text('[server]\nport = 0\nanonymous_role = "none"\n' + made.stdout, encoding="utf-8")
    with running(["serve", "--config", str(path)]) as base_url:
        assert (await post(base_url, "{ __typename }")).status_code == 401
        answer = await post(base_url, "{ __typename }", authorization=f"ApiKey fg_{text}")
        assert answer.json() == {"data": {"__typename": "Query"}}


def test_no_two_keys_are_alike() -> None:
    assert run("key", "new", "--name", "x").stderr != run("key", "new", "--name", "x").stderr


@pytest.mark.parametrize(
    "arguments", [["--name", "x", "--role", "none"], ["--name", "x", "--sources", "No rth"], []]
)
def test_what_makes_no_sense_is_refused(arguments: list[str]) -> None:
    assert run("key", "new", *arguments).returncode == 2


@pytest.mark.parametrize("role", ["admin", "operator"])
def test_a_server_is_not_opened_to_strangers_who_may_do_more_than_read(tmp_path: Path, role: str) -> None:
    (tmp_path / "floorgraph.toml").write_text(f'[server]\nanonymous_role = "{role}"\n', encoding="utf-8")
    found = run("serve", "--host", "0.0.0.0", "--port", "0", folder=tmp_path)
    assert found.returncode == 2
    assert "anonymous_role" in found.stderr
    assert "key new" in found.stderr


def test_a_key_file_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    text = '[jwt]\nissuer = "https://login.test"\naudience = "x"\nkey_file = "none.pem"\n'
    (tmp_path / "floorgraph.toml").write_text(text, encoding="utf-8")
    found = run("serve", "--port", "0", folder=tmp_path)
    assert found.returncode == 2
    assert "none.pem cannot be read" in " ".join(found.stderr.split())
