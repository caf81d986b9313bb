"""Whatever code the documentation shows would work."""

import ast
import json
import re
import shlex
import subprocess
import tomllib
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from graphql import parse, validate
from graphql.language import OperationDefinitionNode

from floorgraph.settings import Settings, settings_of
from scripts.docs.blocks import ROOT
from scripts.docs.commandline import commands
from scripts.docs.roots import schema
from tests.docs.pages import Block, blocks, everything, inline, of_page
from tests.node.npm import installed
from tests.support.deadline import DEADLINE

KNOWN = {"graphql", "toml", "json", "sh", "python", "yaml", "ts", "tsx", "js", "text", ""}
TARGET = re.compile(r"^([a-z-]+):.*##", re.MULTILINE)
FINGERPRINT = "ab" * 32
PROGRAM = re.compile(r"^(?:\S*/)?floorgraph$")


def found(*languages: str) -> pytest.MarkDecorator:
    """Parameters: each block under its place."""
    these = blocks(*languages)
    assert these
    return pytest.mark.parametrize("block", these, ids=map(str, these))


def test_every_block_is_in_a_language_that_is_checked() -> None:
    assert {block.language for page in everything() for block in of_page(page)} <= KNOWN


@found("graphql")
def test_graphql_is_valid_for_the_schema(block: Block) -> None:
    document = parse(block.text)
    if any(isinstance(part, OperationDefinitionNode) for part in document.definitions):
        assert [error.message for error in validate(schema(), document)] == []


@found("toml")
def test_toml_is_a_configuration(block: Block, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = block.text.replace('sha256 = "..."', f'sha256 = "{FINGERPRINT}"')
    content = tomllib.loads(text)
    for secret in secrets(content):
        match secret:
            case {"env": str(name)}:
                monkeypatch.setenv(name, "secret")
            case {"file": str(name)} if not name.startswith("/"):
                (tmp_path / name).write_text("secret", "utf-8")
    assert isinstance(settings_of(content, str(block), tmp_path), Settings)


def secrets(value: Any) -> Iterator[dict[str, str]]:
    """The places of secrets in a configuration."""
    if isinstance(value, dict):
        if value.keys() in ({"env"}, {"file"}):
            yield value
        for inner in value.values():
            yield from secrets(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from secrets(inner)


@found("json")
def test_json_is_json(block: Block) -> None:
    try:
        json.loads(block.text)
    except json.JSONDecodeError:
        for line in block.text.splitlines():
            json.loads(line)


@found("python")
def test_python_is_python(block: Block) -> None:
    compile(block.text, str(block), "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)


@found("yaml")
def test_yaml_is_yaml(block: Block) -> None:
    class Loader(yaml.SafeLoader):
        """Takes tags that other programs know."""

    Loader.add_multi_constructor("!", lambda _loader, tag, _node: tag)
    assert yaml.load(block.text, Loader)  # noqa: S506 - a safe loader with one more tag


@pytest.mark.node
def test_scripts_for_browsers_parse(tmp_path: Path) -> None:
    folder = ROOT / "examples" / "react-apollo"
    node = installed(folder, (20, 19))
    texts = {f"{block}.{block.language}": block.text for block in blocks("js", "ts", "tsx")}
    assert texts
    (tmp_path / "blocks.json").write_text(json.dumps(texts), "utf-8")
    script = f"""
        import {{ readFileSync }} from "node:fs";
        import {{ transformWithOxc }} from "vite";
        const blocks = JSON.parse(readFileSync({str(tmp_path / "blocks.json")!r}));
        for (const [name, text] of Object.entries(blocks)) {{
            await transformWithOxc(text, name).catch((fault) => {{ throw new Error(name + ": " + fault); }});
        }}
    """
    done = subprocess.run(
        [node, "--input-type=module", "--eval", script],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def lines(text: str) -> list[list[str]]:
    """The commands of a block of shell, as words."""
    whole = text.replace("\\\n", " ")
    parts = [
        shlex.split(line, comments=True) for line in whole.splitlines() if "'{" not in line or "}'" in line
    ]
    # What stands before a command: variables. What stands behind it: where its output goes.
    return [words for words in map(bare, parts) if words]


def bare(words: list[str]) -> list[str]:
    while words and re.match(r"^\w+=", words[0]):
        words = words[1:]
    ends = [words.index(sign) for sign in (">", ">>", "|", "&&", ";") if sign in words]
    return words[: min(ends, default=len(words))]


@found("sh")
def test_commands_exist_and_take_what_they_are_given(block: Block) -> None:
    for words in lines(block.text):
        name = words[0]
        if PROGRAM.match(name):
            parses(words[1:])
        elif name == "make":
            targets = TARGET.findall((ROOT / "Makefile").read_text("utf-8"))
            assert [word for word in words[1:] if "=" not in word and word not in targets] == []
        elif name.endswith("python") and words[1:2] == ["-m"]:
            assert find_spec(words[2]) is not None, words[2]
        elif name.startswith("scripts/"):
            assert (ROOT / name).is_file()


def parses(words: list[str]) -> None:
    """Fails unless the words are a command with options that it has."""
    known = commands()
    name = next((one for one in known if words[: one.count(" ")] == one.split()[1:]), None)
    assert name is not None, f"there is no command {words}"
    try:
        known[name].make_context(name, words[name.count(" ") :])
    except click.exceptions.Exit:
        pass  # `--help`
    except click.UsageError as error:
        pytest.fail(f"{name}: {error.message}")


@pytest.mark.parametrize("page", everything(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_commands_in_the_text_exist(page: Path) -> None:
    names = {name.split()[1] for name in commands()}
    for token in inline(page):
        if token.type == "code_inline" and token.content.startswith("floorgraph "):
            assert token.content.split()[1].rstrip(",;") in names, token.content
