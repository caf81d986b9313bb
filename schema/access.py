"""How the values of a field are had, kept with the field as data.

A field made from a declaration carries an `Access` in its metadata. What
resolves the field for one parent and what runs whole levels of parents at
once both follow the same declaration.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from floorgraph.model.ids import GlobalId, Kind
from floorgraph.vendors.contract import Ahead
from loaders.scope import Scope
from resolvers.listing import Path
from resolvers.node import record_by_id
from resolvers.relation import BY_ID, Relation

ACCESS: Final = "floorgraph.access"
"""Where a field's metadata holds its `Access` or `Attribute`."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """The value is the parent's attribute of that name, whatever the field is called."""

    name: str


class Access(ABC):
    """How to get a field's values for all parents of a level."""

    @abstractmethod
    def prepared(self, **arguments: Any) -> Any:
        """What the arguments, by their Python names, come to. Raises for those that cannot be meant."""

    @abstractmethod
    async def values(
        self, scope: Scope, parents: Sequence[Any], prepared: Any, paths: Sequence[Path]
    ) -> list[Any]:
        """The values for all parents in their order; failures stand in place of values."""

    def known_id(self, prepared: Any) -> str | None:
        """The id of the record that the field gives, where it is known before the record is."""
        del prepared
        return None

    def ahead(self, scope: Scope, prepared: Any, loaders: Collection[Any]) -> list[Ahead]:
        """What sources can be asked already of the records that the field gives, for these loaders."""
        del scope, prepared, loaders
        return []

    @property
    def lasting(self) -> bool:
        """Whether the values rest on arguments, the caller's rights and what sources answer alone."""
        return False

    async def head_start(self, scope: Scope, record_id: str) -> None:  # noqa: B027  most have none
        """Begin to load what the field of the record with that id will ask for."""

    @property
    def starts_early(self) -> bool:
        """Whether the id of the parent is all that the field needs to begin."""
        return False


@dataclass(frozen=True, slots=True)
class Lookup(Access):
    """One record by its id."""

    kind: Kind

    def prepared(self, **arguments: Any) -> str:
        """The argument `id`. Raises `BadId` for one of another kind."""
        GlobalId.parse(arguments["id"], expected=self.kind)
        return str(arguments["id"])

    async def values(
        self, scope: Scope, parents: Sequence[Any], prepared: str, paths: Sequence[Path]
    ) -> list[Any]:
        """The record, for each parent."""
        del paths
        found = await record_by_id(scope, prepared, self.kind)
        return [found] * len(parents)

    def known_id(self, prepared: str) -> str:
        """The id asked for."""
        return prepared

    @property
    def lasting(self) -> bool:
        """The record rests on nothing else."""
        return True


Prepare = Callable[..., tuple[Mapping[str, Any], Callable[[Any], Any]]]
"""GraphQL arguments -> the relation's arguments, and what is done with each result."""


def unchanged(value: Any) -> Any:
    """The value as it is."""
    return value


def no_arguments() -> tuple[Mapping[str, Any], Callable[[Any], Any]]:
    """For fields without arguments."""
    return {}, unchanged


@dataclass(frozen=True, slots=True)
class Followed(Access):
    """What a relation leads to."""

    relation: Relation
    prepare: Prepare = no_arguments

    def prepared(self, **arguments: Any) -> Any:
        """The relation's arguments and what is done with each result."""
        return self.prepare(**arguments)

    async def value(self, scope: Scope, parent: Any, prepared: Any) -> Any:
        """The value for one parent. Raises the failure of its key."""
        arguments, finish = prepared
        return finish(await self.relation.one(scope, parent, **arguments))

    async def values(
        self, scope: Scope, parents: Sequence[Any], prepared: Any, paths: Sequence[Path]
    ) -> list[Any]:
        """One `load_many` for all parents."""
        del paths
        arguments, finish = prepared
        found = await self.relation.many(scope, parents, **arguments)
        if finish is unchanged:
            return found
        return [value if isinstance(value, Exception) else finish(value) for value in found]

    @property
    def lasting(self) -> bool:
        """Spans of time end now where nothing else is said: what has arguments does not last."""
        return self.prepare is no_arguments

    @property
    def starts_early(self) -> bool:
        """Whether the relation's key is the parent's id."""
        return self.relation.key is BY_ID

    async def head_start(self, scope: Scope, record_id: str) -> None:
        """Load the relation of that id."""
        await scope.loader(self.relation.loader).load_many((record_id,))


__all__ = ["ACCESS", "Access", "Attribute", "Followed", "Lookup", "no_arguments", "unchanged"]
