"""Parts of a page that are made, between two comments that readers do not see.

<!-- made of: settings server -->
...
<!-- end -->
"""

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
DOCS: Final = ROOT / "docs"
BLOCK: Final = re.compile(
    r"^<!-- made of: ([\w-]+)(?: ([^\n]*))? -->\n(.*?)^<!-- end -->$", re.MULTILINE | re.DOTALL
)

Maker = Callable[[str], str]
"""Makes a part from what stands behind its kind, without a newline at the end."""


def filled(text: str, makers: Mapping[str, Maker]) -> str:
    """A page with all its parts made anew. Raises `KeyError` for a kind that is not there."""

    def made(found: "re.Match[str]") -> str:
        kind, words = found[1], found[2] or ""
        begin = found[0].partition("\n")[0]
        return f"{begin}\n{makers[kind](words)}\n<!-- end -->"

    return BLOCK.sub(made, text)


def pages() -> list[Path]:
    """The pages of the documentation, and the others that people read first."""
    return [*sorted(DOCS.rglob("*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown."""
    ruler = "|---" * len(heads) + "|"
    return "\n".join([row(heads), ruler, *map(row, rows)])


def row(cells: Sequence[str]) -> str:
    """One line of a table."""
    return f"| {' | '.join(cells)} |"


def on_one_line(text: str) -> str:
    """Text for a cell of a table."""
    return " ".join(text.split()).replace("|", "\\|")
