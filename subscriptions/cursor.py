"""Cursors: signed positions in the engine's sequence of changes.

A cursor is 40 characters of URL-safe text: the engine's instance, the
position, what topic it belongs to, and a signature over all of it and the
kind. It holds nothing that is secret; the signature keeps clients from
depending on what is inside.
"""

import base64
import hmac
import secrets
from dataclasses import dataclass
from hashlib import sha256

from floorgraph.model.errors import BadCursor

_INSTANCE, _POSITION, _TOPIC, _MAC = 6, 6, 6, 11
_SIZE = _INSTANCE + _POSITION + 1 + _TOPIC + _MAC
_WHOLE, _PARTIAL = 0, 1

FORGED = "The cursor was not made by this server for this subscription field."


@dataclass(frozen=True, slots=True)
class Position:
    """Where a stream stood. `partial` means in the middle of a snapshot."""

    sequence: int
    topic: bytes
    partial: bool = False


class OtherInstance(Exception):
    """A cursor from before a restart, or from another server; the sequence means nothing here."""


class Signet:
    """Makes cursors and reads them back, for one engine instance.

    Without a configured `secret` a cursor of another instance cannot be told
    from a forged one; both start anew, which gives nothing away.
    """

    def __init__(self, *, secret: bytes | None = None, instance: bytes | None = None) -> None:
        self._configured = secret is not None
        self._secret = secret if secret is not None else secrets.token_bytes(32)
        self._instance = instance if instance is not None else secrets.token_bytes(_INSTANCE)

    def seal(self, kind: str, position: Position) -> str:
        """The cursor for a position in the changes of a kind."""
        body = b"".join(
            (
                self._instance,
                position.sequence.to_bytes(_POSITION, "big"),
                bytes((_PARTIAL if position.partial else _WHOLE,)),
                position.topic,
            )
        )
        return base64.urlsafe_b64encode(body + self._mac(kind, body)).decode()

    def open(self, kind: str, cursor: str) -> Position:
        """Where a cursor points.

        Raises `BadCursor` for text that is no cursor, is forged, or belongs to
        another kind, and `OtherInstance` for one of another engine.
        """
        body, mac = _split(cursor)
        genuine = hmac.compare_digest(mac, self._mac(kind, body))
        foreign = body[:_INSTANCE] != self._instance
        if foreign and (genuine or not self._configured):
            raise OtherInstance
        if not genuine:
            raise BadCursor(FORGED)
        middle = _INSTANCE + _POSITION
        return Position(
            sequence=int.from_bytes(body[_INSTANCE:middle], "big"),
            topic=body[middle + 1 :],
            partial=body[middle] == _PARTIAL,
        )

    def _mac(self, kind: str, body: bytes) -> bytes:
        return hmac.digest(self._secret, kind.encode() + b"\0" + body, sha256)[:_MAC]


def _split(cursor: str) -> tuple[bytes, bytes]:
    try:
        whole = base64.b64decode(cursor.encode("ascii"), b"-_", validate=True)
    except ValueError:
        raise BadCursor(FORGED) from None
    if len(whole) != _SIZE:
        raise BadCursor(FORGED)
    return whole[:-_MAC], whole[-_MAC:]
