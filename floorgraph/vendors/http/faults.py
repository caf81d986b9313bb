"""What an error of the HTTP client means: one failure class per thing that can be done about it."""

import contextlib
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass

import httpx2

from floorgraph.vendors import tls
from floorgraph.vendors.failures import (
    BadRequest,
    HostUnknown,
    Malformed,
    OutcomeUnknown,
    SourceFailure,
    TimedOut,
    Unreachable,
)
from floorgraph.vendors.http.wire import Disconnected

_TLS_RECORD = ("\\x15\\x03", "illegal request line")
"""How a parser complains of a TLS alert: by quoting it, or because it begins with a control character."""


@dataclass(slots=True)
class Progress:
    """How far an exchange came, as the transport notes it."""

    connecting: bool = False
    """A new connection was begun; otherwise a kept one was used."""
    sent: bool = False
    """The first byte of the request may have left."""
    answered: bool = False
    """The head of an answer came."""

    def lost_kept_connection(self, error: BaseException) -> bool:
        """Whether the server closed a connection that we had kept, at the moment it was used again."""
        network = isinstance(error, httpx2.NetworkError | httpx2.RemoteProtocolError | OSError)
        return network and not (self.connecting or self.answered or is_garbage(error))


@dataclass(frozen=True, slots=True)
class Exchange:
    """What a failure has to name about the exchange that failed."""

    source: str
    endpoint: str
    host: str
    port: int
    connect: float
    read: float
    direct: bool
    """No proxy stands between."""

    def fail(self, meaning: type[SourceFailure], detail: str, *, sent: bool = True) -> SourceFailure:
        """A failure that names this exchange."""
        failure = meaning(source=self.source, endpoint=self.endpoint, detail=detail)
        failure.sent = sent
        return failure

    def outcome_unknown(self, detail: str) -> SourceFailure:
        """The failure of a command that may have arrived."""
        return self.fail(OutcomeUnknown, f"{detail}; the command may or may not have been carried out")


def is_garbage(error: BaseException) -> bool:
    """Whether something came that cannot be read as HTTP: an answer, however bad, and no lost connection."""
    return isinstance(error, httpx2.RemoteProtocolError) and not isinstance(error, Disconnected)


async def understand(error: BaseException, exchange: Exchange, progress: Progress) -> SourceFailure:
    """The failure that an error of the HTTP client amounts to. May look at the server's certificate."""
    causes = list(_chain(error))
    refusals = [cause for cause in causes if isinstance(cause, ssl.SSLError) and tls.is_refusal(cause)]
    if refusals and not progress.sent:
        trouble = tls.explain(refusals[0], exchange.host)
        return exchange.fail(trouble.meaning, await _certificate_advice(trouble, exchange))
    if isinstance(error, httpx2.TimeoutException):
        return exchange.fail(TimedOut, _which_timeout(error, exchange))
    if isinstance(error, httpx2.DecodingError):
        return exchange.fail(Malformed, "the compressed body cannot be unpacked")
    if isinstance(error, httpx2.LocalProtocolError):
        return exchange.fail(
            BadRequest, "the request cannot be written as HTTP; look for line breaks in settings"
        )
    if progress.answered:
        return exchange.fail(Malformed, "the answer was cut off before its end")
    if is_garbage(error):
        return exchange.fail(Malformed, _not_http(error))
    if progress.sent:
        return exchange.fail(Unreachable, "the connection was cut before an answer came")
    if any(isinstance(cause, socket.gaierror) for cause in causes):
        return exchange.fail(HostUnknown, f"the host name {exchange.host} cannot be resolved")
    return exchange.fail(Unreachable, _no_connection(causes, exchange))


async def _certificate_advice(trouble: tls.TlsTrouble, exchange: Exchange) -> str:
    if not (trouble.pinnable and exchange.direct):
        return trouble.reason
    with contextlib.suppress(OSError, TimeoutError, ValueError):
        shown = await tls.fetch_fingerprint(exchange.host, exchange.port, timeout=exchange.connect)
        print_ = shown.fingerprint
        return (
            f"{trouble.reason}. Its SHA-256 fingerprint is {print_}; if the server's owner confirms it, "
            f'trust it with tls = {{ mode = "pin", sha256 = "{print_}" }} '
            f"(floorgraph trust {exchange.source} writes that)"
        )
    return trouble.reason


def _which_timeout(error: httpx2.TimeoutException, exchange: Exchange) -> str:
    if isinstance(error, httpx2.ConnectTimeout):
        return f"no connection to {exchange.host}:{exchange.port} within {exchange.connect:g} s"
    if isinstance(error, httpx2.PoolTimeout):
        return "no connection became free in time"
    if isinstance(error, httpx2.WriteTimeout):
        return f"the request could not be sent within {exchange.read:g} s"
    return f"no data for {exchange.read:g} s"


def _not_http(error: BaseException) -> str:
    if any(sign in str(error) for sign in _TLS_RECORD):
        return "the server speaks TLS on this port; perhaps base_url must begin with https://"
    return "the answer is not HTTP"


def _no_connection(causes: list[BaseException], exchange: Exchange) -> str:
    target = f"{exchange.host}:{exchange.port}"
    if any(isinstance(cause, httpx2.ProxyError) for cause in causes):
        return f"the proxy gives no connection to {target}"
    if any(isinstance(cause, ConnectionRefusedError) for cause in causes):
        return f"the connection to {target} was refused"
    if any(isinstance(cause, tls.CUT_OFF) for cause in causes):
        return f"the connection to {target} was closed during the TLS handshake"
    if any(isinstance(cause, ConnectionResetError) for cause in causes):
        return f"the connection to {target} was reset"
    return f"there is no connection to {target}"


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """An error with everything behind it, groups included."""
    waiting = [error]
    seen: set[int] = set()
    while waiting:
        current = waiting.pop(0)
        if current is None or id(current) in seen:
            continue
        seen.add(id(current))
        yield current
        if isinstance(current, BaseExceptionGroup):
            waiting += current.exceptions
        waiting += [current.__cause__, current.__context__]
