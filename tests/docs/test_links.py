"""Every link between files of the repository leads somewhere, as the files lie there."""

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from markdown_it.token import Token

from scripts.docs.blocks import ROOT
from tests.docs.pages import everything, inline, tokens


@pytest.mark.parametrize("page", everything(), ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    assert [link for link in map(target, inline(page)) if link and not leads(page, link)] == []


def target(token: Token) -> str | None:
    """Where a token leads, if it leads anywhere in the repository."""
    link = token.attrGet("href") or token.attrGet("src")
    return str(link) if link and not urlsplit(str(link)).scheme else None


def leads(page: Path, link: str) -> bool:
    """Whether there is such a file, and such a heading in it."""
    path, _, anchor = unquote(link).partition("#")
    aim = (page.parent / path) if path else page
    return aim.exists() and (not anchor or anchor in anchors(aim))


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings."""
    parsed = tokens(page)
    headings = [
        parsed[index + 1].content for index, token in enumerate(parsed) if token.type == "heading_open"
    ]
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
