"""The ledger: counters of calls in a file, so that a restart does not give a day's quota a second time.

One small JSON file per source. It is replaced as a whole, so that a crash
leaves either the old counters or the new ones. Trouble with the file is
logged once and stops nothing: the counters then last as long as the process.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import structlog

from floorgraph.vendors.jsontext import NotJson, strict

log = structlog.get_logger("floorgraph.vendors")

Counters = dict[str, dict[str, object]]
"""Endpoint class -> what its budget saves."""


class Ledger:
    """The counters of one source; without a folder it keeps nothing. For one process at a time."""

    def __init__(self, folder: Path | None, source: str) -> None:
        self._file = None if folder is None else folder / f"budgets-{source}.json"
        self._written: Counters = {}
        self._failing = False

    def load(self) -> Counters:
        """The counters as they were last saved; none when there are none or they cannot be read."""
        if self._file is None:
            return {}
        try:
            content = self._file.read_bytes()
        except FileNotFoundError:
            return {}
        except OSError as error:
            self._complain("cannot be read", error)
            return {}
        try:
            self._written = _counters(strict(content))
        except NotJson as error:
            self._complain("is damaged", error)
            return {}
        return dict(self._written)

    def save(self, counters: Mapping[str, Mapping[str, object]]) -> None:
        """Write the counters if they are other than those written last."""
        fresh = {name: dict(entry) for name, entry in counters.items()}
        if self._file is None or fresh == self._written:
            return
        beside = self._file.with_suffix(".new")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            beside.write_bytes(msgspec.json.encode(fresh))
            beside.replace(self._file)
        except OSError as error:
            self._complain("cannot be written", error)
            return
        self._written, self._failing = fresh, False

    def _complain(self, trouble: str, error: Exception) -> None:
        if not self._failing:
            log.warning("ledger unusable", file=str(self._file), trouble=trouble, failure=str(error))
        self._failing = True


def _counters(value: Any) -> Counters:
    entries = value.items() if isinstance(value, dict) else ()
    return {str(name): dict(entry) for name, entry in entries if isinstance(entry, dict)}
