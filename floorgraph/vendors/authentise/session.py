"""Sessions: logging in with user and password, once per expiry."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Protocol, runtime_checkable

from floorgraph.vendors.authentise.errors import cooldown, problem_of
from floorgraph.vendors.authentise.settings import Login
from floorgraph.vendors.failures import AuthRequired, RateLimited
from floorgraph.vendors.http import HttpClient, Outgoing, Reply

ENDPOINT = "sessions"
COOKIE = "session"
REFUSED = frozenset({400, 401, 403})
"""How wrong credentials are answered; which one it is differs between the vendor's hosts."""


class Session:
    """The session of one source. Many calls may find it expired at once; one of them renews it.

    `count` is called with the endpoint before a login is sent.
    """

    def __init__(self, login: Login, http: HttpClient, count: Callable[[str], None]) -> None:
        self._login = login
        self._http = http
        self._count = count
        self._cookie: str | None = None
        self._lock = asyncio.Lock()

    @property
    def cookie(self) -> str | None:
        """The present cookie; None before the first login."""
        return self._cookie

    def headers(self, _outgoing: Outgoing) -> Mapping[str, str]:
        """The header for a call."""
        return {} if self._cookie is None else {"Cookie": f"{COOKIE}={self._cookie}"}

    async def renew(self, expired: str | None) -> None:
        """Log in, unless somebody else has since `expired` was found wanting.

        Raises `AuthRequired` when user or password are refused, and other `SourceFailure`s; what `count`
        raises before anything is sent.
        """
        async with self._lock:
            if self._cookie is not None and self._cookie != expired:
                return
            self._cookie = None
            self._cookie = await self._log_in()

    async def _log_in(self) -> str:
        self._count(ENDPOINT)
        body = {"username": self._login.username, "password": self._login.password.get_secret_value()}
        # To log in twice does no harm: as a question whose answer does not come.
        reply = await self._http.send("POST", "/sessions/", endpoint=ENDPOINT, json=body, reads=True)
        if reply.status in REFUSED:
            code = problem_of(reply.body).code
            raise reply.failing(AuthRequired, "user name or password is refused", code)
        if reply.status == 429:
            raise RateLimited(
                source=reply.source,
                endpoint=ENDPOINT,
                detail="the vendor asks to wait",
                retry_after=cooldown(reply),
            )
        if not reply.ok:
            raise reply.failure("the session could not be opened")
        return _session_cookie(reply)


def _session_cookie(reply: Reply) -> str:
    """The session among the cookies of a login: a balancer in front of the vendor may add its own."""
    pairs = (entry.partition(";")[0].partition("=") for entry in _entries(reply))
    values = [value.strip() for name, _, value in pairs if name.strip() == COOKIE]
    # A cookie of the same name without a value is one that is taken back, perhaps for another path.
    found = next(filter(None, reversed(values)), None)
    if found is None:
        raise reply.failing(AuthRequired, "the login was answered without a session")
    return found


@runtime_checkable
class _Listed(Protocol):
    """Headers that tell those of one name apart."""

    def get_list(self, key: str, /) -> list[str]: ...


def _entries(reply: Reply) -> list[str]:
    """Each cookie as it was sent. Joined to one text, what ends one and begins the next could not be told."""
    headers = reply.headers
    return headers.get_list("set-cookie") if isinstance(headers, _Listed) else []
