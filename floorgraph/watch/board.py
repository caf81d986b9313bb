"""The stations of a shop floor as a stream of changes tells them."""

from typing import Any, Final

CONNECTING: Final = "connecting"
CATCHING_UP: Final = "catching up"
LIVE: Final = "live"
LOST: Final = "connection lost"
NO_ANSWER: Final = "no answer"


class Board:
    """What is known of the stations, and how the line to the server is. Pure: takes one change at a time."""

    def __init__(self) -> None:
        self.stations: dict[str, dict[str, Any]] = {}
        """Stations by id, as `SUBSCRIPTION` selects them."""
        self.cursor: str | None = None
        """Where to go on after a lost line; None until a snapshot is whole."""
        self.link = CONNECTING
        self.trouble: str | None = None
        """Why there is no line, in a sentence."""
        self._seen: set[str] | None = None
        self._current = False
        self._known = False

    @property
    def fresh(self) -> bool:
        """Whether what is known is still being told."""
        return self.link in (LIVE, CATCHING_UP)

    @property
    def whole(self) -> bool:
        """Whether a snapshot was ever whole."""
        return self._known

    def begin(self) -> None:
        """A connection was made: a snapshot follows, or what was missed since the cursor."""
        self._current = self.cursor is not None
        self._seen = None if self._current else set()
        self.link, self.trouble = CATCHING_UP, None

    def lose(self, trouble: str) -> None:
        """There is no connection, or none any more."""
        self.link = LOST if self._known else NO_ANSWER
        self.trouble = trouble

    def apply(self, change: dict[str, Any]) -> None:
        """Take in one change of `stationChanged`."""
        kind, key, station = change["kind"], change["id"], change["station"]
        if kind == "RESYNC":
            self.cursor, self._current, self._seen = None, False, set()
        elif kind == "CAUGHT_UP":
            kept = self._seen if self._seen is not None else set(self.stations)
            self.stations = {known: one for known, one in self.stations.items() if known in kept}
            self._current, self._seen, self._known = True, None, True
        elif kind == "REMOVED":
            self.stations.pop(key, None)
        elif station is not None:
            self.stations[key] = station
            if self._seen is not None:
                self._seen.add(key)
        if self._current:
            self.cursor, self.link = change["cursor"], LIVE
