"""What a command means for those who watch: the polls that follow it, and whose change is its effect."""

from collections.abc import Iterable
from typing import Protocol

from floorgraph.model.ids import Kind


class Effects(Protocol):
    """The polling engine, as far as commands are concerned."""

    def expect(self, command_id: str, ids: Iterable[str]) -> None:
        """From now on, the first change of each of these records is the effect of a command."""

    def begin(self, command_id: str, source_key: str, kinds: Iterable[Kind]) -> None:
        """A command is about to be sent that may bring records of these kinds; nobody knows yet which."""

    def answered(self, command_id: str) -> None:
        """All that a command brought is expected by now."""

    def unexpect(self, command_id: str) -> None:
        """A command changed nothing more than was seen; later changes are not its effect."""

    def renew(self, command_id: str) -> None:
        """A command is still worked on: what it has not changed yet may still be changed by it."""

    def burst(self, source_key: str, kinds: Iterable[Kind]) -> None:
        """Poll these kinds of a source in quick succession."""


class NoEffects:
    """For when nobody watches."""

    def expect(self, command_id: str, ids: Iterable[str]) -> None:
        """Nothing."""

    def begin(self, command_id: str, source_key: str, kinds: Iterable[Kind]) -> None:
        """Nothing."""

    def answered(self, command_id: str) -> None:
        """Nothing."""

    def unexpect(self, command_id: str) -> None:
        """Nothing."""

    def renew(self, command_id: str) -> None:
        """Nothing."""

    def burst(self, source_key: str, kinds: Iterable[Kind]) -> None:
        """Nothing."""
