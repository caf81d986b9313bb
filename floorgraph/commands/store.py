"""The store of the log: SQLite, written to and never written over. Blocking; see `Log`.

One table has the commands as they came, the other what happened to them.
Triggers refuse changes of either; rows go only when the log is pruned.
"""

import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import msgspec

from floorgraph.commands.entry import Entry, Event, Stage, applied
from floorgraph.model.command import CommandOutcome, OperationStatus

FILE: Final = "commands.sqlite"

_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS commands (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    at REAL NOT NULL, who TEXT, sender TEXT NOT NULL, role TEXT NOT NULL, command_id TEXT NOT NULL,
    word TEXT NOT NULL, source TEXT NOT NULL, digest TEXT NOT NULL, input BLOB NOT NULL,
    UNIQUE (sender, command_id)
) STRICT;
CREATE TABLE IF NOT EXISTS events (
    row INTEGER PRIMARY KEY AUTOINCREMENT,
    number INTEGER NOT NULL, stage TEXT NOT NULL, at REAL NOT NULL, state TEXT, facts BLOB NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS events_of ON events (number, row);
CREATE INDEX IF NOT EXISTS commands_by_id ON commands (command_id);
CREATE TRIGGER IF NOT EXISTS commands_stay BEFORE UPDATE ON commands
    BEGIN SELECT RAISE(ABORT, 'the log of commands is only added to'); END;
CREATE TRIGGER IF NOT EXISTS events_stay BEFORE UPDATE ON events
    BEGIN SELECT RAISE(ABORT, 'the log of commands is only added to'); END;
"""
_OUTCOME: Final = (
    "(SELECT state FROM events e WHERE e.number = commands.number AND e.stage IN ('ended', 'resolved') "
    "ORDER BY e.row DESC LIMIT 1)"
)
_ADVANCE: Final = (
    "(SELECT state FROM events e WHERE e.number = commands.number AND e.stage = 'advanced' "
    "ORDER BY e.row DESC LIMIT 1)"
)
_RESOLVED: Final = "EXISTS (SELECT 1 FROM events e WHERE e.number = commands.number AND e.stage = 'resolved')"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which commands of the log; conditions are combined with AND, the values of one with OR."""

    sources: frozenset[str] | None = None
    commands: frozenset[str] | None = None
    who: frozenset[str] | None = None
    outcomes: frozenset[CommandOutcome] | None = None
    begun_from: datetime | None = None
    begun_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Some commands, the latest first."""

    entries: tuple[Entry, ...]
    total: int
    more: bool
    """Whether there are older ones."""


class Store:
    """The tables; in memory without a folder. Belongs to one thread. Raises `sqlite3.Error` and `OSError`."""

    def __init__(self, folder: Path | None) -> None:
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
        self._db = sqlite3.connect(":memory:" if folder is None else folder / FILE, isolation_level=None)
        try:
            self._db.execute("PRAGMA journal_mode = WAL")
            # What was said to be written must be there after a power cut.
            self._db.execute("PRAGMA synchronous = FULL")
            self._db.executescript(_SCHEMA)
        except sqlite3.Error:
            self._db.close()
            raise

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def begin(self, entry: Entry) -> tuple[Entry, bool]:
        """Write down that a command came; the entry with its number, and whether it is new.

        An earlier command of the same sender with the same id is given back in its place.
        """
        values = (
            entry.begun_at.timestamp(),
            entry.who,
            entry.who or "",
            entry.role,
            entry.command_id,
            entry.word,
            entry.source,
            entry.digest,
            msgspec.json.encode(entry.input),
        )
        insert = (
            "INSERT OR IGNORE INTO commands (at, who, sender, role, command_id, word, source, digest, input) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
        )
        added = self._db.execute(insert, values).rowcount == 1
        (found,) = self._entries("sender = ? AND command_id = ?", (entry.who or "", entry.command_id))
        return found, added

    def note(self, number: int, event: Event) -> None:
        """Write down what happened to a command."""
        state = event.facts.get("outcome") or event.facts.get("status")
        self._db.execute(
            "INSERT INTO events (number, stage, at, state, facts) VALUES (?, ?, ?, ?, ?)",
            (number, event.stage, event.at.timestamp(), state, msgspec.json.encode(event.facts)),
        )

    def entry(self, number: int) -> Entry | None:
        """A command by its number."""
        return next(iter(self._entries("number = ?", (number,))), None)

    def named(self, command_id: str, who: str | None, *, anybody: bool) -> Entry | None:
        """A command by its id: the sender's own, or else the latest one of anybody."""
        own = self._entries("sender = ? AND command_id = ?", (who or "", command_id))
        if own or not anybody:
            return next(iter(own), None)
        found = self._entries("command_id = ?", (command_id,), "ORDER BY number DESC LIMIT 1")
        return next(iter(found), None)

    def page(self, wanted: Wanted, first: int, before: int | None) -> Page:
        """Commands older than a number, the latest first."""
        where, values = _conditions(wanted)
        (total,) = self._db.execute(f"SELECT COUNT(*) FROM commands WHERE {where}", values).fetchone()  # noqa: S608  no part of it comes from outside
        if before is not None:
            where, values = f"{where} AND number < ?", [*values, before]
        found = self._entries(where, values, f"ORDER BY number DESC LIMIT {first + 1}")
        return Page(tuple(found[:first]), total, len(found) > first)

    def open(self) -> list[Entry]:
        """The commands of which something is still to be found out, oldest first."""
        unknown, accepted = CommandOutcome.OUTCOME_UNKNOWN.value, CommandOutcome.ACCEPTED.value
        running = OperationStatus.RUNNING.value
        where = (
            f"{_OUTCOME} IS NULL OR ({_OUTCOME} = '{unknown}' AND NOT {_RESOLVED}) "
            f"OR ({_OUTCOME} = '{accepted}' AND COALESCE({_ADVANCE}, '{running}') = '{running}')"
        )
        return self._entries(f"({where})", (), "ORDER BY number")

    def prune(self, most: int, older_than: datetime) -> int:
        """Drop the oldest commands; how many. Those of which something is still to be found out stay."""
        keep = {entry.number for entry in self.open()}
        found = self._db.execute(
            "SELECT number FROM commands WHERE at < ? "
            "OR number <= COALESCE((SELECT number FROM commands ORDER BY number DESC LIMIT 1 OFFSET ?), 0)",
            (older_than.timestamp(), most),
        )
        gone = [(number,) for (number,) in found.fetchall() if number not in keep]
        self._db.execute("BEGIN")
        try:
            self._db.executemany("DELETE FROM events WHERE number = ?", gone)
            self._db.executemany("DELETE FROM commands WHERE number = ?", gone)
        except sqlite3.Error:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")
        return len(gone)

    def _entries(self, where: str, values: Iterable[Any], rest: str = "") -> list[Entry]:
        rows = self._db.execute(
            "SELECT number, at, who, role, command_id, word, source, digest, input "  # noqa: S608
            f"FROM commands WHERE {where} {rest}",
            tuple(values),
        ).fetchall()
        return [self._with_events(_entry(row)) for row in rows]

    def _with_events(self, entry: Entry) -> Entry:
        rows = self._db.execute(
            "SELECT stage, at, facts FROM events WHERE number = ? ORDER BY row", (entry.number,)
        )
        for stage, at, facts in rows.fetchall():
            found: Mapping[str, Any] = msgspec.json.decode(facts)
            entry = applied(entry, Event(Stage(stage), _moment(at), found))
        return entry


def _conditions(wanted: Wanted) -> tuple[str, list[Any]]:
    parts: list[str] = ["1"]
    values: list[Any] = []
    outcomes = None if wanted.outcomes is None else frozenset(one.value for one in wanted.outcomes)
    for column, chosen in (
        ("source", wanted.sources),
        ("word", wanted.commands),
        ("sender", wanted.who),
        (_OUTCOME, outcomes),
    ):
        if chosen is not None:
            parts.append(f"{column} IN ({', '.join('?' * len(chosen))})")
            values += sorted(chosen)
    for sign, moment in ((">=", wanted.begun_from), ("<", wanted.begun_to)):
        if moment is not None:
            parts.append(f"at {sign} ?")
            values.append(moment.timestamp())
    return " AND ".join(parts), values


def _entry(row: tuple[Any, ...]) -> Entry:
    number, at, who, role, command_id, word, source, digest, given = row
    return Entry(
        number=number,
        begun_at=_moment(at),
        who=who,
        role=role,
        command_id=command_id,
        word=word,
        source=source,
        digest=digest,
        input=msgspec.json.decode(given),
    )


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
