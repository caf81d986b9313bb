"""The door: recognises callers, counts what they do, and knows who is inside."""

from collections import Counter
from collections.abc import Hashable
from dataclasses import replace

import structlog

from floorgraph.model.time import Clock
from floorgraph.server.access.bounds import Bounds
from floorgraph.server.access.identity import Identity, anonymous
from floorgraph.server.access.keys import PREFIX, WRONG, KeyRing
from floorgraph.server.access.places import Places
from floorgraph.server.access.rates import Buckets, Rate
from floorgraph.server.access.refusals import TooManyRequests, Unauthenticated
from floorgraph.server.access.session import Session
from floorgraph.server.access.tokens import Tokens
from floorgraph.settings import Introspection, Role, Settings

log = structlog.get_logger("floorgraph.access")

NEEDED = "Say who you are: send the header 'Authorization' with 'ApiKey' or 'Bearer' and a key or token."


class Door:
    """One per application, which calls `close`; `over` counts what is over limits on connections.

    Raises `ValueError` for a key file that cannot be used.
    """

    def __init__(self, settings: Settings, clock: Clock, over: Counter[str] | None = None) -> None:
        limits = settings.limits
        self.clock = clock
        self._settings = settings
        self._keys = KeyRing(settings.keys, clock)
        self._tokens = None if settings.jwt is None else Tokens(settings.jwt, clock)
        self._callers = _buckets(limits.requests_per_second, limits.burst_seconds, clock)
        self._addresses = _buckets(limits.requests_per_second_per_address, limits.burst_seconds, clock)
        per_minute = limits.refused_credentials_per_minute
        self._refused = Buckets(Rate(per_minute / 60, per_minute), clock)
        self._sessions: set[Session] = set()
        self.unnamed = self._without_credentials()
        """Who comes without credentials; None where they are needed."""
        self.bounds = Bounds(limits, over)
        self.places = Places(self.bounds)

    async def identify(self, credentials: str | None, address: str) -> Identity:
        """Who somebody is, by what the header `Authorization` says.

        Raises `Unauthenticated`, `NotAllowed`, `KeysUnavailable`, and
        `TooManyRequests` for an address from which too many wrong credentials came.
        """
        if not credentials:
            if self.unnamed is None:
                raise Unauthenticated(NEEDED)
            return self.unnamed
        wait = self._refused.empty(address)
        if wait is not None:
            raise TooManyRequests("Too many wrong credentials from this address.", retry_after=wait)
        try:
            return self._informed(await self._recognised(credentials))
        except Unauthenticated:
            self._refused.take(address)
            log.info("credentials refused", address=address)
            raise

    def admit(self, identity: Identity, address: str) -> None:
        """Count one operation. Raises `TooManyRequests`."""
        wait = self._addresses.take(address)
        if identity.name is not None:
            longer = self._callers.take(identity.name)
            if longer is not None:
                wait = longer if wait is None else max(wait, longer)
        if wait is not None:
            raise TooManyRequests("More operations per second than this server answers.", retry_after=wait)

    def session(self, address: str) -> Session:
        """The session of a socket or stream that begins; its owner calls `end` of this door."""
        session = Session(address, self.clock)
        self._sessions.add(session)
        return session

    async def open(self, session: Session, credentials: str | None) -> Identity:
        """Recognise the caller of a session. Raises as `identify`, and `TooManySockets`."""
        while True:
            settings = self._settings
            identity = await self.identify(credentials, session.address)
            # Other settings may have come meanwhile, which would have ended the session if it had begun.
            if settings is self._settings or self._still(identity, settings):
                break
        if identity.name is not None:
            self.places.name(identity.name)
        session.begin(identity)
        return identity

    def end(self, session: Session) -> None:
        """A session's socket is gone."""
        self._sessions.discard(session)
        if session.identity is not None and session.identity.name is not None:
            self.places.unname(session.identity.name)

    async def renew(self, settings: Settings) -> None:
        """Go by other settings from now on, limits excepted; end the sessions that they would not admit as
        they are. Raises `ValueError` for a key file that cannot be used, and then changes nothing."""
        tokens, before = self._tokens, self._settings
        if settings.jwt != before.jwt:
            tokens = None if settings.jwt is None else Tokens(settings.jwt, self.clock)
        given_up, self._tokens = self._tokens, tokens
        self._settings, self._keys = settings, KeyRing(settings.keys, self.clock)
        self.unnamed = self._without_credentials()
        for session in tuple(self._sessions):
            if session.identity is not None and not self._still(session.identity, before):
                session.revoke()
        if given_up is not None and given_up is not tokens:
            await given_up.close()

    async def close(self) -> None:
        """End what is under way."""
        if self._tokens is not None:
            await self._tokens.close()

    def _without_credentials(self) -> Identity | None:
        role = self._settings.server.anonymous_role
        return None if role is Role.NONE else self._informed(anonymous(role))

    def _informed(self, identity: Identity) -> Identity:
        """With what the caller may know of the schema."""
        who = self._settings.server.introspection
        allowed = who is Introspection.ALL or (who is Introspection.IDENTIFIED and identity.identified)
        return replace(identity, introspects=allowed)

    async def _recognised(self, credentials: str) -> Identity:
        scheme, _, text = credentials.strip().partition(" ")
        text = text.strip()
        kind = scheme.lower()
        if kind == "apikey" or (kind == "bearer" and text.startswith(PREFIX)):
            return await self._keys.identify(text)
        if kind == "bearer" and self._tokens is not None:
            return await self._tokens.identify(text)
        raise Unauthenticated(WRONG)

    def _still(self, identity: Identity, before: Settings) -> bool:
        """Whether a caller has the same rights as when the session began."""
        if identity.name is None:
            return identity.role is self._settings.server.anonymous_role
        kind, _, name = identity.name.partition(":")
        if kind == "key":
            return _key(self._settings, name) == _key(before, name)
        return self._settings.jwt == before.jwt


def _key(settings: Settings, key_id: str) -> Hashable:
    """What decides about callers with a key; None when there is no such key."""
    found = next((key for key in settings.keys if key.id == key_id), None)
    return found and (found.role, found.sources, found.expires, found.hash)


def _buckets(per_second: float, burst_seconds: float, clock: Clock) -> Buckets:
    return Buckets(Rate(per_second, per_second * burst_seconds), clock)
