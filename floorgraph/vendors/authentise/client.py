"""The client: one request to Authentise, and its answer as a page or a failure.

Requests without a body carry no `Content-Type`; with one it is exactly
`application/json`, as the server looks the whole value up in a table. HTTP
caching is off by nature: nothing here keeps answers.
"""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from floorgraph.model.time import Clock
from floorgraph.vendors.authentise.errors import failure_of, is_login_trouble
from floorgraph.vendors.authentise.query import ListQuery
from floorgraph.vendors.authentise.session import Session
from floorgraph.vendors.authentise.settings import AuthentiseSettings
from floorgraph.vendors.failures import Malformed, NotApplicable
from floorgraph.vendors.http import Auth, HttpClient, Reply, basic

ACCEPT = "application/json"


@dataclass(frozen=True, slots=True)
class Page:
    """The rows of one answer, and how many there are in all where the server counts."""

    rows: list[Any]
    count: int | None


class Client:
    """Speaks to one tenant. Owned by a source, which calls `close`.

    `count_further` is called before what is sent beyond one request per call: logins and second
    attempts. What it raises keeps them from being sent.
    """

    def __init__(
        self, settings: AuthentiseSettings, clock: Clock, count_further: Callable[[str], None]
    ) -> None:
        self.base_url = settings.base_url
        self.clock_skew: float | None = None
        """Seconds by which the server's clock is ahead, from its last answer."""
        self._count_further = count_further
        options = settings.timeouts.options(settings.concurrency)
        self._users: HttpClient | None = None
        self._session: Session | None = None
        if settings.session is not None:
            self._users = HttpClient(
                settings.key,
                settings.users_url or settings.base_url,
                headers={"Accept": ACCEPT},
                tls=settings.tls,
                options=options,
                clock=clock,
            )
            self._session = Session(settings.session, self._users, count_further)
        self._http = HttpClient(
            settings.key,
            settings.base_url,
            auth=_auth(settings, self._session),
            headers={"Accept": ACCEPT},
            tls=settings.tls,
            options=options,
            clock=clock,
        )

    async def page(self, query: ListQuery) -> Page:
        """One page of a list. Raises `SourceFailure`."""
        reply = await self._send("GET", query.path, query.resource, query.params)
        decoded = await reply.json()
        found = decoded.value
        rows = found.get("resources") if isinstance(found, dict) else None
        if not isinstance(rows, list):
            raise reply.failing(Malformed, "the answer is no list of resources")
        meta = found.get("meta")
        count = meta.get("count") if isinstance(meta, dict) else None
        return Page(rows, count if type(count) is int and count >= 0 else None)

    async def item(self, resource: str, name: str | None = None) -> dict[str, Any]:
        """One record, or the one thing that a path without records answers. Raises `SourceFailure`."""
        path = f"/{resource}/" if name is None else f"/{resource}/{name}/"
        reply = await self._send("GET", path, resource, {})
        decoded = await reply.json()
        if not isinstance(decoded.value, dict):
            raise reply.failing(Malformed, "the answer is no object")
        return decoded.value

    async def describe(self, resource: str) -> dict[str, Any]:
        """What the server says about a resource's fields (`OPTIONS`). Raises `SourceFailure`."""
        reply = await self._send("OPTIONS", f"/{resource}/", resource, {})
        decoded = await reply.json()
        signature = decoded.value.get("signature") if isinstance(decoded.value, dict) else None
        fields = signature.get("fields") if isinstance(signature, dict) else None
        if not isinstance(fields, dict):
            raise reply.failing(Malformed, "the answer does not describe any fields")
        return fields

    async def write(self, method: str, path: str, endpoint: str, body: Mapping[str, Any] | None) -> Reply:
        """Send a command, once; the answer, whatever it says. Raises as `HttpClient.send`.

        A session that turns out to have expired is renewed for what comes next. The command was
        refused then and is not sent again: raises `NotApplicable`.
        """
        if self._session is not None and self._session.cookie is None:
            await self._session.renew(None)
        cookie = self._session.cookie if self._session else None
        headers = {"Request-ID": uuid.uuid4().hex}
        json = None if body is None else dict(body)
        reply = await self._http.send(method, path, endpoint=endpoint, json=json, headers=headers, once=True)
        if reply.clock_skew is not None:
            self.clock_skew = reply.clock_skew
        if self._session is not None and is_login_trouble(reply):
            await self._session.renew(cookie)
            detail = "the session had expired and nothing was done; it is renewed, send the command again"
            raise reply.failing(NotApplicable, detail)
        return reply

    async def close(self) -> None:
        """Close all connections."""
        await self._http.close()
        if self._users is not None:
            await self._users.close()

    async def _send(self, method: str, path: str, endpoint: str, params: dict[str, str]) -> Reply:
        cookie = self._session.cookie if self._session else None
        if self._session is not None and cookie is None:
            await self._session.renew(None)
            cookie = self._session.cookie
        reply = await self._once(method, path, endpoint, params)
        if self._session is not None and is_login_trouble(reply):
            # Expired: once again with a new session, and never more often than that.
            await self._session.renew(cookie)
            self._count_further(endpoint)
            reply = await self._once(method, path, endpoint, params)
        failure = failure_of(reply)
        if failure is not None:
            raise failure
        return reply

    async def _once(self, method: str, path: str, endpoint: str, params: dict[str, str]) -> Reply:
        headers = {"Request-ID": uuid.uuid4().hex}
        # OPTIONS changes nothing either.
        reply = await self._http.send(
            method, path, endpoint=endpoint, params=params, headers=headers, reads=True
        )
        if reply.clock_skew is not None:
            self.clock_skew = reply.clock_skew
        return reply


def _auth(settings: AuthentiseSettings, session: Session | None) -> Auth | None:
    """The token as Basic (there is no Bearer), or the cookie of the session."""
    if settings.token is not None:
        return basic(settings.token.uuid, settings.token.secret.get_secret_value())
    return None if session is None else session.headers
