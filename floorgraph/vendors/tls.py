"""TLS towards vendor servers: which certificate is trusted, per source and never process-wide.

Shop-floor servers often carry self-signed certificates. Instead of turning
verification off, a source pins the one certificate it expects: its SHA-256
fingerprint is compared inside the handshake, before a byte of a request is
sent, on every new connection.
"""

import asyncio
import hashlib
import hmac
import ssl
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal, Self

import truststore
from cryptography import x509
from pydantic import AfterValidator, BaseModel, ConfigDict, PrivateAttr, model_validator

from floorgraph.vendors.failures import CertificateExpired, CertificateOfAnother, TlsRefused, TlsTooOld
from floorgraph.vendors.source_settings import content_mark

MINIMUM_VERSION = ssl.TLSVersion.TLSv1_2

_NOT_YET_VALID, _EXPIRED = 9, 10
_UNKNOWN_ISSUER = frozenset({18, 19, 20, 21})
_WRONG_NAME = frozenset({62, 64})
_PROTOCOL = frozenset({"UNSUPPORTED_PROTOCOL", "TLSV1_ALERT_PROTOCOL_VERSION", "NO_PROTOCOLS_AVAILABLE"})
_NOT_TLS = frozenset(
    {"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE"}
)


def read_fingerprint(text: str) -> str:
    """64 hex digits from what people paste: colons, blanks and capital letters are fine.

    Raises `ValueError` for anything else.
    """
    digits = text.replace(":", "").replace(" ", "").lower().removeprefix("sha256").removeprefix("=")
    if len(digits) != 64 or not set(digits) <= set("0123456789abcdef"):
        raise ValueError("a SHA-256 fingerprint has 64 hex digits (colons are allowed)")
    return digits


class TlsSettings(BaseModel):
    """The `tls` table of a source.

    `system` trusts what the machine trusts, `pin` exactly one certificate,
    `ca` the authorities in a file, `insecure` everybody.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    mode: Literal["system", "pin", "ca", "insecure"] = "system"
    sha256: Annotated[str, AfterValidator(read_fingerprint)] | None = None
    ca_file: Path | None = None
    _content: str = PrivateAttr("")
    """Of the file with the authorities: settings differ when its content does."""

    def model_post_init(self, _context: Any) -> None:
        """Look at the file with the authorities, if there is one."""
        if self.ca_file is not None:
            self._content = content_mark(self.ca_file)

    @model_validator(mode="after")
    def _fits_mode(self) -> Self:
        if self.mode == "pin" and self.sha256 is None:
            raise ValueError('mode "pin" needs sha256, the fingerprint that "floorgraph trust" shows')
        if self.mode != "pin" and self.sha256 is not None:
            raise ValueError(f'sha256 is for mode "pin", not for mode "{self.mode}"')
        if self.mode == "ca" and self.ca_file is None:
            raise ValueError('mode "ca" needs ca_file, a PEM file with the authorities to trust')
        if self.mode != "ca" and self.ca_file is not None:
            raise ValueError(f'ca_file is for mode "ca", not for mode "{self.mode}"')
        return self


class PinMismatch(ssl.SSLError):
    """The server's certificate is not the pinned one; no request was sent."""

    def __init__(self, expected: str, found: str) -> None:
        super().__init__(f"expected the certificate {expected[:16]}…, found {found[:16]}…")
        self.expected = expected
        self.found = found

    def __str__(self) -> str:
        return str(self.args[0])


def ssl_context(settings: TlsSettings) -> ssl.SSLContext:
    """The context for a source's connections, TLS 1.2 or newer.

    Raises `ValueError` when the file with the authorities cannot be read.
    """
    if settings.mode == "system":
        context: ssl.SSLContext = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    elif settings.mode == "ca":
        context = _authorities(settings.ca_file)
    else:
        context = _unverified()
        if settings.sha256 is not None:
            _pin(context, settings.sha256)
    context.minimum_version = MINIMUM_VERSION
    return context


def _authorities(file: Path | None) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=file)
    except OSError as error:
        raise ValueError(f"ca_file {file} cannot be used: {error.strerror or error}") from error


def _unverified() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _pin(context: ssl.SSLContext, expected: str) -> None:
    """Make every handshake of a context end with a comparison of the peer's certificate.

    The classes that a context makes its connections from are the one hook
    that the standard library documents for this (`sslobject_class` and
    `sslsocket_class`); a client sends nothing before `do_handshake` returns.
    """

    def compare(certificate: bytes | None) -> None:
        found = hashlib.sha256(certificate or b"").hexdigest()
        if not hmac.compare_digest(found, expected):
            raise PinMismatch(expected, found)

    class PinnedObject(ssl.SSLObject):
        def do_handshake(self) -> None:
            super().do_handshake()
            compare(self.getpeercert(binary_form=True))

    class PinnedSocket(ssl.SSLSocket):
        def do_handshake(self, block: bool = False) -> None:
            super().do_handshake(block)
            compare(self.getpeercert(binary_form=True))

    context.sslobject_class = PinnedObject
    context.sslsocket_class = PinnedSocket


