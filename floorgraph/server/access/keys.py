"""API keys: made here, shown once, and kept as hashes only.

A key reads `fg_<id>_<secret>`. The id finds the entry of the configuration
at once; the secret has 256 random bits and is checked against a salted hash
(scrypt, RFC 7914), compared in constant time. The key itself is nowhere.
"""

import asyncio
import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from floorgraph.model.time import Clock
from floorgraph.server.access.identity import Identity
from floorgraph.server.access.refusals import Unauthenticated
from floorgraph.settings import KeySettings

PREFIX: Final = "fg_"
COST, BLOCK, PARALLEL = 1 << 14, 8, 1
_ID_LETTERS: Final = "abcdefghijkmnpqrstuvwxyz23456789"
_MOST_KEY_LENGTH: Final = 200
MOST_HASHES: Final = 2
"""Hashes worked out at the same time."""
WRONG: Final = "The credentials are not valid."


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key that was just made: what its owner gets, and what the configuration gets."""

    text: str
    id: str
    hash: str

    def __repr__(self) -> str:
        return f"NewKey(id={self.id!r})"


def new_key() -> NewKey:
    """A key that nobody has yet."""
    key_id = "".join(secrets.choice(_ID_LETTERS) for _ in range(10))
    secret = secrets.token_urlsafe(32)
    return NewKey(f"{PREFIX}{key_id}_{secret}", key_id, stored(secret))


def stored(secret: str, salt: bytes | None = None) -> str:
    """What is kept of a secret: `scrypt$N$r$p$salt$hash`."""
    used = salt or secrets.token_bytes(16)
    digest = _digest(secret, used, COST, BLOCK, PARALLEL)
    return f"scrypt${COST}${BLOCK}${PARALLEL}${_text(used)}${_text(digest)}"


def matches(secret: str, kept: str) -> bool:
    """Whether a secret is the one that was kept; takes some ten milliseconds."""
    _, cost, block, parallel, salt, digest = kept.split("$")
    found = _digest(secret, _bytes(salt), int(cost), int(block), int(parallel))
    return hmac.compare_digest(found, _bytes(digest))


class KeyRing:
    """The configured keys. A secret that was right once is recognised without the slow hash from then on."""

    def __init__(self, keys: Iterable[KeySettings], clock: Clock) -> None:
        self._keys = {key.id: key for key in keys}
        self._clock = clock
        self._pepper = secrets.token_bytes(32)
        self._known: dict[str, bytes] = {}
        # A hash takes 16 MiB and a thread; guesses from many addresses must not take all of them.
        self._hashing = asyncio.Semaphore(MOST_HASHES)

    def __len__(self) -> int:
        return len(self._keys)

    async def identify(self, text: str) -> Identity:
        """The caller with that key. Raises `Unauthenticated` when it is not one of ours or has ended."""
        key_id, _, secret = text.removeprefix(PREFIX).partition("_")
        key = self._keys.get(key_id)
        if key is None or not text.startswith(PREFIX) or len(text) > _MOST_KEY_LENGTH:
            raise Unauthenticated(WRONG)
        if not await self._is_right(key, secret):
            raise Unauthenticated(WRONG)
        if key.expires is not None and key.expires <= self._clock.now():
            raise Unauthenticated("The key has ended.")
        sources = None if key.sources is None else frozenset(key.sources)
        return Identity(f"key:{key.id}", key.role, sources, key.expires)

    async def _is_right(self, key: KeySettings, secret: str) -> bool:
        mark = hashlib.blake2b(secret.encode(), key=self._pepper, digest_size=32).digest()
        known = self._known.get(key.id)
        if known is not None and hmac.compare_digest(known, mark):
            return True
        async with self._hashing:
            right = await asyncio.to_thread(matches, secret, key.hash)
        if not right:
            return False
        self._known[key.id] = mark
        return True


def _digest(secret: str, salt: bytes, cost: int, block: int, parallel: int) -> bytes:
    return hashlib.scrypt(
        secret.encode(), salt=salt, n=cost, r=block, p=parallel, maxmem=256 * cost * block, dklen=32
    )


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
