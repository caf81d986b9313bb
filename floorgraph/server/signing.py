"""Signed addresses: pages cannot send credentials with a link, so the address carries the permission."""

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from urllib.parse import urlencode

from floorgraph.model.time import Clock


@dataclass(frozen=True, slots=True)
class Signer:
    """Makes and checks the end of addresses that are good for a while."""

    key: bytes = field(repr=False)
    seconds: int
    clock: Clock

    def query(self, name: str) -> str:
        """The query of an address; it stays the same for a part of its life, so that pages can keep it."""
        now = int(self.clock.now().timestamp())
        expires = (now // self.seconds + 2) * self.seconds
        return urlencode({"expires": expires, "signature": self._signature(name, expires)})

    def admits(self, name: str, expires: str, signature: str) -> bool:
        """Whether an address was made here and has not ended."""
        if not (expires.isascii() and expires.isdigit() and len(expires) < 15 and signature.isascii()):
            return False
        made = self._signature(name, int(expires))
        return hmac.compare_digest(made, signature) and int(expires) > self.clock.now().timestamp()

    def _signature(self, name: str, expires: int) -> str:
        digest = hmac.digest(self.key, f"{expires}:{name}".encode(), hashlib.sha256)
        return base64.urlsafe_b64encode(digest[:18]).decode()
