"""Records that a gateway refers to, as Apollo Federation has it: any mix of types, loaded in few calls."""

from collections.abc import Mapping
from typing import Any, Final

from floorgraph.model.errors import BadArgument
from floorgraph.model.ids import Kind
from loaders.scope import Scope
from resolvers.node import record_by_id

MOST_REPRESENTATIONS: Final = 1000
"""As many as a page has records at most."""

KINDS: Final[Mapping[str, Kind]] = {"".join(word.title() for word in kind.split("-")): kind for kind in Kind}
"""Name of a record's GraphQL type -> its kind."""

SOURCE: Final = "Source"


async def entity(scope: Scope, representation: Mapping[str, Any]) -> Any:
    """What a representation stands for, or None when there is no such thing.

    It is found by its type and its key, `id` for records and `key` for
    sources; whatever else the gateway sends along is left alone. Raises
    `BadArgument` or `BadId` for one that cannot be meant, and the
    `SourceFailure` when its source cannot say.
    """
    name = representation.get("__typename")
    if name == SOURCE:
        return scope.floor.get(_key(representation, "key"))
    kind = KINDS.get(name) if isinstance(name, str) else None
    if kind is None:
        raise BadArgument(
            f"'__typename' of a representation must be one of {', '.join(sorted([*KINDS, SOURCE]))}."
        )
    return await record_by_id(scope, _key(representation, "id"), kind)


def _key(representation: Mapping[str, Any], name: str) -> str:
    value = representation.get(name)
    if not isinstance(value, str):
        raise BadArgument(f"A representation of this type must have '{name}', a string.")
    return value