@dataclass(frozen=True, slots=True)
class TlsTrouble:
    """Why a handshake failed, and whether pinning the certificate would help."""

    reason: str
    pinnable: bool = False
    meaning: type[TlsRefused] = TlsRefused


CUT_OFF = (ssl.SSLEOFError, ssl.SSLZeroReturnError)
"""The connection ended in the middle; which of the two it is depends on when the loop noticed."""
INTERRUPTED = (ssl.SSLWantReadError, ssl.SSLWantWriteError, ssl.SSLSyscallError, *CUT_OFF)


def is_refusal(error: BaseException) -> bool:
    """Whether an error means that a handshake was refused, not that it was slow or cut off."""
    return isinstance(error, ssl.SSLError) and not isinstance(error, INTERRUPTED)


def explain(error: ssl.SSLError, host: str) -> TlsTrouble:
    """What a failed handshake means for the person who configures the source."""
    if isinstance(error, PinMismatch):
        advice = "if it was renewed on purpose, set the new fingerprint"
        return TlsTrouble(f"the pinned certificate has changed: {error}; {advice}")
    if isinstance(error, ssl.SSLCertVerificationError):
        return _explain_verification(error, host)
    reason = getattr(error, "reason", None)
    if reason in _PROTOCOL:
        return TlsTrouble("the server does not speak TLS 1.2 or newer", meaning=TlsTooOld)
    if reason in _NOT_TLS:
        return TlsTrouble(
            "the server does not speak TLS on this port; perhaps base_url must begin with http://"
        )
    return TlsTrouble(f"the TLS handshake failed: {reason or 'unknown reason'}")


def _explain_verification(error: ssl.SSLCertVerificationError, host: str) -> TlsTrouble:
    code = error.verify_code
    if code == _EXPIRED:
        return TlsTrouble("the server's certificate has expired", pinnable=True, meaning=CertificateExpired)
    if code == _NOT_YET_VALID:
        reason = "the server's certificate is not valid yet; compare the clocks"
        return TlsTrouble(reason, pinnable=True, meaning=CertificateExpired)
    if code in _WRONG_NAME:
        reason = f"the server's certificate is for another host name than {host}"
        return TlsTrouble(reason, pinnable=True, meaning=CertificateOfAnother)
    if code in _UNKNOWN_ISSUER:
        return TlsTrouble("the server's certificate is self-signed or of an unknown authority", pinnable=True)
    return TlsTrouble(f"the server's certificate is refused: {error.verify_message}", pinnable=True)


@dataclass(frozen=True, slots=True)
class CertificateInfo:
    """What a server shows about itself; nothing of it is verified."""

    fingerprint: str
    """SHA-256 of the certificate, 64 hex digits."""
    subject: str
    issuer: str
    names: tuple[str, ...]
    """Host names and addresses that the certificate is for."""
    not_before: datetime
    not_after: datetime

    @property
    def self_signed(self) -> bool:
        """Whether the certificate names itself as its issuer."""
        return self.subject == self.issuer


async def fetch_fingerprint(host: str, port: int, *, timeout: float = 5.0) -> CertificateInfo:  # noqa: ASYNC109
    """The certificate that a server shows now. Sends no request and no credentials.

    Raises `OSError` (`ssl.SSLError` among them) when there is no TLS server,
    `TimeoutError` when it takes too long, `ValueError` for a certificate that
    cannot be read.
    """
    context = _unverified()
    context.minimum_version = MINIMUM_VERSION
    async with asyncio.timeout(timeout):
        _, writer = await asyncio.open_connection(host, port, ssl=context, server_hostname=host)
        try:
            encoded = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
        finally:
            writer.transport.abort()
    return _read_certificate(encoded)


def _read_certificate(encoded: bytes) -> CertificateInfo:
    certificate = x509.load_der_x509_certificate(encoded)
    return CertificateInfo(
        fingerprint=hashlib.sha256(encoded).hexdigest(),
        subject=certificate.subject.rfc4514_string(),
        issuer=certificate.issuer.rfc4514_string(),
        names=_alternative_names(certificate),
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
    )


def _alternative_names(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return ()
    return tuple(str(name.value) for name in extension.value if not isinstance(name.value, bytes))
