"""JSON Web Tokens of an identity provider: signature, times, issuer, audience, role and sources."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from jwt.exceptions import PyJWTError

from floorgraph.model.time import Clock
from floorgraph.server.access.identity import Identity
from floorgraph.server.access.keys import WRONG
from floorgraph.server.access.refusals import NotAllowed, Unauthenticated
from floorgraph.server.access.signers import FetchedSigners, FixedSigners, Signer, Signers
from floorgraph.settings import JwtSettings, Role

RANKS = (Role.VIEWER, Role.OPERATOR, Role.ADMIN)
"""From the lowest to the highest."""
_MOST_TOKEN_LENGTH = 16 * 1024


class Tokens:
    """Checks tokens. Owned by the application, which calls `close`."""

    def __init__(self, settings: JwtSettings, clock: Clock) -> None:
        """Raises `ValueError` for a key file that cannot be used."""
        self._settings = settings
        self._signers: Signers = (
            FetchedSigners(settings, clock) if settings.key_file is None else FixedSigners(settings.key_file)
        )

    async def identify(self, token: str) -> Identity:
        """The caller that the token speaks of.

        Raises `Unauthenticated` for a token that is not valid here and now,
        `NotAllowed` when it brings no role, and `KeysUnavailable`.
        """
        claims = await self._claims(token)
        role = self._role(claims)
        subject = claims.get("sub")
        if not isinstance(subject, str) or not subject:
            raise Unauthenticated(WRONG)
        return Identity(f"token:{subject[:200]}", role, self._sources(claims), self._end(claims))

    async def close(self) -> None:
        """End what is under way."""
        await self._signers.close()

    async def _claims(self, token: str) -> Mapping[str, Any]:
        try:
            head = jwt.get_unverified_header(token) if len(token) <= _MOST_TOKEN_LENGTH else {}
        except PyJWTError:
            raise Unauthenticated(WRONG) from None
        algorithm, kid = head.get("alg"), head.get("kid")
        if algorithm not in self._settings.algorithms or not isinstance(kid, str | None) or "crit" in head:
            raise Unauthenticated(WRONG)
        for signer in await self._signers.find(kid):
            claims = self._read(token, algorithm, signer)
            if claims is not None:
                return claims
        raise Unauthenticated(WRONG)

    def _read(self, token: str, algorithm: str, signer: Signer) -> Mapping[str, Any] | None:
        if signer.algorithm not in (None, algorithm):
            return None
        settings = self._settings
        try:
            claims: Mapping[str, Any] = jwt.decode(
                token,
                signer.key,
                algorithms=[algorithm],
                issuer=settings.issuer,
                audience=settings.audience,
                leeway=settings.leeway_seconds,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )
        except (PyJWTError, TypeError, ValueError, OverflowError):
            # A key of another kind than the algorithm's raises one of the plain ones.
            return None
        return claims

    def _end(self, claims: Mapping[str, Any]) -> datetime:
        """When the session ends. `exp` is there and was compared with the time, but may be in any year."""
        try:
            end = datetime.fromtimestamp(float(claims["exp"]), UTC)
            return end + timedelta(seconds=self._settings.leeway_seconds)
        except (OverflowError, ValueError, OSError):
            raise Unauthenticated(WRONG) from None

    def _role(self, claims: Mapping[str, Any]) -> Role:
        words = set(_words(_at(claims, self._settings.role_claim)))
        known = self._settings.roles or {role.value: role for role in RANKS}
        granted = {known[word] for word in words if word in known}
        for role in reversed(RANKS):
            if role in granted:
                return role
        raise NotAllowed("The token brings no role on this server.")

    def _sources(self, claims: Mapping[str, Any]) -> frozenset[str] | None:
        claim = self._settings.sources_claim
        return None if claim is None else frozenset(_words(_at(claims, claim)))


def _at(claims: Mapping[str, Any], path: str) -> Any:
    """A claim by its name, or else by the way into objects that its dots describe."""
    if path in claims:
        return claims[path]
    found: Any = claims
    for part in path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _words(value: Any) -> Iterable[str]:
    """A list of texts, or the words of one text, as `scope` has them."""
    if isinstance(value, str):
        return value.split()
    return [word for word in value if isinstance(word, str)] if isinstance(value, list) else []
