"""Programs: build files."""

from functools import partial
from typing import Any

from floorgraph.model.ids import Kind
from floorgraph.vendors.answers import Answer
from floorgraph.vendors.authentise.desk import Desk, of_resources, present
from floorgraph.vendors.authentise.links import refs_of_ids
from floorgraph.vendors.authentise.mapping.program import program
from floorgraph.vendors.authentise.visit import Visit
from floorgraph.vendors.questions import By, Where

BUILD_FILE = "build-file"


class Programs:
    """The build files of one tenant."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def select(self, where: Where, visit: Visit) -> Answer[Any]:
        """All build files, or those with these ids. They belong to runs and types, not to stations."""
        desk = self._desk
        if where.by is By.ALL:
            rows = (await desk.archive.lists((BUILD_FILE,), visit)).get(BUILD_FILE, [])
        elif where.by is By.ID:
            wanted = of_resources(refs_of_ids(where.values).values(), BUILD_FILE)[BUILD_FILE]
            rows = list((await desk.archive.some(BUILD_FILE, [ref.uuid for ref in wanted], visit)).values())
        else:
            rows = []
        return visit.answer(
            present(desk.record(Kind.PROGRAM, row, (), partial(program, row, desk.frame)) for row in rows)
        )
