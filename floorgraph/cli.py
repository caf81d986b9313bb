"""The command line: `floorgraph demo | serve | check | trust | key | schema | simulate | watch`."""

import asyncio
import difflib
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click
import structlog
from rich.console import Console
from rich.panel import Panel

from floorgraph.key import key
from floorgraph.packaging_guard import ForeignPackage, check_neighbours
from floorgraph.trust import trust
from floorgraph.watch.command import watch

if TYPE_CHECKING:
    from floorgraph.settings import Settings
    from floorgraph.simulators.contract import DemoInstance

# Modules that import `schema` and its neighbours are imported inside the commands: the guard comes first.

SCHEMA_FILE = Path("schema.graphql")
console = Console(stderr=True, markup=False)

HOST = click.option("--host", default=None, help="Address to listen on (default: 127.0.0.1).")
PORT = click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=None,
    help="Port to listen on (default: 8000); 0 takes a free one.",
)
CONFIG = click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("floorgraph.toml"),
    show_default=True,
    help="The configuration file.",
)
VERBOSE = click.option("--verbose", is_flag=True, help="Log more.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="floorgraph")
def main() -> None:
    """One GraphQL API over a whole shop floor."""
    try:
        check_neighbours()
    except ForeignPackage as error:
        _stop(str(error))


@main.command()
@HOST
@PORT
@VERBOSE
def demo(host: str | None, port: int | None, verbose: bool) -> None:
    """Run a simulated shop floor with the server in front of it."""
    from floorgraph.demo import run_demo
    from floorgraph.logs import configure_logs

    configure_logs(verbose=verbose)
    console.print("Starting the simulated vendor servers ...")
    _serve(run_demo(host or "127.0.0.1", 8000 if port is None else port, _tell_simulator, _announce), port)


@main.command()
@CONFIG
@HOST
@PORT
@VERBOSE
def serve(config: Path, host: str | None, port: int | None, verbose: bool) -> None:
    """Serve the sources of a configuration file.

    SIGHUP makes it read the file again, SIGTERM makes it stop in order.
    """
    from floorgraph.logs import configure_logs
    from floorgraph.server.app import create_app
    from floorgraph.server.collecting import settle
    from floorgraph.server.run import server_for
    from floorgraph.server.tracing import tracing
    from floorgraph.settings import ConfigurationError

    configure_logs(verbose=verbose)
    settings = _settings(config)
    by_people = configure_logs(
        verbose=verbose, form=settings.server.log_format, level=settings.server.log_level
    )  # fmt: skip
    chosen = settings.server.port if port is None else port
    listening = host or settings.server.host
    _check_exposure(listening, settings, by_people=by_people)
    try:
        app = create_app(settings, read=lambda: _read_again(config, listening), verbose=verbose)
    except ConfigurationError as error:
        _stop(str(error))
    server = server_for(
        app,
        listening,
        chosen,
        _announce if by_people else _note,
        settings.server.trusted_proxies,
        lifecycle=app.state.lifecycle,
        reload=app.state.reloader.ask,
    )
    if not settings.sources:
        _say_without_sources(config)
    try:
        with tracing(settings.telemetry):
            settle()
            _serve(server.serve(), chosen)
    except ConfigurationError as error:
        _stop(str(error))


@main.command()
@CONFIG
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON on standard output.")
def check(config: Path, as_json: bool) -> None:
    """Check a configuration file and ask each source what it can do.

    Ends with 0 when every source answers in full, with 1 otherwise or where there is none, with 2 when the
    configuration is wrong.
    """
    from floorgraph.check import check_sources, described, show
    from floorgraph.settings import ConfigurationError

    settings = _settings(config)
    if not settings.sources:
        _say_without_sources(config)
    try:
        with console.status("Asking the sources ..."):
            findings = asyncio.run(check_sources(settings))
    except ConfigurationError as error:
        _stop(str(error))
    if as_json:
        click.echo(json.dumps([described(finding) for finding in findings], indent=2))
    elif findings:
        show(findings, Console())
    sys.exit(1 if not findings or any(finding.wrong for finding in findings) else 0)


@main.command(short_help="Print the schema, or compare it with schema.graphql.")
@click.option("--check", "compare", is_flag=True, help="Compare with schema.graphql instead of printing.")
def schema(compare: bool) -> None:
    """Print the schema in GraphQL's definition language, or compare it with schema.graphql."""
    from schema.build import schema_text

    text = schema_text()
    if not compare:
        click.echo(text, nl=False)
        return
    try:
        kept = SCHEMA_FILE.read_text(encoding="utf-8")
    except OSError as error:
        _stop(f"{SCHEMA_FILE} cannot be read: {error.strerror}. Run `make schema` in the repository.")
    if kept != text:
        lines = difflib.unified_diff(
            kept.splitlines(), text.splitlines(), "schema.graphql", "the code", lineterm=""
        )
        click.echo("\n".join(lines))
        _stop("schema.graphql is not what the code says. Run `make schema` and look at the difference.", 1)
    console.print("schema.graphql is what the code says.")


main.add_command(key)
main.add_command(watch)
main.add_command(trust)


@main.command(
    add_help_option=False,
    context_settings={"ignore_unknown_options": True},
    short_help="Run the simulator of a vendor.",
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def simulate(arguments: tuple[str, ...]) -> None:
    """Run one vendor's simulator alone; `floorgraph simulate --help` shows how."""
    from floorgraph.simulators.__main__ import main as run

    run.main(args=list(arguments), prog_name="floorgraph simulate")


def _say_without_sources(config: Path) -> None:
    told = f"{config} configures no sources; add [[sources]] tables."
    console.print(told, style="yellow", highlight=False, soft_wrap=True)


def _settings(path: Path) -> "Settings":
    from floorgraph.settings import ConfigurationError, read_settings

    try:
        return read_settings(path)
    except ConfigurationError as error:
        for problem in error.problems:
            console.print(problem, style="red", highlight=False, soft_wrap=True)
        sys.exit(2)


def _read_again(path: Path, host: str) -> "Settings":
    """The configuration of a server that runs. Raises `ConfigurationError`, also for one that must not be."""
    from floorgraph.settings import ConfigurationError, read_settings
    from floorgraph.settings.server import exposure

    settings = read_settings(path)
    found = exposure(host, settings.server.anonymous_role, settings.server.trusted_proxies)
    if found is not None and found[0]:
        raise ConfigurationError([found[1]])
    return settings


def _check_exposure(host: str, settings: "Settings", *, by_people: bool = True) -> None:
    """Stop where strangers could do what they should not; warn where they could read everything."""
    from floorgraph.settings.server import exposure

    found = exposure(host, settings.server.anonymous_role, settings.server.trusted_proxies)
    if found is None:
        return
    forbidden, words = found
    if forbidden:
        _stop(words)
    if by_people:
        console.print(Panel(words, title="Open to the network", style="yellow"), highlight=False)
    else:
        structlog.get_logger("floorgraph").warning("open to the network", what=words)


def _serve(running: Any, port: int | None) -> None:
    from floorgraph.server.run import run

    try:
        run(running)
    except KeyboardInterrupt:
        console.print("Stopped.")
    except SystemExit:
        # uvicorn logs why it cannot listen and exits with 1; what to do next belongs beside it.
        _stop(f"The server could not start. Is port {port or 8000} taken? Choose another with --port.")


def _tell_simulator(instance: "DemoInstance", base_url: str) -> None:
    console.print(f"  {instance.key}: {instance.title} at {base_url}", highlight=False)


def _announce(base_url: str) -> None:
    text = (
        f"Live board   {base_url}/\n"
        f"GraphiQL     {base_url}/graphiql\n"
        f"API          {base_url}/graphql\n"
        f"Schema       {base_url}/schema.graphql\n\n"
        "Stop with Ctrl+C."
    )
    console.print(Panel(text, title="Floorgraph is ready", expand=False), highlight=False)


def _note(base_url: str) -> None:
    """As `_announce`, for what reads the log."""
    structlog.get_logger("floorgraph").info("listening", url=base_url)


def _stop(message: str, code: int = 2) -> NoReturn:
    console.print(message, style="red", highlight=False, soft_wrap=True)
    sys.exit(code)


if __name__ == "__main__":
    main()
