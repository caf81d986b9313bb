"""Builds the site: the pages of `docs/`, the reference of the schema, and what the repository has beside."""

import re
import shutil
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from typing import Final

from scripts.docs.blocks import BLOCK, DOCS, ROOT
from scripts.docs.roots import schema
from scripts.docs.schema_pages import schema_pages

SITE: Final = ROOT / "site"
CONFIGURATION: Final = "zensical.toml"
BESIDE: Final = {"CHANGELOG.md": "changelog.md", "CONTRIBUTING.md": "contributing.md"}
"""Pages of the repository that the site has too, under other names."""
OUTSIDE: Final = re.compile(r"\]\((?:\.\./)+([^)#\s]+)(#[^)\s]*)?\)")
WITHIN: Final = re.compile(r"\]\(docs/([^)\s]+)\)")


def build(target: Path = SITE) -> None:
    """Build the site anew.

    Raises `CalledProcessError` where the generator finds a fault, such as a link that leads nowhere.
    """
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        shutil.copy(ROOT / CONFIGURATION, folder)
        staged(folder / "docs")
        subprocess.run(
            [sys.executable, "-m", "zensical", "build", "--strict", "--clean"], cwd=folder, check=True
        )
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(folder / "site", target)


def staged(docs: Path) -> None:
    """All pages, as the generator takes them."""
    shutil.copytree(DOCS, docs)
    for name, place in BESIDE.items():
        text = (ROOT / name).read_text(encoding="utf-8")
        (docs / place).write_text(WITHIN.sub(r"](\1)", text), encoding="utf-8")
    for page in docs.rglob("*.md"):
        up = "../" * (len(page.relative_to(docs).parts) - 1)
        text = OUTSIDE.sub(partial(linked, up), page.read_text(encoding="utf-8"))
        page.write_text(BLOCK.sub(r"\3", text), encoding="utf-8")
    reference = docs / "schema"
    reference.mkdir()
    for name, text in schema_pages(schema()):
        (reference / f"{name}.md").write_text(text, encoding="utf-8")


def linked(up: str, found: "re.Match[str]") -> str:
    """A link to a file outside `docs/`: to its page here where there is one, else to nothing."""
    page = BESIDE.get(found[1])
    return f"]({up}{page}{found[2] or ''})" if page else found[0]
