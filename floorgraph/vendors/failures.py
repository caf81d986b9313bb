"""Failures of vendor servers, one class per thing a caller or the engine can do about it.

Tree (code; * counts against the source's health; ~ may pass by itself):
    SourceFailure
    +-- Unreachable         UNREACHABLE *~      no connection: refused, cut before an answer
    |   +-- HostUnknown     HOST_UNKNOWN *~     the host name cannot be resolved
    +-- TlsRefused          TLS_REFUSED *       the server's certificate is not the expected one
    |   +-- CertificateExpired    TLS_EXPIRED *     it has expired, or is not valid yet
    |   +-- CertificateOfAnother  TLS_WRONG_HOST *  it is for another host
    |   +-- TlsTooOld             TLS_TOO_OLD *     the server speaks no TLS that is safe
    +-- TimedOut            TIMED_OUT *~        no answer, or not all of it, in time
    +-- Malformed           MALFORMED *~        an answer that cannot be read
    +-- TooLarge            TOO_LARGE *         an answer over the size limit
    +-- RedirectRefused     REDIRECT_REFUSED *  a redirect to another place
    +-- RateLimited         RATE_LIMITED *~     the vendor asks to wait
    +-- BudgetExhausted     BUDGET_EXHAUSTED ~  our own limit on calls is reached
    +-- BreakerOpen         SOURCE_UNAVAILABLE ~  nothing was sent, because the source keeps failing
    +-- AuthRequired        AUTH_REQUIRED *     the configured credentials are refused
    +-- Forbidden           UPSTREAM_FORBIDDEN  a licence or right is missing at the vendor
    +-- NotFound            NOT_FOUND           the vendor does not have it
    +-- BadRequest          UPSTREAM_BAD_REQUEST  the vendor refuses the request as wrong
    +-- Conflict            CONFLICT            it is there already, or changed meanwhile
    +-- NotApplicable       NOT_APPLICABLE      this station or record has no such thing
    +-- Unsupported         UNSUPPORTED         this server's version has no such function
    +-- VendorFailure       VENDOR_FAILURE *~   the vendor failed inside
    +-- OutcomeUnknown      OUTCOME_UNKNOWN     a command may or may not have happened
    +-- Defect              INTERNAL            this server failed inside while it asked or read
"""

from typing import ClassVar

from floorgraph.model.errors import FloorgraphError


class SourceFailure(FloorgraphError):
    """A call to a vendor server did not give what was asked for.

    The text names source and endpoint and says what to do where that is
    known. It never holds credentials, query strings or whole bodies.
    """

    code: ClassVar[str] = "SOURCE_FAILURE"
    counts_against_source: ClassVar[bool] = False
    sent: bool = True
    """False where it is certain that nothing left, so that a command cannot have changed anything."""
    reckoned: bool = False
    """Whether we know `retry_after`, such as the end of a quota's day, and the vendor did not ask for it."""

    def __init__(
        self,
        *,
        source: str,
        endpoint: str,
        detail: str,
        vendor_code: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(f"{source}: {endpoint}: {detail}")
        self.source = source
        self.endpoint = endpoint
        self.detail = detail
        self.vendor_code = vendor_code
        self.retry_after = retry_after

    def extensions(self) -> dict[str, object]:
        """Code, source, endpoint and, where known, the vendor's own code and seconds to wait."""
        shown = super().extensions() | {"source": self.source, "endpoint": self.endpoint}
        if self.vendor_code is not None:
            shown["vendorCode"] = self.vendor_code
        if self.retry_after is not None:
            shown["retryAfterSeconds"] = round(self.retry_after, 3)
        return shown


class Unreachable(SourceFailure):
    """No connection: refused, or cut before an answer came."""

    code = "UNREACHABLE"
    retryable = True
    counts_against_source = True


class HostUnknown(Unreachable):
    """The host name cannot be resolved; the name server is asked again for every new connection."""

    code = "HOST_UNKNOWN"


class TlsRefused(SourceFailure):
    """The server's certificate is not the one that the configuration trusts."""

    code = "TLS_REFUSED"
    counts_against_source = True


class CertificateExpired(TlsRefused):
    """The server's certificate has expired, or is not valid yet."""

    code = "TLS_EXPIRED"


class CertificateOfAnother(TlsRefused):
    """The server's certificate is for another host name."""

    code = "TLS_WRONG_HOST"


class TlsTooOld(TlsRefused):
    """The server speaks only versions of TLS that are not safe."""

    code = "TLS_TOO_OLD"


class TimedOut(SourceFailure):
    """No answer, or not all of it, within the time given."""

    code = "TIMED_OUT"
    retryable = True
    counts_against_source = True


class Malformed(SourceFailure):
    """The answer is not what the vendor's document describes and cannot be read."""

    code = "MALFORMED"
    retryable = True
    counts_against_source = True


class TooLarge(SourceFailure):
    """The answer is larger than the limit; it was cut off and thrown away."""

    code = "TOO_LARGE"
    counts_against_source = True


class RedirectRefused(SourceFailure):
    """The server sends to another place, where credentials must not follow."""

    code = "REDIRECT_REFUSED"
    counts_against_source = True


class RateLimited(SourceFailure):
    """The vendor asks to wait; `retry_after` has the seconds where it says how long."""

    code = "RATE_LIMITED"
    retryable = True
    counts_against_source = True


class BudgetExhausted(SourceFailure):
    """Our own limit on calls is reached: nothing was sent, or a read too late to be answered in time."""

    code = "BUDGET_EXHAUSTED"
    retryable = True
    sent = False


class BreakerOpen(SourceFailure):
    """Nothing was sent, because the source keeps failing; `retry_after` says when it is tried again."""

    code = "SOURCE_UNAVAILABLE"
    retryable = True
    sent = False


class AuthRequired(SourceFailure):
    """The vendor refuses the configured credentials."""

    code = "AUTH_REQUIRED"
    counts_against_source = True


class Forbidden(SourceFailure):
    """A licence or a right of the configured user is missing at the vendor."""

    code = "UPSTREAM_FORBIDDEN"


class NotFound(SourceFailure):
    """The vendor does not have what was asked for."""

    code = "NOT_FOUND"


class BadRequest(SourceFailure):
    """The vendor refuses the request as wrong."""

    code = "UPSTREAM_BAD_REQUEST"


class Conflict(SourceFailure):
    """It is there already, or it changed meanwhile."""

    code = "CONFLICT"


class NotApplicable(SourceFailure):
    """The record exists and has no such thing, for example a station that is not monitored."""

    code = "NOT_APPLICABLE"


class Unsupported(SourceFailure):
    """This server's version or configuration has no such function."""

    code = "UNSUPPORTED"


class VendorFailure(SourceFailure):
    """The vendor failed inside: a 5xx, or a business code that means busy or broken."""

    code = "VENDOR_FAILURE"
    retryable = True
    counts_against_source = True


class OutcomeUnknown(SourceFailure):
    """A command may or may not have happened; it is never sent again by itself."""

    code = "OUTCOME_UNKNOWN"


class Defect(SourceFailure):
    """This server failed inside on the way to a source's answer; `__cause__` says how.

    It stays with its source: what other sources answer is none the worse for it.
    """

    code = "INTERNAL"

    def __init__(self, source: str, cause: Exception) -> None:
        super().__init__(source=source, endpoint="answer", detail="this server failed inside; see its log")
        self.__cause__ = cause
        self.is_logged = False
        """Whether the log has it already; one defect may be told at many places of an answer."""
