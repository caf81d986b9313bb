"""Callers for tests: API keys, and an identity provider that signs tokens."""

import base64
import json
import time
from datetime import datetime
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from floorgraph.server.access.keys import new_key
from floorgraph.settings import KeySettings, Role

ISSUER = "https://login.test"
AUDIENCE = "floorgraph"


def key(
    role: Role = Role.VIEWER, sources: tuple[str, ...] | None = None, expires: datetime | None = None
) -> tuple[KeySettings, str]:
    """An entry of the configuration and the key that belongs to it."""
    made = new_key()
    settings = KeySettings(
        id=made.id, name=f"A {role}", role=role, sources=sources, expires=expires, hash=made.hash
    )
    return settings, made.text


class Provider:
    """Signs tokens with one key (ES256)."""

    def __init__(self, kid: str = "k1") -> None:
        self.kid = kid
        self.private = ec.generate_private_key(ec.SECP256R1())

    @property
    def pem(self) -> str:
        """The public key."""
        return (
            self.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
        )

    def jwk(self) -> dict[str, Any]:
        numbers = self.private.public_key().public_numbers()
        x, y = (_text(value.to_bytes(32, "big")) for value in (numbers.x, numbers.y))
        return {"kty": "EC", "crv": "P-256", "x": x, "y": y, "kid": self.kid, "alg": "ES256", "use": "sig"}

    def jwks(self) -> bytes:
        return json.dumps({"keys": [self.jwk()]}).encode()

    def token(self, seconds: float = 60, headers: dict[str, Any] | None = None, **claims: Any) -> str:
        """A token that is good for some seconds; claims that are None are left out."""
        standard = {
            "sub": "ada",
            "iss": ISSUER,
            "aud": AUDIENCE,
            "exp": time.time() + seconds,
            "role": "viewer",
        }
        content = {name: value for name, value in (standard | claims).items() if value is not None}
        return jwt.encode(content, self.private, "ES256", {"kid": self.kid} | (headers or {}))


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
