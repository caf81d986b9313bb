"""Loader of the text of program versions."""

from floorgraph.model.ids import GlobalId, Kind
from floorgraph.model.program import ProgramContent
from floorgraph.vendors.contract import Source
from loaders.base import OneByOneLoader


class ContentByVersionId(OneByOneLoader[str, ProgramContent | None]):
    """Version id -> its text; None where the source does not give it out."""

    def source_key(self, key: str) -> str:
        """The source in the id. Raises `BadId` when it is not the id of a version."""
        return GlobalId.parse(key, expected=Kind.PROGRAM_VERSION).source

    def missing(self) -> None:
        """The source does not give it out."""

    async def one(self, source: Source, key: str) -> ProgramContent | None:
        """The text of one version."""
        return await source.content(key, self.scope.freshness)
