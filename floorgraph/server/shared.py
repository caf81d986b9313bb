"""Answers that are given again to whoever asks the same, for as long as nothing they were made from changes.

An answer is kept under all that it depends on: the bytes of the request
(document, variables, name), the rights, the sources that exist for the
caller, and what the caller may know of the schema. It is given again only
while its `Witness` vouches for every answer of a vendor in it: the same
object is still in the gate's memory, still young enough by the request's own
`maxAge`, and no gate concerned has learnt or forgotten anything since. It is
never given for longer than `LONGEST_SECONDS`.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Final

from floorgraph.vendors.contract import Source
from floorgraph.vendors.floor import Floor
from floorgraph.vendors.gate.witness import Witness

LONGEST_SECONDS: Final = 1.0
"""Adapters keep things beside the gate's memory; whatever they do with them shows after this time."""
LARGEST: Final = 4 * 1024 * 1024
"""Bytes of one answer."""
MOST_BYTES: Final = 32 * 1024 * 1024
"""Bytes of all answers together, each counted with its request."""


@dataclass(frozen=True, slots=True)
class _Answer:
    body: bytes
    size: int
    witness: Witness
    max_age: float | None
    sources: tuple[Source, ...]
    until: float


class SharedAnswers:
    """The answers of one endpoint."""

    def __init__(self, floor: Floor, now: Callable[[], float] = time.monotonic) -> None:
        self._floor = floor
        self._now = now
        self._answers: OrderedDict[Hashable, _Answer] = OrderedDict()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._answers)

    def answer(self, key: Hashable) -> bytes | None:
        """The body that was answered to the same request, if it would be made the same again."""
        found = self._answers.get(key)
        if found is None:
            return None
        stands = self._now() < found.until and found.sources == tuple(self._floor)
        if stands and found.witness.stands(found.max_age):
            return found.body
        self._drop(key)
        return None

    def keep(
        self, key: tuple[bytes, Hashable, Hashable], body: bytes, witness: Witness, max_age: float | None
    ) -> None:
        """Keep an answer without errors whose operation is over."""
        now, size = self._now(), len(body) + len(key[0])
        while self._answers and next(iter(self._answers.values())).until <= now:
            self._drop(next(iter(self._answers)))
        if size > LARGEST or not witness.lasts(max_age) or not witness.close():
            return
        if key in self._answers:
            self._drop(key)
        self._answers[key] = _Answer(body, size, witness, max_age, tuple(self._floor), now + LONGEST_SECONDS)
        self._bytes += size
        while self._bytes > MOST_BYTES:
            self._drop(next(iter(self._answers)))

    def _drop(self, key: Hashable) -> None:
        self._bytes -= self._answers.pop(key).size
