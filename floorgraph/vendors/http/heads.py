"""Heads of answers that came before: most answers of a server differ in their bodies alone. Pure."""

from dataclasses import dataclass
from typing import Final

import httpx2

from floorgraph.vendors.http.wire import Arrived

MOST_HEADS: Final = 256
LONGEST_HEAD: Final = 4096
"""Bytes; longer heads are not kept."""
_END: Final = b"\r\n\r\n"


@dataclass(slots=True)
class _Head:
    status: int
    headers: httpx2.Headers
    length: int
    """Bytes of the body that follows."""


class Heads:
    """What the parser made of heads, by their very bytes.

    Kept are only those that say how long the body is and leave the
    connection open, so that the same bytes mean the same again, wherever an
    answer may begin.
    """

    def __init__(self) -> None:
        self._known: dict[bytes, _Head] = {}

    def __len__(self) -> int:
        return len(self._known)

    def answer(self, data: bytes, most: int) -> Arrived | None:
        """The answer that the bytes are: a known head, all of its body, and nothing else.

        None for all that needs the parser, and for bodies of more than `most` bytes.
        """
        end = data.find(_END) + len(_END)
        head = self._known.get(data[:end])
        if head is None or len(data) - end != head.length or head.length > most:
            return None
        return Arrived(head.status, head.headers, data[end:])

    def learn(self, data: bytes, arrived: Arrived) -> None:
        """The parser read bytes, from the beginning of an answer, as this; the connection stays open."""
        end, headers = data.find(_END) + len(_END), arrived.headers
        length = len(data) - end
        # So nothing stood before the head, such as word that an answer will come, and nothing after the body.
        whole = headers.get("content-length") == str(length) and arrived.body == data[end:]
        if not whole or end > LONGEST_HEAD or "transfer-encoding" in headers or "content-encoding" in headers:
            return
        if len(self._known) >= MOST_HEADS:
            # Mostly those with the time of some seconds ago.
            self._known.clear()
        self._known[data[:end]] = _Head(arrived.status, headers, length)
