"""The client: one signed request to the gateway, and the data in its envelope or a failure."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from floorgraph.model.time import Clock
from floorgraph.vendors.cloudnest.endpoints import ENDPOINTS, Api, Endpoint
from floorgraph.vendors.cloudnest.envelope import data_of
from floorgraph.vendors.cloudnest.failures import ClockCorrected
from floorgraph.vendors.cloudnest.settings import BEIJING, CloudNestSettings
from floorgraph.vendors.cloudnest.signature import signed_headers
from floorgraph.vendors.failures import (
    AuthRequired,
    Malformed,
    OutcomeUnknown,
    SourceFailure,
    TimedOut,
    TooLarge,
    Unsupported,
    VendorFailure,
)
from floorgraph.vendors.http import Form, HttpClient, Outgoing, Reply

CORRECTION = 30.0
"""Seconds by which the known clock skew must have changed for another attempt to make sense."""
CONNECTIONS = 8
UNCLEAR = (VendorFailure, TimedOut, Malformed, TooLarge)
"""Failures after which a command may have been carried out, or a part of it."""


@dataclass(frozen=True, slots=True, eq=False)
class Payload:
    """The data of an answer; compared by identity, so that what is made of it can be remembered."""

    value: Any

    def items(self) -> list[Any]:
        """The list, whether it stands alone or under `list`; anything else counts as an empty one."""
        found = self._found()
        return found if isinstance(found, list) else []

    @property
    def is_list(self) -> bool:
        """Whether there is a list, so that what is not in it is not there."""
        return isinstance(self._found(), list)

    def _found(self) -> Any:
        return self.value.get("list") if isinstance(self.value, dict) else self.value


class Client:
    """Speaks to one gateway. `skew` is how far its clock is ahead of ours, in seconds, once it answered."""

    def __init__(self, settings: CloudNestSettings, clock: Clock) -> None:
        self.skew: float | None = None
        self._settings = settings
        self._clock = clock
        self._secret = settings.app_secret.get_secret_value()
        self._http = HttpClient(
            settings.key,
            settings.base_url,
            auth=self._signed,
            tls=settings.tls,
            options=settings.timeouts.options(CONNECTIONS),
            clock=clock,
        )

    async def ask(self, name: str, body: Mapping[str, Any]) -> Payload:
        """Ask an endpoint. Raises `SourceFailure`; `ClockCorrected` when it is worth to ask at once again."""
        endpoint, path = ENDPOINTS[name], self._settings.path(name)
        if path is None:
            raise Unsupported(source=self._settings.key, endpoint=name, detail="its path is not configured")
        used = self.skew
        reply = await self._http.send(
            endpoint.method,
            path,
            endpoint=name,
            json=None if endpoint.method == "GET" else dict(body),
            headers=self._headers(endpoint),
            reads=True,
        )
        if reply.clock_skew is not None:
            self.skew = reply.clock_skew
        try:
            return Payload(await data_of(reply, self._settings))
        except AuthRequired as refused:
            if abs((self.skew or 0.0) - (used or 0.0)) < CORRECTION:
                raise
            detail = f"{refused.detail}; the gateway's clock is {self.skew:+.0f} s off ours"
            raise reply.failing(ClockCorrected, detail, refused.vendor_code) from refused

    async def command(self, name: str, body: Mapping[str, Any] | Form) -> Any:
        """Send a command, once; the data of the answer.

        Raises `OutcomeUnknown` where it may have been carried out, another `SourceFailure` where it was not.
        """
        endpoint, path = ENDPOINTS[name], self._settings.path(name)
        if path is None:
            raise Unsupported(source=self._settings.key, endpoint=name, detail="its path is not configured")
        reply = await self._http.send(
            endpoint.method,
            path,
            endpoint=name,
            json=None if isinstance(body, Form) else dict(body),
            form=body if isinstance(body, Form) else None,
            headers=self._headers(endpoint),
            once=True,
        )
        try:
            return await data_of(reply, self._settings)
        except SourceFailure as failure:
            if isinstance(failure, UNCLEAR) or _ended_inside(reply):
                raise reply.failing(OutcomeUnknown, failure.detail, failure.vendor_code) from failure
            raise

    async def close(self) -> None:
        """Close all connections."""
        await self._http.close()

    def _headers(self, endpoint: Endpoint) -> dict[str, str]:
        headers: dict[str, str] = {}
        if endpoint.api is Api.CLOUDNEST and self._settings.org_code is not None:
            headers["X-FS-Orgcode"] = self._settings.org_code
        if endpoint.zoned and self._settings.zone != BEIJING:
            headers["zoneId"] = self._settings.zone
        return headers

    def _signed(self, _: Outgoing) -> Mapping[str, str]:
        seconds = self._clock.now().timestamp() + (self.skew or 0.0)
        return signed_headers(self._settings.header_style, self._settings.app_id, self._secret, seconds)


def _ended_inside(reply: Reply) -> bool:
    """Whether something failed or gave up on the way: whatever its words, nobody knows what was done."""
    return reply.status >= 500 or reply.status == HTTPStatus.REQUEST_TIMEOUT
