"""Which certificates are trusted, proven on real handshakes."""

import asyncio
import hashlib
import socket
import ssl
import warnings
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme
from pydantic import ValidationError

from floorgraph.vendors.failures import TimedOut, TlsRefused, TlsTooOld, Unreachable
from floorgraph.vendors.http import HttpClient, HttpOptions, basic
from floorgraph.vendors.tls import PinMismatch, TlsSettings, explain, fetch_fingerprint, ssl_context
from tests.support.upstream import Upstream, server_tls, serving

pytestmark = pytest.mark.each_loop

PIN = "ab" * 32

Connect = Callable[..., HttpClient]


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
async def upstream(authority: trustme.CA) -> AsyncIterator[Upstream]:
    async with serving(server_tls(authority)) as server:
        yield server


@pytest.fixture
async def connect() -> AsyncIterator[Connect]:
    clients: list[HttpClient] = []

    def build(url: str, **settings: object) -> HttpClient:
        tls = TlsSettings.model_validate(settings)
        clients.append(HttpClient("north", url, auth=basic("key"), tls=tls))
        return clients[-1]

    yield build
    for client in clients:
        await client.close()


async def refused(client: HttpClient, upstream: Upstream) -> TlsRefused:
    """The failure of a request of which the server did not see a byte."""
    with pytest.raises(TlsRefused) as raised:
        await client.send("GET", "/stations", endpoint="stations")
    assert upstream.bytes_received == 0
    assert upstream.requests == []
    return raised.value


async def fingerprint(upstream: Upstream) -> str:
    return (await fetch_fingerprint("127.0.0.1", upstream.port)).fingerprint


async def test_an_unknown_certificate_is_refused_and_the_message_says_how_to_trust_it(
    upstream: Upstream, connect: Connect
) -> None:
    failure = await refused(connect(upstream.url), upstream)
    shown = await fingerprint(upstream)
    assert "self-signed or of an unknown authority" in failure.detail
    assert f'tls = {{ mode = "pin", sha256 = "{shown}" }}' in failure.detail


async def test_the_pinned_certificate_is_accepted(upstream: Upstream, connect: Connect) -> None:
    client = connect(upstream.url, mode="pin", sha256=await fingerprint(upstream))
    assert (await client.send("GET", "/stations", endpoint="stations")).ok


async def test_another_certificate_than_the_pinned_one_never_gets_a_byte(
    upstream: Upstream, connect: Connect
) -> None:
    found = await fingerprint(upstream)
    before = upstream.connections
    failure = await refused(connect(upstream.url, mode="pin", sha256=PIN), upstream)
    assert f"expected the certificate {PIN[:16]}…, found {found[:16]}…" in failure.detail
    assert "pinned certificate has changed" in failure.detail
    assert upstream.connections >= before


async def test_a_pin_holds_for_every_new_connection(authority: trustme.CA, connect: Connect) -> None:
    context = server_tls(authority)
    async with serving(context) as upstream:
        client = connect(upstream.url, mode="pin", sha256=await fingerprint(upstream))
        await client.send("GET", "/stations", endpoint="stations")
        await upstream.end()
        authority.issue_cert("127.0.0.1").configure_cert(context)
        seen = len(upstream.requests)
        with pytest.raises(TlsRefused, match="changed"):
            await client.send("GET", "/stations", endpoint="stations")
        assert len(upstream.requests) == seen


async def test_a_pin_also_covers_expired_certificates_and_other_names(
    authority: trustme.CA, connect: Connect
) -> None:
    old = datetime.now(UTC) - timedelta(days=1)
    async with serving(server_tls(authority, "elsewhere.example", not_after=old)) as upstream:
        client = connect(upstream.url, mode="pin", sha256=await fingerprint(upstream))
        assert (await client.send("GET", "/stations", endpoint="stations")).ok


