"""`python -m scripts.docs write | check | site`."""

import subprocess
import sys
from pathlib import Path

import click

from scripts.docs import commandline, excerpts
from scripts.docs.blocks import ROOT, filled, pages
from scripts.docs.metrics import metrics
from scripts.docs.roots import root
from scripts.docs.settings import settings
from scripts.docs.site import SITE, build
from scripts.docs.vendors import capabilities

MAKERS = {
    "settings": settings,
    "metrics": metrics,
    "commands": commandline.overview,
    "command-reference": commandline.reference,
    "root": root,
    "capabilities": capabilities,
    "file": excerpts.file,
    "shell": excerpts.commands,
}


@click.group()
def main() -> None:
    """The documentation."""


@main.command()
def write() -> None:
    """Fill in what pages take from the code."""
    for page in pages():
        text = page.read_text(encoding="utf-8")
        new = filled(text, MAKERS)
        if new != text:
            page.write_text(new, encoding="utf-8")
            click.echo(f"{page.relative_to(ROOT)} is written")


@main.command()
@click.argument("target", type=click.Path(path_type=Path, file_okay=False), default=SITE)
def site(target: Path) -> None:
    """Build the site."""
    try:
        build(target)
    except subprocess.CalledProcessError as failed:
        sys.exit(failed.returncode)
    click.echo(f"open {target / 'index.html'}; searching needs a server: python -m http.server -d {target}")


if __name__ == "__main__":
    main()
