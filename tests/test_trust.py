"""`floorgraph trust` as a user meets it, against a real TLS server."""

import asyncio
import hashlib
import io
import os
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme
from rich.console import Console

from floorgraph.trust import _described
from floorgraph.vendors.tls import CertificateInfo
from tests.support.deadline import DEADLINE
from tests.support.upstream import Upstream, server_tls, serving


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
async def upstream(authority: trustme.CA) -> AsyncIterator[Upstream]:
    async with serving(server_tls(authority)) as found:
        yield found


def configured(folder: Path, base_url: str) -> Path:
    path = folder / "floorgraph.toml"
    path.write_text(
        '# our shop\n[[sources]]\nkey = "north"\nvendor = "cwork"\n'
        f'base_url = "{base_url}/CAPI/REST"  # panel 3\n'
        'api_key = { env = "A_VARIABLE_THAT_IS_NOT_SET" }\n',
        "utf-8",
    )
    return path


async def trust(path: Path, *options: str, answer: str = "") -> tuple[int, str]:
    """The exit code and what is said, each run of blanks as one."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "floorgraph", "trust", "north", "--config", str(path), *options),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=os.environ | {"COLUMNS": "200"},
    )
    said, _ = await asyncio.wait_for(process.communicate(answer.encode()), DEADLINE)
    return process.returncode or 0, " ".join(said.decode().split())


async def fingerprint(port: int) -> str:
    certificate = await asyncio.to_thread(ssl.get_server_certificate, ("127.0.0.1", port))
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(certificate)).hexdigest()


async def test_a_confirmed_certificate_is_written_and_trusted(upstream: Upstream, tmp_path: Path) -> None:
    path = configured(tmp_path, upstream.url)
    wanted = await fingerprint(upstream.port)
    code, said = await trust(path, answer="y\n")
    assert code == 0, said
    pairs = ":".join(wanted[at : at + 2].upper() for at in range(0, 64, 2))
    for words in (pairs, "127.0.0.1", "Subject", "Issuer", "Valid", "trusts this certificate now"):
        assert words in said, said
    text = path.read_text("utf-8")
    assert f'tls = {{mode = "pin", sha256 = "{wanted}"}}' in text
    assert "# our shop" in text
    assert "# panel 3" in text
    assert upstream.requests == []
    again, said = await trust(path)
    assert (again, "trusts this certificate already" in said) == (0, True)


@pytest.mark.parametrize("answer", ["n\n", "\n", ""])
async def test_without_a_yes_nothing_changes(upstream: Upstream, tmp_path: Path, answer: str) -> None:
    path = configured(tmp_path, upstream.url)
    before = path.read_bytes()
    code, _ = await trust(path, answer=answer)
    assert code == 1
    assert path.read_bytes() == before


async def test_an_expected_certificate_needs_no_answer_and_another_is_refused(
    upstream: Upstream, tmp_path: Path
) -> None:
    path = configured(tmp_path, upstream.url)
    before = path.read_bytes()
    code, said = await trust(path, "--expect", "00" * 32)
    assert (code, path.read_bytes()) == (1, before)
    assert "does not have the expected fingerprint" in said
    code, said = await trust(path, "--expect", (await fingerprint(upstream.port)).upper())
    assert code == 0, said
    assert path.read_bytes() != before


async def test_a_changed_certificate_is_pointed_out(
    upstream: Upstream, authority: trustme.CA, tmp_path: Path
) -> None:
    path = configured(tmp_path, upstream.url)
    assert (await trust(path, answer="y\n"))[0] == 0
    async with serving(server_tls(authority)) as renewed:
        path.write_text(path.read_text("utf-8").replace(upstream.url, renewed.url), "utf-8")
        code, said = await trust(path, answer="n\n")
    assert code == 1
    assert f"NOT the certificate that {path} trusts: {await fingerprint(upstream.port)}" in said


async def test_an_expired_certificate_says_so(authority: trustme.CA, tmp_path: Path) -> None:
    ended = datetime(2020, 1, 1, tzinfo=UTC)
    async with serving(server_tls(authority, not_after=ended)) as upstream:
        _, said = await trust(configured(tmp_path, upstream.url))
    assert "2020-01-01 (has expired)" in said


async def test_http_has_no_certificate(tmp_path: Path) -> None:
    code, said = await trust(configured(tmp_path, "http://127.0.0.1:1"))
    assert code == 2
    assert "does not begin with https://" in said


async def test_a_server_that_is_not_there_or_speaks_no_tls(tmp_path: Path) -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(refuse, "127.0.0.1", 0) as plain:
        port = plain.sockets[0].getsockname()[1]
        code, said = await trust(configured(tmp_path, f"https://127.0.0.1:{port}"))
        assert (code, "does not speak TLS on this port" in said) == (1, True), said
    code, said = await trust(configured(tmp_path, f"https://127.0.0.1:{port}"))
    assert code == 1
    assert "Traceback" not in said


async def test_a_fingerprint_that_is_none_is_refused(tmp_path: Path) -> None:
    code, said = await trust(configured(tmp_path, "https://127.0.0.1:1"), "--expect", "abc")
    assert code == 2
    assert "64 hex digits" in said


def test_what_a_server_says_about_itself_is_shown_as_it_is_but_for_what_a_terminal_acts_on() -> None:
    shown = CertificateInfo(
        fingerprint="ab" * 32,
        subject="CN=[red]x[/red] \x1b[2J :smile:",
        issuer="CN=x",
        names=("a.example",),
        not_before=datetime(2020, 1, 1, tzinfo=UTC),
        not_after=datetime(2120, 1, 1, tzinfo=UTC),
    )
    console = Console(width=200, file=io.StringIO())
    console.print(_described(shown, "127.0.0.1:1"))
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert ":".join(["AB"] * 32) in text
    assert "CN=[red]x[/red] ?[2J :smile:" in text
