"""Pins are written into a configuration file without touching the rest of it."""

import os
import tomllib
from pathlib import Path

import pytest

from floorgraph.pinning import ConfigurationFile
from floorgraph.settings import ConfigurationError

NEW, OLD = "ab" * 32, "cd" * 32
FILE = """\
# The shop in Hall A.
[server]
port = 9000   # as agreed with IT

[[sources]]   # the mills
key = "south"
vendor = "cwork"
base_url = "https://10.0.0.6:4445/CAPI/REST"

[[sources]]
key = "north"
vendor = "cwork"
base_url = "https://10.0.0.5:4445/CAPI/REST"  # fixed address
{tls}
api_key = {{ env = "NORTH_KEY" }}

[sources.timeouts]
read = 20  # slow

# the end
"""


def written(folder: Path, tls: str = "") -> Path:
    path = folder / "floorgraph.toml"
    path.write_text(FILE.format(tls=tls), "utf-8")
    return path


def pin_of(path: Path) -> object:
    return tomllib.loads(path.read_text("utf-8"))["sources"][1]["tls"]


@pytest.mark.parametrize(
    "tls",
    [
        "",
        f'tls = {{ mode = "pin", sha256 = "{OLD}" }}  # from the panel',
        'tls = { mode = "ca", ca_file = "ca.pem" }',
        'tls = { mode = "insecure" }',
    ],
    ids=["none", "pin", "ca", "insecure"],
)
def test_only_the_pin_changes(tmp_path: Path, tls: str) -> None:
    path = written(tmp_path, tls)
    before = path.read_text("utf-8").splitlines()
    ConfigurationFile(path).pin("north", NEW)
    assert pin_of(path) == {"mode": "pin", "sha256": NEW}
    after = path.read_text("utf-8").splitlines()
    assert [line for line in before if "tls" not in line and line] == [
        line for line in after if "tls" not in line and line
    ]
    assert tomllib.loads(path.read_text("utf-8"))["sources"][1]["timeouts"] == {"read": 20}
    if "panel" in tls:
        assert "# from the panel" in path.read_text("utf-8")


def test_a_table_of_its_own_is_kept_as_one(tmp_path: Path) -> None:
    path = written(tmp_path)
    path.write_text(
        path.read_text("utf-8") + '\n[sources.tls]\nmode = "ca" # ours\nca_file = "ca.pem"\n', "utf-8"
    )
    ConfigurationFile(path).pin("north", NEW)
    assert pin_of(path) == {"mode": "pin", "sha256": NEW}
    assert '[sources.tls]\nmode = "pin" # ours' in path.read_text("utf-8")


def test_line_ends_and_permissions_stay_and_nothing_lies_about(tmp_path: Path) -> None:
    path = written(tmp_path)
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    path.chmod(0o600)
    ConfigurationFile(path).pin("north", NEW)
    content = path.read_bytes()
    assert content.count(b"\r\n") >= FILE.count("\n")
    assert path.stat().st_mode & 0o777 == 0o600
    assert os.listdir(tmp_path) == ["floorgraph.toml"]  # noqa: PTH208 - hidden ones as well


def test_a_link_is_followed_and_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    real = written(tmp_path / "real")
    link = tmp_path / "floorgraph.toml"
    link.symlink_to(real)
    ConfigurationFile(link).pin("north", NEW)
    assert link.is_symlink()
    assert pin_of(real) == {"mode": "pin", "sha256": NEW}


def test_what_is_to_be_pinned(tmp_path: Path) -> None:
    found = ConfigurationFile(written(tmp_path)).source("north")
    assert (found.host, found.port, found.pin) == ("10.0.0.5", 4445, None)
    colons = ":".join([OLD[:2].upper()] * 32)
    pinned = ConfigurationFile(written(tmp_path, f'tls = {{ mode = "pin", sha256 = "{colons}" }}')).source(
        "north"
    )
    assert pinned.pin == OLD


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('key = "north"', 'key = "west"', "there is no source 'north'; there are: south, west"),
        ('key = "south"', 'key = "north"', "used twice"),
        ("https://10.0.0.5", "http://10.0.0.5", "does not begin with https://"),
        ('vendor = "cwork"', 'vendor = "nobody"', "no certificate to pin"),
        ("[server]", "[server", "not valid TOML"),
    ],
)
def test_what_cannot_be_pinned(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    path = written(tmp_path)
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    with pytest.raises(ConfigurationError, match=complaint):
        ConfigurationFile(path).source("north")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        ConfigurationFile(tmp_path / "none.toml")
