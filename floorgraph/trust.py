"""`floorgraph trust SOURCE`: shows the certificate of a source's server, and pins it when told to."""

import asyncio
import ssl
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from floorgraph.vendors.tls import CertificateInfo

console = Console(stderr=True)


def _read(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    from floorgraph.vendors.tls import read_fingerprint

    try:
        return None if value is None else read_fingerprint(value)
    except ValueError as error:
        raise click.BadParameter(f"{error}.") from error


@click.command(short_help="Show a source's certificate, and pin it when you confirm.")
@click.argument("source")
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("floorgraph.toml"),
    show_default=True,
    help="The configuration file.",
)
@click.option(
    "--expect",
    metavar="SHA256",
    callback=_read,
    help="Ask nothing: trust the certificate if it has this fingerprint, and end with 1 if not.",
)
def trust(source: str, config: Path, expect: str | None) -> None:
    """Show the certificate of SOURCE's server, and write it into the configuration when you confirm.

    Nothing but a handshake reaches the server: no request and no credentials. Compare the fingerprint
    with what the server's administrator reads from the server itself before you confirm.
    """
    from floorgraph.pinning import ConfigurationFile
    from floorgraph.settings import ConfigurationError

    try:
        file = ConfigurationFile(config)
        found = file.source(source)
    except ConfigurationError as error:
        _stop(str(error), 2)
    shown = _fetched(found.host, found.port)
    console.print(_described(shown, f"{found.host}:{found.port}"))
    if found.pin == shown.fingerprint:
        _say(f"{config} trusts this certificate already.")
        return
    if found.pin is not None:
        _say(f"This is NOT the certificate that {config} trusts: {found.pin}", "red")
    if expect is not None and expect != shown.fingerprint:
        _stop("The server's certificate does not have the expected fingerprint. Nothing was changed.")
    if expect is None and not click.confirm("Did you compare the fingerprint? Trust it?", err=True):
        _stop("Nothing was changed.")
    try:
        file.pin(source, shown.fingerprint)
    except OSError as error:
        _stop(f"{config} cannot be written: {error.strerror}.", 2)
    _say(f"{config} trusts this certificate now.")


def _fetched(host: str, port: int) -> "CertificateInfo":
    from floorgraph.vendors.tls import explain, fetch_fingerprint

    try:
        with console.status(f"Asking {host}:{port} ..."):
            return asyncio.run(fetch_fingerprint(host, port))
    except ssl.SSLError as error:
        _stop(f"{host}:{port}: {explain(error, host).reason}.")
    except TimeoutError:
        _stop(f"{host}:{port}: no answer in time.")
    except (OSError, ValueError) as error:
        _stop(f"{host}:{port}: {getattr(error, 'strerror', None) or 'its certificate cannot be read'}.")


def _described(shown: "CertificateInfo", place: str) -> Table:
    now = datetime.now(UTC)
    ended = " (has expired)" if shown.not_after < now else ""
    begun = " (not yet valid)" if shown.not_before > now else ""
    table = Table(title=Text(f"The certificate of {place}"), title_justify="left", show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    digits = shown.fingerprint.upper()
    for name, value in (
        ("SHA-256", ":".join(digits[at : at + 2] for at in range(0, len(digits), 2))),
        ("Subject", shown.subject),
        ("Issuer", "itself" if shown.self_signed else shown.issuer),
        ("For", ", ".join(shown.names) or "no name is given"),
        ("Valid", f"{shown.not_before:%Y-%m-%d}{begun} to {shown.not_after:%Y-%m-%d}{ended}"),
    ):
        # As it is: in Rich's markup, `:AB:` in a fingerprint would become a picture.
        table.add_row(name, Text(_plain(value)))
    return table


def _plain(text: str) -> str:
    """A text of the server's making, without what a terminal would act on."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def _say(message: str, style: str = "") -> None:
    console.print(Text(message), style=style, soft_wrap=True)


def _stop(message: str, code: int = 1) -> NoReturn:
    _say(message, "red")
    sys.exit(code)
