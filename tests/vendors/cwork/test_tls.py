"""CWork over HTTPS with the self-signed certificate that it brings along."""

import hashlib
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from floorgraph.model import Kind
from floorgraph.model.source import SourceStatus
from floorgraph.vendors.failures import TlsRefused
from floorgraph.vendors.gate import Freshness
from floorgraph.vendors.questions import EVERYTHING
from tests.vendors.cwork.conftest import Build, Shop, running


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A PEM file with certificate and key that no authority of this machine knows."""
    file = tmp_path_factory.mktemp("cwork") / "server.pem"
    trustme.CA().issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(file))
    return file


@pytest.fixture(scope="session")
def encrypted(certificate: Path) -> Iterator[Shop]:
    """A server that speaks HTTPS only."""
    yield from running(certfile=str(certificate), stations=3)


def fingerprint(file: Path) -> str:
    text = file.read_text()
    begin, end = text.index("-----BEGIN CERT"), text.index("-----END CERT") + 26
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(text[begin:end].strip() + "\n")).hexdigest()


async def test_an_unknown_certificate_is_refused_and_its_fingerprint_shown(
    encrypted: Shop, certificate: Path, source: Build
) -> None:
    north = source(encrypted)
    with pytest.raises(TlsRefused) as caught:
        await north.select(Kind.STATION, EVERYTHING, Freshness())
    assert fingerprint(certificate) in str(caught.value)
    assert north.condition().status is SourceStatus.DOWN


async def test_the_pinned_certificate_is_accepted(encrypted: Shop, certificate: Path, source: Build) -> None:
    north = source(encrypted, tls={"mode": "pin", "sha256": fingerprint(certificate)})
    found = await north.select(Kind.STATION, EVERYTHING, Freshness())
    assert len(found.items) == 3


async def test_another_certificate_than_the_pinned_one_gets_no_request(
    encrypted: Shop, source: Build
) -> None:
    calls = encrypted.calls()
    north = source(encrypted, tls={"mode": "pin", "sha256": "0" * 64})
    with pytest.raises(TlsRefused):
        await north.select(Kind.STATION, EVERYTHING, Freshness())
    assert encrypted.calls() == calls


async def test_http_towards_an_https_server_says_what_is_wrong(encrypted: Shop, source: Build) -> None:
    plain = Shop(encrypted.address)
    plain.base_url = encrypted.base_url.replace("https://", "http://")
    north = source(plain)
    with pytest.raises(Exception, match="north") as caught:
        await north.select(Kind.STATION, EVERYTHING, Freshness())
    assert north.condition().status is SourceStatus.DOWN
    assert "simulator-key" not in str(caught.value)
