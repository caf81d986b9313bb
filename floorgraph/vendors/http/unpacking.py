"""Bodies that come packed, unpacked piece by piece and never further than was asked for. Pure."""

import zlib
from typing import Any, Final

import httpx2

MOST_MEMBERS: Final = 100
"""Parts that a gzip body may be put together from."""
_WINDOWS: Final = {"gzip": 16 + zlib.MAX_WBITS, "deflate": zlib.MAX_WBITS}
_UNKNOWN: Final = frozenset({"br", "zstd"})
"""Encodings that are never asked for, and would be taken for the body itself."""


class Unpacker:
    """Unpacks one body of a known encoding."""

    def __init__(self, encoding: str) -> None:
        self._gzip = encoding == "gzip"
        self._window = _WINDOWS[encoding]
        self._inflate: Any = None
        self._members = 0

    def feed(self, piece: bytes, most: int) -> bytes:
        """What a piece unpacks to, `most` bytes at most. Raises `httpx2.DecodingError`."""
        unpacked = bytearray()
        while piece and len(unpacked) < most:
            if self._inflate is None or (self._gzip and self._inflate.eof):
                self._inflate = self._member(piece)
            try:
                unpacked += self._inflate.decompress(piece, most - len(unpacked))
            except zlib.error as error:
                raise httpx2.DecodingError(str(error)) from error
            piece = self._inflate.unused_data if self._gzip else b""
        return bytes(unpacked)

    def end(self) -> None:
        """The body is over. Raises `httpx2.DecodingError` where the rest of it is missing."""
        if not self._gzip and self._inflate is not None and not self._inflate.eof:
            raise httpx2.DecodingError("the packed body ends too soon")

    def _member(self, piece: bytes) -> Any:
        self._members += 1
        if self._members > MOST_MEMBERS:
            raise httpx2.DecodingError("the packed body has too many parts")
        # Some servers leave out the header that deflate must have.
        bare = not self._gzip and piece[0] & 0xF != 8
        return zlib.decompressobj(-zlib.MAX_WBITS if bare else self._window)


def unpacker(encoding: str) -> Unpacker | None:
    """What unpacks a body with that header `Content-Encoding`; None for one that is not packed.

    Raises `httpx2.DecodingError` for an encoding that nobody asked for.
    """
    name = encoding.strip().lower()
    if name in _UNKNOWN:
        raise httpx2.DecodingError(f"a body packed as {name} cannot be unpacked")
    return Unpacker(name) if name in _WINDOWS else None
