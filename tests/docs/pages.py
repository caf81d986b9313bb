"""Every page that people read, and the blocks of code in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from scripts.docs.blocks import ROOT, pages

MARKDOWN = MarkdownIt("commonmark").enable("table")


@dataclass(frozen=True, slots=True)
class Block:
    """A block of code."""

    page: str
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def everything() -> list[Path]:
    """The documentation, the pages beside it, and the examples' own."""
    examples = sorted((ROOT / "examples").glob("*.md")) + sorted((ROOT / "examples").glob("*/*.md"))
    return [*pages(), ROOT / "CHANGELOG.md", *examples]


@cache
def tokens(page: Path) -> list[Token]:
    """A page, taken apart."""
    return MARKDOWN.parse(page.read_text(encoding="utf-8"))


def blocks(*languages: str) -> list[Block]:
    """All blocks of some languages."""
    return [block for page in everything() for block in of_page(page) if block.language in languages]


def of_page(page: Path) -> Iterator[Block]:
    """The blocks of a page."""
    for token in tokens(page):
        if token.type == "fence":
            line = (token.map or [0])[0] + 1
            yield Block(page.relative_to(ROOT).as_posix(), line, token.info.strip(), token.content)


def inline(page: Path) -> Iterator[Token]:
    """The inline parts of a page: words, links, code, pictures."""
    for token in tokens(page):
        yield from token.children or ()
