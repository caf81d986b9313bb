"""What is absent is skipped on a developer's machine and fails on CI."""

from pathlib import Path

import pytest

from tests.support.needs import (
    needs_browser,
    needs_caddy,
    needs_node,
    needs_npm,
    needs_prometheus,
    needs_promtool,
    needs_systemd_analyze,
)

NEEDS = (
    needs_browser,
    needs_caddy,
    needs_node,
    needs_npm,
    needs_prometheus,
    needs_promtool,
    needs_systemd_analyze,
)


@pytest.fixture
def empty_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.mark.usefixtures("empty_machine")
@pytest.mark.parametrize("needs", NEEDS)
def test_what_is_absent_is_skipped(monkeypatch: pytest.MonkeyPatch, needs: object) -> None:
    monkeypatch.delenv("CI", raising=False)
    assert callable(needs)
    with pytest.raises(pytest.skip.Exception, match="is not on the PATH"):
        needs()


@pytest.mark.usefixtures("empty_machine")
@pytest.mark.parametrize("needs", NEEDS)
def test_on_ci_it_fails(monkeypatch: pytest.MonkeyPatch, needs: object) -> None:
    monkeypatch.setenv("CI", "true")
    assert callable(needs)
    with pytest.raises(pytest.fail.Exception, match="On CI it must be there"):
        needs()


def test_what_is_there_is_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    command = tmp_path / "chromium-browser"
    command.write_text("#!/bin/sh\n")
    command.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert needs_browser() == str(command)


def test_an_older_node_than_needed_counts_as_absent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "node").write_text("#!/bin/sh\necho v18.20.4\n", "utf-8")
    (tmp_path / "node").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    monkeypatch.setenv("CI", "true")
    assert needs_node((18, 5)) == str(tmp_path / "node")
    with pytest.raises(pytest.fail.Exception, match=r"20\.19 or newer .* v18\.20\.4\. On CI"):
        needs_node((20, 19))
