"""What pages take from the code is what the code says now."""

import re

import pytest

from scripts.docs.__main__ import MAKERS
from scripts.docs.blocks import BLOCK, DOCS, filled, pages
from scripts.docs.commandline import commands
from scripts.docs.metrics import families, metrics
from scripts.docs.roots import schema

PAGES = {page.relative_to(DOCS.parent).as_posix(): page for page in pages()}


@pytest.mark.parametrize("name", sorted(PAGES))
def test_a_page_says_what_the_code_says(name: str) -> None:
    text = PAGES[name].read_text(encoding="utf-8")
    assert len(re.findall(r"^<!-- made of: ", text, re.MULTILINE)) == len(BLOCK.findall(text))
    assert text == filled(text, MAKERS), "`make reference` writes it anew"


def made(page: str) -> set[tuple[str, str]]:
    """Kind and words of each part of a page that is made."""
    text = (DOCS / page).read_text(encoding="utf-8")
    return {(found[1], found[2] or "") for found in BLOCK.finditer(text)}


def test_every_metric_command_and_root_field_is_shown() -> None:
    assert ("metrics", "") in made("metrics.md")
    assert {("commands", ""), ("command-reference", "")} <= made("commandline.md")
    roots = [schema().query_type, schema().mutation_type, schema().subscription_type]
    assert made("schema.md") == {("root", root.name) for root in roots if root}


def test_metrics_commands_and_root_fields_say_what_they_are() -> None:
    assert [family.name for family in families() if not family.documentation.endswith(".")] == []
    assert [name for name, command in commands().items() if not command.help] == []
    unsaid = [
        f"{name} {option.name}"
        for name, command in commands().items()
        for option in command.params
        if option.param_type_name == "option" and not getattr(option, "help", None)
    ]
    assert unsaid == []
    roots = filter(None, (schema().query_type, schema().mutation_type, schema().subscription_type))
    assert [name for root in roots for name, field in root.fields.items() if not field.description] == []


def test_a_part_is_filled_in_between_its_comments() -> None:
    text = "a\n<!-- made of: word one two -->\nold\n<!-- end -->\nb\n<!-- made of: word -->\n<!-- end -->\n"
    assert filled(text, {"word": lambda words: f"[{words}]"}) == (
        "a\n<!-- made of: word one two -->\n[one two]\n<!-- end -->\n"
        "b\n<!-- made of: word -->\n[]\n<!-- end -->\n"
    )


def test_metrics_are_told_with_their_labels() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| \w+ \| ([^|]*) \|", metrics(""), re.MULTILINE))
    assert rows["floorgraph_websockets_closed_total"] == "`code`"
    assert rows["floorgraph_graphql_operation_duration_seconds"] == "`type`, `outcome`"
    assert rows["floorgraph_feed_rung"] == "`source`, `feed`, `rung`"
    assert rows["floorgraph_websockets"] == "-"