async def tunnel(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """A proxy that connects whoever asks for it."""
    head = await reader.readuntil(b"\r\n\r\n")
    host, _, port = head.split()[1].decode().partition(":")
    there, onward = await asyncio.open_connection(host, int(port))
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    await asyncio.gather(pass_on(reader, onward), pass_on(there, writer))


async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while piece := await reader.read(65536):
            writer.write(piece)
            await writer.drain()
    writer.close()


async def test_a_pin_also_holds_behind_a_proxy(upstream: Upstream) -> None:
    async with await asyncio.start_server(tunnel, "127.0.0.1", 0) as proxy:
        options = HttpOptions(proxy=f"http://127.0.0.1:{proxy.sockets[0].getsockname()[1]}")
        right = TlsSettings(mode="pin", sha256=await fingerprint(upstream))
        for tls in (TlsSettings(mode="pin", sha256=PIN), TlsSettings(), right):
            client = HttpClient("north", upstream.url, auth=basic("key"), tls=tls, options=options)
            if tls is right:
                assert (await client.send("GET", "/stations", endpoint="stations")).ok
            else:
                await refused(client, upstream)
            await client.close()


async def test_a_configured_authority_is_trusted(
    authority: trustme.CA, upstream: Upstream, connect: Connect, tmp_path: Path
) -> None:
    file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(file))
    client = connect(upstream.url, mode="ca", ca_file=file)
    assert (await client.send("GET", "/stations", endpoint="stations")).ok
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(str(other))
    with pytest.raises(TlsRefused):
        await connect(upstream.url, mode="ca", ca_file=other).send("GET", "/stations", endpoint="stations")
    assert len(upstream.requests) == 1


async def test_insecure_accepts_everything(upstream: Upstream, connect: Connect) -> None:
    client = connect(upstream.url, mode="insecure")
    assert (await client.send("GET", "/stations", endpoint="stations")).ok


async def test_an_expired_certificate(authority: trustme.CA, connect: Connect, tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(file))
    old = datetime.now(UTC) - timedelta(days=1)
    async with serving(server_tls(authority, not_after=old)) as upstream:
        failure = await refused(connect(upstream.url, mode="ca", ca_file=file), upstream)
    assert failure.code == "TLS_EXPIRED"
    assert "has expired" in failure.detail


@pytest.mark.parametrize("name", ["elsewhere.example", "10.9.8.7"])
async def test_a_certificate_for_another_host(
    authority: trustme.CA, connect: Connect, tmp_path: Path, name: str
) -> None:
    file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(file))
    async with serving(server_tls(authority, name)) as upstream:
        failure = await refused(connect(upstream.url, mode="ca", ca_file=file), upstream)
    assert failure.code == "TLS_WRONG_HOST"
    assert "for another host name than 127.0.0.1" in failure.detail


