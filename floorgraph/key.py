"""`floorgraph key new`: makes an API key, shows it once, and says what to write into the configuration."""

import json
from datetime import UTC, datetime

import click

from floorgraph.model.ids import SOURCE_KEY

ROLES = ("viewer", "operator", "admin")


@click.group()
def key() -> None:
    """API keys for callers."""


@key.command("new")
@click.option(
    "--name", required=True, help="Whose key it is, such as 'Wall board, hall A'; for people; no secret."
)
@click.option("--role", type=click.Choice(ROLES), default="viewer", show_default=True, help="What it allows.")
@click.option(
    "--sources", default=None, help="Keys of the only sources to be seen with it, such as north,laser."
)
@click.option(
    "--expires",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"]),
    default=None,
    help="When it ends (UTC); never when not given.",
)
def new(name: str, role: str, sources: str | None, expires: datetime | None) -> None:
    """Make a key. It is shown this once and kept nowhere.

    The key goes to standard error, the table for the configuration file to
    standard output: `floorgraph key new --name Board >> floorgraph.toml`.
    """
    from floorgraph.server.access.keys import new_key

    named = None if sources is None else [part.strip() for part in sources.split(",")]
    for source in named or ():
        if not SOURCE_KEY.fullmatch(source):
            raise click.BadParameter(f"'{source}' cannot be the key of a source.", param_hint="--sources")
    made = new_key()
    click.echo(f"The key, shown this once: {made.text}", err=True)
    click.echo("Add this to the configuration file:", err=True)
    lines = ["", "[[keys]]", f"id = {_toml(made.id)}", f"name = {_toml(name)}", f"role = {_toml(role)}"]
    if named is not None:
        lines.append(f"sources = [{', '.join(map(_toml, named))}]")
    if expires is not None:
        lines.append(f"expires = {expires.replace(tzinfo=UTC).isoformat().replace('+00:00', 'Z')}")
    click.echo("\n".join([*lines, f"hash = {_toml(made.hash)}"]))


def _toml(text: str) -> str:
    """A basic string of TOML; JSON's escapes are among TOML's, but for the delete character."""
    return json.dumps(text).replace("\x7f", "\\u007F")
