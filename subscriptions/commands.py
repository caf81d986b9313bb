"""Commands whose effect is awaited in the changes. Pure; time is passed in."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from msgspec import structs

from floorgraph.model.ids import Kind
from subscriptions.change import ChangeCause
from subscriptions.difference import Difference


@dataclass(frozen=True, slots=True)
class _Awaited:
    command_id: str
    since: float
    until: float


@dataclass(frozen=True, slots=True)
class _Bringing:
    source: str
    kinds: frozenset[Kind]
    until: float


@dataclass(slots=True)
class Commands:
    """Which records were commanded, until a change confirms it or time is up."""

    patience: float
    """Seconds after a command within which a change of its record counts as its effect."""
    longest_hold: float = 15.0
    """Seconds for which what is new waits at most for the answer of a command that may have brought it."""
    _awaited: dict[str, _Awaited] = field(default_factory=dict)
    _bringing: dict[str, _Bringing] = field(default_factory=dict)

    def begun(self, command_id: str, source: str, kinds: Iterable[Kind], now: float) -> None:
        """A command is about to be sent that may bring records of these kinds; only its answer names them."""
        self._bringing = {key: found for key, found in self._bringing.items() if found.until > now}
        self._bringing[command_id] = _Bringing(source, frozenset(kinds), now + self.longest_hold)

    def answered(self, command_id: str) -> None:
        """What a command brought is known now, or will not be known soon."""
        self._bringing.pop(command_id, None)

    def may_bring(self, source: str, kind: Kind, now: float) -> bool:
        """Whether a new record may come from a command that has not been answered."""
        return any(
            found.source == source and kind in found.kinds and found.until > now
            for found in self._bringing.values()
        )

    def issued(self, command_id: str, ids: Iterable[str], now: float) -> None:
        """A command on these records went out; a later command on a record takes its place."""
        self._awaited = {key: found for key, found in self._awaited.items() if found.until > now}
        for key in ids:
            self._awaited[key] = _Awaited(command_id, now, now + self.patience)

    def renewed(self, command_id: str, now: float) -> None:
        """A command is still worked on: its records have the whole patience again, where none has changed
        by it or was commanded otherwise."""
        for key, found in self._awaited.items():
            if found.command_id == command_id:
                self._awaited[key] = replace(found, until=now + self.patience)

    def withdrawn(self, command_id: str) -> None:
        """A command has no further effect."""
        self._awaited = {key: one for key, one in self._awaited.items() if one.command_id != command_id}

    def awaiting(self, source: str, now: float) -> bool:
        """Whether a record of a source was commanded and not yet seen to change."""
        prefix = f"{source}:"
        return any(key.startswith(prefix) and found.until > now for key, found in self._awaited.items())

    def overtaken(self, began: float) -> frozenset[str]:
        """Records that were commanded after a poll of this beginning was sent, and not yet seen to change.

        What the poll tells of them may be from before the command or its
        effect; the next one, which comes soon, is the one to go by.
        """
        return frozenset(key for key, found in self._awaited.items() if found.since > began)

    def explain(self, differences: Iterable[Difference], began: float) -> list[Difference]:
        """Name the command in the first change of each commanded record.

        `began` is when the poll that found the differences was sent: what was
        asked before the command cannot be its effect.
        """
        told: list[Difference] = []
        for difference in differences:
            found = self._awaited.get(difference.id)
            if found is not None and found.since <= began < found.until:
                del self._awaited[difference.id]
                difference = structs.replace(
                    difference, cause=ChangeCause.COMMAND, command_id=found.command_id
                )
            told.append(difference)
        return told
