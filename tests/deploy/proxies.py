"""The proxies of `deploy/` as they are shipped, but for addresses and certificates."""

import asyncio
import re
import socket
import subprocess
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from pathlib import Path

from tests.support.deadline import DEADLINE
from tests.support.needs import needs_caddy, needs_nginx

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
AROUND_NGINX = """
daemon off;
master_process off;
pid {folder}/pid;
error_log {folder}/error.log info;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/floorgraph.conf;
}}
"""
AROUND_CADDY = """{{
	admin off
	auto_https off
	storage file_system {folder}/caddy
}}
"""

Front = Callable[[Path, str], AbstractAsyncContextManager[str]]
"""Folder and the server's base URL -> the base URL of a proxy in front of it."""


def adapted(name: str, *changes: tuple[str, str]) -> str:
    """A file of `deploy/` with all of these patterns replaced; each must be there."""
    text = (DEPLOY / name).read_text("utf-8")
    for found, wanted in changes:
        text, count = re.subn(found, wanted, text)
        assert count, f"{found} is not in {name}"
    return text


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


@asynccontextmanager
async def listening(port: int, log: Path, *command: str | Path) -> AsyncIterator[str]:
    """The base URL of a program that listens on a port; it is told to end at the end."""
    with log.open("wb") as written:
        process = await asyncio.create_subprocess_exec(
            *command, cwd=log.parent, stdout=written, stderr=subprocess.STDOUT
        )
    try:
        async with asyncio.timeout(DEADLINE):
            while not await _answers(port):
                assert process.returncode is None, await asyncio.to_thread(log.read_text)
                await asyncio.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        with suppress(ProcessLookupError):
            process.terminate()
        await process.wait()


async def _answers(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    await writer.wait_closed()
    return True


@asynccontextmanager
async def nginx(folder: Path, behind: str) -> AsyncIterator[str]:
    """nginx in front of a server."""
    program, port = needs_nginx(), free_port()
    snippet = adapted(
        "nginx.conf",
        (r"server 127\.0\.0\.1:8000;", f"server {behind.removeprefix('http://')};"),
        (r"listen 443 ssl;", f"listen 127.0.0.1:{port};"),
        # Only the real site has it.
        (r" +ssl_certificate(_key)? .*;\n", ""),
    )
    (folder / "floorgraph.conf").write_text(snippet, encoding="utf-8")
    (folder / "nginx.conf").write_text(AROUND_NGINX.format(folder=folder), encoding="utf-8")
    log = folder / "error.log"
    async with listening(port, log, program, "-e", log, "-c", folder / "nginx.conf") as base_url:
        yield base_url


@asynccontextmanager
async def caddy(folder: Path, behind: str) -> AsyncIterator[str]:
    """Caddy in front of a server."""
    program, port = needs_caddy(), free_port()
    site = adapted(
        "Caddyfile",
        (r"reverse_proxy 127\.0\.0\.1:8000", f"reverse_proxy {behind.removeprefix('http://')}"),
        (r"(?m)^floor\.example\.com \{", f"http://127.0.0.1:{port} {{"),
    )
    file = folder / "Caddyfile"
    file.write_text(AROUND_CADDY.format(folder=folder) + site, encoding="utf-8")
    command = (program, "run", "--config", file, "--adapter", "caddyfile")
    async with listening(port, folder / "caddy.log", *command) as base_url:
        yield base_url