@pytest.mark.parametrize("mode", ["system", "insecure"])
async def test_an_old_protocol_is_refused(authority: trustme.CA, connect: Connect, mode: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context = server_tls(authority, newest=ssl.TLSVersion.TLSv1_1)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        # A blocking handshake: unlike asyncio's it lets the client know why it failed.
        handshake = asyncio.create_task(asyncio.to_thread(shake_hands, listener, context))
        url = f"https://127.0.0.1:{listener.getsockname()[1]}"
        with pytest.raises(TlsTooOld, match=r"does not speak TLS 1\.2 or newer"):
            await connect(url, mode=mode).send("GET", "/stations", endpoint="stations")
        assert "UNSUPPORTED_PROTOCOL" in await handshake


def shake_hands(listener: socket.socket, context: ssl.SSLContext) -> str:
    connection, _ = listener.accept()
    try:
        with context.wrap_socket(connection, server_side=True):
            return "done"
    except ssl.SSLError as error:
        return str(error.reason)


async def speak_plainly(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
    await writer.drain()
    await _reader.read()
    writer.close()


async def test_a_server_without_tls(connect: Connect) -> None:
    async with await asyncio.start_server(speak_plainly, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(TlsRefused, match="perhaps base_url must begin with http://") as raised:
            await connect(f"https://127.0.0.1:{port}").send("GET", "/stations", endpoint="stations")
        assert raised.value.counts_against_source
        with pytest.raises(ssl.SSLError):
            await fetch_fingerprint("127.0.0.1", port)


async def hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await _reader.read(1)
    writer.close()


async def test_a_server_that_hangs_up_during_the_handshake_is_unreachable(connect: Connect) -> None:
    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as server:
        url = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        with pytest.raises(Unreachable):
            await connect(url).send("GET", "/stations", endpoint="stations")


async def test_a_handshake_that_hangs_times_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"https://127.0.0.1:{silent.getsockname()[1]}"
        client = HttpClient("north", url, options=HttpOptions(connect=0.1))
        with pytest.raises(TimedOut, match="no connection"):
            await client.send("GET", "/stations", endpoint="stations")
        with pytest.raises(TimeoutError):
            await fetch_fingerprint("127.0.0.1", silent.getsockname()[1], timeout=0.1)
        await client.close()


async def test_what_a_server_shows(authority: trustme.CA) -> None:
    end = datetime(2040, 1, 2, 3, 4, 5, tzinfo=UTC)
    certificate = authority.issue_cert("cwork.example", "127.0.0.1", not_after=end)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    async with serving(context) as upstream:
        shown = await fetch_fingerprint("127.0.0.1", upstream.port)
    encoded = ssl.PEM_cert_to_DER_cert(certificate.cert_chain_pems[0].bytes().decode())
    assert shown.fingerprint == hashlib.sha256(encoded).hexdigest()
    assert shown.names == ("cwork.example", "127.0.0.1")
    assert shown.not_after == end
    assert "trustme" in shown.subject
    assert not shown.self_signed
    assert upstream.bytes_received == 0


@pytest.mark.parametrize("mode", ["system", "pin", "insecure"])
def test_no_context_goes_below_tls_1_2(mode: str) -> None:
    settings = TlsSettings.model_validate({"mode": mode} | ({"sha256": PIN} if mode == "pin" else {}))
    assert ssl_context(settings).minimum_version == ssl.TLSVersion.TLSv1_2


def test_the_pin_also_holds_for_plain_sockets() -> None:
    context = ssl_context(TlsSettings(mode="pin", sha256=PIN))
    assert context.sslsocket_class is not ssl.SSLSocket


@pytest.mark.parametrize("text", ["AB:" * 31 + "AB", "ab " * 32, "SHA256=" + "AB" * 32, PIN])
def test_fingerprints_are_read_as_people_paste_them(text: str) -> None:
    assert TlsSettings(mode="pin", sha256=text).sha256 == PIN


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"mode": "pin"}, "needs sha256"),
        ({"mode": "pin", "sha256": "abc"}, "64 hex digits"),
        ({"mode": "pin", "sha256": "g" * 64}, "64 hex digits"),
        ({"mode": "system", "sha256": PIN}, 'mode "pin"'),
        ({"mode": "ca"}, "needs ca_file"),
        ({"mode": "insecure", "ca_file": "a.pem"}, 'mode "ca"'),
        ({"mode": "none"}, "'system', 'pin', 'ca' or 'insecure'"),
        ({"verify": False}, "Extra inputs"),
    ],
)
def test_settings_that_contradict_themselves(settings: dict[str, object], complaint: str) -> None:
    with pytest.raises(ValidationError) as raised:
        TlsSettings.model_validate(settings)
    assert complaint in str(raised.value)


@pytest.mark.parametrize("content", [None, "not a certificate"])
def test_a_file_with_authorities_that_cannot_be_used(tmp_path: Path, content: str | None) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_text(content)
    with pytest.raises(ValueError, match=r"ca_file .* cannot be used"):
        ssl_context(TlsSettings(mode="ca", ca_file=file))


def test_every_trouble_has_a_text() -> None:
    assert "changed" in explain(PinMismatch(PIN, "cd" * 32), "h").reason
    assert "unknown reason" in explain(ssl.SSLError(), "h").reason
