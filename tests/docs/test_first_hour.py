"""A source is connected by the words of `docs/connect.md` alone."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

from tests.docs.pages import Block, blocks
from tests.examples.processes import free_port, started
from tests.support.deadline import DEADLINE
from tests.support.program import running

DOCUMENTED_PORT = "4445"
PROGRAM = [sys.executable, "-m", "floorgraph"]


def of(page: str, language: str) -> list[Block]:
    return [block for block in blocks(language) if block.page == page]


def test_a_simulated_server_is_connected_as_the_page_says(tmp_path: Path) -> None:
    port = str(free_port())
    simulate, _, export, check, serve = (
        shlex.split(block.text.replace(DOCUMENTED_PORT, port)) for block in of("docs/connect.md", "sh")
    )
    (configuration,) = (block.text.replace(DOCUMENTED_PORT, port) for block in of("docs/connect.md", "toml"))
    (tmp_path / "floorgraph.toml").write_text(configuration, "utf-8")
    name, _, key = export[1].partition("=")
    environment = {**os.environ, name: key}
    with started([*PROGRAM, *simulate[1:]], tmp_path, tmp_path / "log", {}) as words:
        words('"vendor": "cwork"')
        done = subprocess.run(
            [*PROGRAM, *check[1:]],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=DEADLINE,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert "answers" in done.stdout
        with running([*serve[1:], "--port", "0"], tmp_path, environment) as base_url:
            assert base_url
