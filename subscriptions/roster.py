"""Who rides along in a cohort, and who falls behind. Pure.

A rider is somebody who has been sent everything up to a position, its floor,
and gets the same batches as all other riders from there on.
"""

from collections.abc import Callable, Collection, Hashable, Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

M = TypeVar("M", bound=Hashable)


@dataclass(slots=True)
class Roster(Generic[M]):
    """The riders of one cohort."""

    told: int = 0
    """The position up to which everything was sent to the riders; floors may lie above it."""
    _floors: dict[M, int] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._floors)

    def __contains__(self, member: object) -> bool:
        return member in self._floors

    def admit(self, member: M, floor: int) -> None:
        """Let somebody ride who has been sent everything up to `floor`."""
        self._floors[member] = floor

    def leave(self, member: M) -> None:
        """Somebody rides no longer."""
        self._floors.pop(member, None)

    @property
    def riding(self) -> Collection[M]:
        """Everybody who rides at any moment: it changes as they come and go."""
        return self._floors.keys()

    def everybody(self) -> list[M]:
        """The riders now."""
        return list(self._floors)

    def due(self, upto: int) -> list[M]:
        """Who is to get a batch that covers everything up to a position, and was not admitted after it."""
        return [member for member, floor in self._floors.items() if floor < upto]

    def behind(self, members: Iterable[M], keeps_up: Callable[[M], bool]) -> dict[M, int]:
        """Take out those who do not keep up; the result says up to where each of them has everything.

        To be asked before the batch is sent, so that nobody gets a part of it.
        """
        slow = [member for member in members if member in self._floors and not keeps_up(member)]
        return {member: max(self.told, self._floors.pop(member)) for member in slow}

    def sent(self, upto: int) -> None:
        """A batch was sent to all riders that are left."""
        self.told = max(self.told, upto)
