"""`python -m floorgraph.simulators <vendor>`: run one simulator on 127.0.0.1."""

import asyncio
import json
import logging
import socket
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import click
import uvicorn
from pydantic import ValidationError

from floorgraph.simulators.contract import Simulator, SimulatorOptions
from floorgraph.simulators.registry import UnknownSimulator, simulator

HOST = "127.0.0.1"


class _Server(uvicorn.Server):
    """A server that says on standard output where it listens, once it does."""

    def __init__(self, config: uvicorn.Config, announcement: dict[str, object]) -> None:
        super().__init__(config)
        self._announcement = announcement

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            click.echo(json.dumps(self._announcement))
            sys.stdout.flush()


@click.command(short_help="Run the simulator of a vendor.")
@click.argument("vendor")
@click.option("--port", default=0, show_default=True, help="Port of 127.0.0.1; 0 takes a free one.")
@click.option("--options", "given", default="{}", help="The vendor's options as JSON, or @file.")
@click.option("--exit-with-stdin", is_flag=True, help="End when standard input closes.")
def main(vendor: str, port: int, given: str, *, exit_with_stdin: bool) -> None:
    """Run the simulator of VENDOR until interrupted.

    Options of each vendor, and how to change the shop while it runs: docs/simulators.md.
    """
    try:
        chosen = simulator(vendor)
    except UnknownSimulator as error:
        raise click.ClickException(str(error)) from error
    options = _options(chosen, given)
    with suppress(KeyboardInterrupt):
        asyncio.run(_serve(chosen, options, port, exit_with_stdin=exit_with_stdin))


def _options(chosen: Simulator, given: str) -> SimulatorOptions:
    try:
        text = Path(given[1:]).read_text(encoding="utf-8") if given.startswith("@") else given
        return chosen.options.model_validate_json(text)
    except OSError as error:
        raise click.ClickException(f"the options cannot be read: {error}") from error
    except ValidationError as error:
        lines = [f"  {'.'.join(map(str, one['loc'])) or 'options'}: {one['msg']}" for one in error.errors()]
        raise click.ClickException("\n".join(["the options are wrong:", *lines])) from error


async def _serve(chosen: Simulator, options: SimulatorOptions, port: int, *, exit_with_stdin: bool) -> None:
    logging.getLogger("uvicorn.error").addFilter(_unexpected)
    listening = socket.create_server((HOST, port), backlog=1024)
    # asyncio does this only for sockets it made itself; without it every answer on a kept connection waits
    # some 40 ms for the client's delayed acknowledgement.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    scheme = "https" if options.certfile else "http"
    bound: int = listening.getsockname()[1]
    server = _Server(
        uvicorn.Config(
            chosen.build(options),
            ssl_certfile=options.certfile,
            ssl_keyfile=options.keyfile,
            **_uvicorn_settings(),
        ),
        {"vendor": chosen.vendor, "port": bound, "base_url": f"{scheme}://{HOST}:{bound}"},
    )
    if exit_with_stdin:
        threading.Thread(target=_watch_stdin, args=(server,), daemon=True).start()
    with listening:
        await server.serve([listening])


def _uvicorn_settings() -> dict[str, Any]:
    """The simulator sends its own Date (its clock's), and cut connections are no news for the log."""
    return {
        "log_config": None,
        "access_log": False,
        "date_header": False,
        "server_header": False,
        "lifespan": "off",
        "timeout_graceful_shutdown": 1,
    }


def _unexpected(record: logging.LogRecord) -> bool:
    """Cut and hanging answers look like mistakes from inside; they are meant."""
    if record.exc_info and isinstance(record.exc_info[1], asyncio.CancelledError):
        return False
    return not record.getMessage().startswith("ASGI callable returned without")


def _watch_stdin(server: uvicorn.Server) -> None:
    """End the server when the parent closes the pipe, on purpose or by dying."""
    sys.stdin.buffer.read()
    server.should_exit = True
    server.force_exit = True


if __name__ == "__main__":
    main()
