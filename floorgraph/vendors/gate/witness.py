"""What an answer was made from: which sources were asked, and which answers of their gates were used.

Whoever wants to give the same answer again asks the witness whether all of
that still stands. In doubt it does not.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Protocol

from floorgraph.vendors.gate.call import Call, Freshness, Observed


class Remembering(Protocol):
    """A gate, as a witness knows it."""

    source: str

    @property
    def revision(self) -> int:
        """Grows with everything that its memory learns or forgets."""

    def still_gives(self, call: Call[Any], freshness: Freshness, answer: Observed[Any]) -> bool:
        """Whether a read would be answered with this very answer, without asking the vendor."""


_Use = tuple[Remembering, Call[Any], Observed[Any]]
"""A gate, what it was asked, and its answer that was used."""


@dataclass(slots=True)
class Witness:
    """What one operation rests on."""

    asked: set[str] = field(default_factory=set)
    """Keys of the sources that were asked for something."""
    uses: list[_Use] = field(default_factory=list)
    doubtful: bool = False
    """Whether something failed or was out of date."""
    _revisions: dict[int, tuple[Remembering, int]] = field(default_factory=dict)

    def used(self, gate: Remembering, call: Call[Any], answer: Observed[Any]) -> None:
        """An answer was used."""
        self.uses.append((gate, call, answer))
        if answer.failure is not None:
            self.doubtful = True

    def close(self) -> bool:
        """Note how things stand now that the operation is over; whether its answer can be given again.

        It cannot where a source answered without its gate: nobody knows what such an answer depends on.
        """
        self._revisions = {id(gate): (gate, gate.revision) for gate, _, _ in self.uses}
        return (
            not self.doubtful and bool(self.asked) and self.asked == {gate.source for gate, _, _ in self.uses}
        )

    def lasts(self, max_age: float | None) -> bool:
        """Whether each answer serves others at this age for any time at all."""
        freshness = Freshness(max_age)
        return all(freshness.allowed(call.ttl) > 0 for _, call, _ in self.uses)

    def stands(self, max_age: float | None) -> bool:
        """Whether no gate learnt anything since, and each answer would be given again at this age."""
        freshness = Freshness(max_age)
        return all(gate.revision == revision for gate, revision in self._revisions.values()) and all(
            gate.still_gives(call, freshness, answer) for gate, call, answer in self.uses
        )


_witness: ContextVar[Witness | None] = ContextVar("witness", default=None)


@contextmanager
def witnessing() -> Iterator[Witness]:
    """Take note of what is read within this block and the tasks started in it."""
    witness = Witness()
    token = _witness.set(witness)
    try:
        yield witness
    finally:
        _witness.reset(token)


def asking(source: str) -> None:
    """A source is asked for something by the running operation."""
    witness = _witness.get()
    if witness is not None:
        witness.asked.add(source)


def used(gate: Remembering, call: Call[Any], answer: Observed[Any]) -> None:
    """The running operation was given an answer."""
    witness = _witness.get()
    if witness is not None:
        witness.used(gate, call, answer)


def failed() -> None:
    """The running operation was given none."""
    witness = _witness.get()
    if witness is not None:
        witness.doubtful = True
