"""Makes many records of one kind: the same records that calling their class makes, several times as fast.

Calling a class with names costs more than all the rest of making a record of
thirty fields. A maker is a plain function written for a class and the fields
that are given: it sets those, and the defaults of the others.

    station = maker(Station, "id", "source", "remote_id", "observed_at", "updated_at", "name")
    made = station(id=key, source="north", remote_id="7", observed_at=at, updated_at=at, name="Mill 7")
"""

import dataclasses
from collections.abc import Callable
from typing import Any, Final, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

_PLAIN: Final = (None, True, False, ())
"""Defaults that stand in the function itself."""


def maker(owner: Callable[P, R], *given: str) -> Callable[P, R]:
    """A function that takes these fields by name or in this order, and makes an object of the class.

    Type checkers take it for the class itself.

    Raises `TypeError` for fields that the class does not have, for fields
    without a default that are not given, and for a class whose objects do
    more than hold their fields when they are made.
    """
    kind: Any = owner
    fields = {one.name: one for one in dataclasses.fields(kind)}
    unknown = [name for name in given if name not in fields]
    parameters: Any = getattr(kind, "__dataclass_params__", None)
    if unknown or hasattr(kind, "__post_init__") or parameters.frozen:
        raise TypeError(f"No maker of {kind.__name__} can be given {', '.join(unknown) or 'to anybody'}.")
    names: dict[str, Any] = {"_new": kind.__new__, "_owner": kind}
    lines = [f"def make({', '.join(given)}):", "    made = _new(_owner)"]
    lines += [
        f"    made.{name} = {name if name in given else _default(one, names)}" for name, one in fields.items()
    ]
    exec("\n".join([*lines, "    return made"]), names)  # noqa: S102  made here, from names of the class alone
    made: Callable[P, R] = names["make"]
    return made


def _default(found: "dataclasses.Field[Any]", names: dict[str, Any]) -> str:
    """What gives the default of a field, as text; `names` holds what the text refers to."""
    if found.default_factory is not dataclasses.MISSING:
        names[f"_{found.name}"] = found.default_factory
        return f"_{found.name}()"
    if found.default is dataclasses.MISSING:
        raise TypeError(f"'{found.name}' has no default and must be given.")
    if any(found.default is plain for plain in _PLAIN):
        return repr(found.default)
    names[f"_{found.name}"] = found.default
    return f"_{found.name}"
