"""The public keys of an identity provider: from a file, or fetched and kept for a while."""

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

import structlog
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from jwt import PyJWK
from jwt.exceptions import PyJWTError

from floorgraph.model.time import Clock
from floorgraph.server.access.refusals import KeysUnavailable
from floorgraph.settings import JwtSettings
from floorgraph.vendors.failures import Malformed, SourceFailure
from floorgraph.vendors.http import HttpClient, HttpOptions

log = structlog.get_logger("floorgraph.access")

FRESH_SECONDS: Final = 600.0
"""How long fetched keys are used without asking again."""
STALE_SECONDS: Final = 24 * 3600.0
"""How long they are used while the provider cannot be reached."""
PAUSE_SECONDS: Final = 30.0
"""Least time between two fetches, whatever tokens come in."""
PATIENCE_SECONDS: Final = 2.0
"""How long a fetch keeps those waiting whose key is known, only not fresh any more."""
OPTIONS: Final = HttpOptions(max_bytes=512 * 1024, connections=1)


@dataclass(frozen=True, slots=True)
class Signer:
    """A public key, its id, and the algorithm it is for where the provider says so."""

    kid: str | None
    algorithm: str | None
    key: Any


class Signers(Protocol):
    """Finds the key that a token says it was signed with."""

    async def find(self, kid: str | None) -> list[Signer]:
        """The keys with that id; all without an id. Raises `KeysUnavailable`."""

    async def close(self) -> None:
        """End what is under way."""


class FixedSigners:
    """Keys from a file: one public key in PEM, or a JWKS."""

    def __init__(self, path: Path) -> None:
        """Raises `ValueError` for a file without a public key."""
        self._keys = _of_file(path)

    async def find(self, kid: str | None) -> list[Signer]:
        """The keys with that id; those without an id of their own fit any."""
        return _fitting(self._keys, kid)

    async def close(self) -> None:
        """Nothing is under way."""


class FetchedSigners:
    """Keys that the provider publishes. Many tokens at once cause one fetch."""

    def __init__(self, settings: JwtSettings, clock: Clock) -> None:
        url = urlsplit(settings.jwks_url or "")
        self._path = url.path or "/"
        self._http = HttpClient("jwt", f"{url.scheme}://{url.netloc}", tls=settings.tls, options=OPTIONS)
        self._clock = clock
        self._keys: list[Signer] = []
        self._had = self._tried = float("-inf")
        self._fetch: asyncio.Task[None] | None = None

    async def find(self, kid: str | None) -> list[Signer]:
        """The keys with that id, fetched when they are old or the id is new."""
        now = self._clock.monotonic()
        found = _fitting(self._keys, kid)
        age = now - self._had
        wanted = not found or age > FRESH_SECONDS
        if wanted and (self._fetch is not None or now - self._tried >= PAUSE_SECONDS):
            fetch = self._refresh()
            # A provider that hangs keeps nobody waiting whose key is good for a day.
            known = bool(found) and age <= STALE_SECONDS
            await asyncio.wait((fetch,), timeout=self._patience() if known else None)
            found = _fitting(self._keys, kid)
        if self._clock.monotonic() - self._had > STALE_SECONDS:
            raise KeysUnavailable(
                "The keys of the identity provider cannot be had now.", retry_after=PAUSE_SECONDS
            )
        return found

    async def close(self) -> None:
        """End a fetch under way and the connections."""
        if self._fetch is not None:
            self._fetch.cancel()
            await asyncio.gather(self._fetch, return_exceptions=True)
        await self._http.close()

    def _refresh(self) -> asyncio.Task[None]:
        """The fetch under way, begun where there is none. Whoever gives up leaves it to the others."""
        if self._fetch is None:
            self._tried = self._clock.monotonic()
            self._fetch = asyncio.create_task(
                self._fetch_keys(), name="fetch the keys of the identity provider"
            )
        return self._fetch

    def _patience(self) -> float:
        return max(0.0, self._tried + PATIENCE_SECONDS - self._clock.monotonic())

    async def _fetch_keys(self) -> None:
        try:
            reply = await self._http.send("GET", self._path, endpoint="jwks")
            if not reply.ok:
                raise reply.failure()
            self._keys = _of_set(json.loads(reply.body))
            self._had = self._clock.monotonic()
        except SourceFailure as failure:
            log.warning("keys of the identity provider cannot be had", code=failure.code, reason=str(failure))
        except (ValueError, TypeError, PyJWTError) as error:
            log.warning(
                "keys of the identity provider cannot be read",
                code=Malformed.code,
                reason=type(error).__name__,
            )
        finally:
            self._fetch = None


def _fitting(keys: list[Signer], kid: str | None) -> list[Signer]:
    return [key for key in keys if kid is None or key.kid is None or key.kid == kid]


def _of_file(path: Path) -> list[Signer]:
    """Raises `ValueError` when the file holds no public key."""
    try:
        text = path.read_text(encoding="utf-8")
        found = _of_set(json.loads(text)) if text.lstrip().startswith("{") else [_of_pem(text)]
    except OSError as error:
        raise ValueError(f"jwt.key_file: {path} cannot be read: {error.strerror}.") from error
    except (PyJWTError, TypeError, ValueError) as error:
        raise ValueError(f"jwt.key_file: {path} holds no public key in PEM and no JWKS.") from error
    return found


def _of_pem(text: str) -> Signer:
    return Signer(None, None, load_pem_public_key(text.encode()))


def _of_set(content: Any) -> list[Signer]:
    """The public keys of a JWKS that can be used; the others are left out. `ValueError` without any."""
    entries = content["keys"] if isinstance(content, dict) and "keys" in content else [content]
    found = [signer for entry in entries if (signer := _of_entry(entry)) is not None]
    if not found:
        raise ValueError("no usable key")
    return found


def _of_entry(entry: Any) -> Signer | None:
    # A symmetric key in a set of public ones would let everybody sign; a private one has no business there.
    usable = isinstance(entry, dict) and entry.get("kty") != "oct" and "d" not in entry
    if not usable or entry.get("use") not in (None, "sig"):
        return None
    try:
        return Signer(entry.get("kid"), entry.get("alg"), PyJWK(entry).key)
    except PyJWTError:
        return None
