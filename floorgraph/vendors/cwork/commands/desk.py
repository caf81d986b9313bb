"""The commands of CWork, and who handles each."""

from collections.abc import Mapping
from typing import Any, Final

from floorgraph.model.command import Command
from floorgraph.model.commands.stations import ChangeStationState
from floorgraph.vendors.cwork.commands.handling import Handler
from floorgraph.vendors.cwork.commands.reading import Reading
from floorgraph.vendors.cwork.commands.stations import ChangeState
from floorgraph.vendors.cwork.commands.writer import Writer

HANDLERS: Final[Mapping[type[Command], type[Handler[Any]]]] = {
    ChangeStationState: ChangeState,
}


class Desk:
    """Handles the commands of one server."""

    def __init__(self, reading: Reading) -> None:
        writer = Writer(reading.server)
        self._handlers: dict[type[Command], Handler[Any]] = {
            kind: handler(writer, reading) for kind, handler in HANDLERS.items()
        }

    def handler(self, kind: type[Command]) -> Handler[Any] | None:
        """Who handles commands of a class; None for one that is not CWork's."""
        return self._handlers.get(kind)
