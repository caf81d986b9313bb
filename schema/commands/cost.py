"""What a command may cost in calls to its vendor."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from floorgraph.commands.writing import camel
from floorgraph.model.command import Command
from floorgraph.model.errors import BadId
from floorgraph.model.ids import GlobalId

REVIEW: Final = 4
"""Calls that judging a command by fresh records is taken to need."""
SENDING: Final = 1
"""Calls by which it is sent."""


@dataclass(frozen=True, slots=True)
class Commanded:
    """In the metadata of a mutation's field: the command that it sends."""

    kind: type[Command]

    def sources(self, given: Mapping[str, Any]) -> frozenset[str]:
        """Keys of the sources that an input names, as far as its ids can be read."""
        found = {str(given["source"])} if isinstance(given.get("source"), str) else set()
        for name in self.kind.kinds:
            value = given.get(name, given.get(camel(name)))
            for one in value if isinstance(value, list) else [value]:
                with suppress(BadId):
                    found.add(GlobalId.parse(str(one)).source)
        return frozenset(found)
