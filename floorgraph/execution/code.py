"""Python code from a plan: one function per selection, which walks a list of parents in one loop.

The code knows the common case alone: values of the declared types. Whatever
else it meets raises, and the level is walked again by `floorgraph.execution.completion`,
value by value and exactly as graphql-core would.

Objects of the answer are dicts. Those of an answer that only goes to JSON, and
wait for nothing to be loaded, are rows: structs that are made in a quarter of the time and
written in half.
"""

import linecache
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

import msgspec
from graphql import (
    get_named_type,
    get_nullable_type,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)

from floorgraph.execution.leaves import Leaf, leaf_of
from floorgraph.execution.plan import Field, Selection, selections_of
from floorgraph.execution.ways import TYPENAME, Step

Level = Callable[[list[Any], Any], list[Any]]
"""parents, run -> what is selected of each, in their order."""

MOST_ROWS: Final = 1024
_INDENT: Final = "        "


class Unusual(Exception):
    """A value that generated code leaves to `completion`."""


@dataclass(frozen=True, slots=True)
class Code:
    """The functions of a plan, for as long as somebody has it."""

    source: str
    """As text, for people."""
    levels: dict[int, Level]
    """By the numbers of their selections."""
    names: dict[str, Any] = field(repr=False)
    """What the functions know each other and everything else by."""

    def __del__(self) -> None:
        # Functions refer to their names and these to them: plans would stay until Python looks for cycles.
        self.names.clear()


def code_of(root: Selection, *, for_json: bool = False) -> Code:
    """Generate and compile the functions of a plan; `for_json` as in `leaf_of`."""
    writer = _Writer(for_json=for_json)
    selections = list(selections_of(root))
    for selection in selections:
        writer.write(selection)
    source = "\n\n".join(writer.parts)
    name = f"<floorgraph plan {id(root):x}>"
    exec(compile(source, name, "exec"), writer.names)  # noqa: S102  made here, from names of the schema alone
    # Tracebacks and debuggers find the text there; it goes when the names do.
    linecache.cache.pop(name, None)
    levels = {found.number: writer.names[f"level_{found.number}"] for found in selections}
    return Code(source, levels, writer.names)


class _Writer:
    def __init__(self, *, for_json: bool) -> None:
        self._for_json = for_json
        self.parts: list[str] = []
        self.names: dict[str, Any] = {"unusual": _unusual}

    def write(self, selection: Selection) -> None:
        number = selection.number
        self.names[f"known_{number}"] = known = set[type]()
        self.names[f"check_{number}"] = _check(selection, known)
        inline = not selection.steps_within
        body, entries, deep = self._body(selection)
        made = self._made(selection, entries)
        lines = [f"def level_{number}(parents, run):  # {selection.type}", "    made = []"]
        lines += [f"    if not known_{number}.issuperset(map(type, parents)): check_{number}(parents)"]
        lines += ["    for v in parents:", *body, f"{_INDENT}made.append({made})"]
        lines += self._after(selection, deep)
        self.parts.append("\n".join([*lines, "    return made"]))
        if inline:
            outdented = [line[4:] for line in body]
            check = f"    if type(v) not in known_{number}: check_{number}((v,))"
            self.parts.append("\n".join([f"def one_{number}(v):", check, *outdented, f"    return {made}"]))

    def _made(self, selection: Selection, entries: dict[str, str]) -> str:
        if selection.steps_within or not self._for_json:
            return "{" + ", ".join(f"{key!r}: {value}" for key, value in entries.items()) + "}"
        self.names[f"row_{selection.number}"] = row_of(tuple(entries))
        return f"row_{selection.number}({', '.join(entries.values())})"

    def _body(self, selection: Selection) -> tuple[list[str], dict[str, str], list[Field]]:
        body: list[str] = []
        entries: dict[str, str] = {}
        deep: list[Field] = []
        for found in selection.fields:
            if found.name == TYPENAME:
                entries[found.key] = repr(selection.type.name)
            elif isinstance(found.way, Step):
                entries[found.key] = "None"
            elif found.steps_within:
                entries[found.key] = "None"
                deep.append(found)
            else:
                body += [_INDENT + line for line in self._value(found)]
                entries[found.key] = f"a{found.number}"
        return body, entries, deep

    def _after(self, selection: Selection, deep: list[Field]) -> list[str]:
        # All is read before anything is completed: what was completed must not be completed again.
        lines = [f"    deep_{found.number} = [{self._read(found)} for v in parents]" for found in deep]
        for found in deep:
            self.names[f"field_{found.number}"] = found
            lines += [
                f"    for d, value in zip(made, run.complete(field_{found.number}, deep_{found.number})):",
                f"{_INDENT}d[{found.key!r}] = value",
            ]
        for found in selection.fields:
            if isinstance(found.way, Step):
                self.names[f"field_{found.number}"] = found
                lines.append(f"    run.wait(field_{found.number}, parents, made)")
        return lines

    def _read(self, found: Field) -> str:
        way: Any = found.way
        if way.function is not None:
            self.names[f"function_{found.number}"] = way.function
            return f"function_{found.number}(v)"
        return f"v.{way.attribute}"

    def _value(self, found: Field) -> list[str]:
        """Statements that put the value into `a<number>`."""
        name = f"a{found.number}"
        nullable = not is_non_null_type(found.type)
        inner: Any = get_nullable_type(found.type)
        read = f"{name} = {self._read(found)}"
        named = get_named_type(found.type)
        leaf = self._leaf(named, found.number) if is_leaf_type(named) else None
        if is_list_type(inner):
            return [read, *self._list(found, name, inner.of_type, leaf, nullable=nullable)]
        if leaf is not None:
            return [read, *_leaf_statements(leaf, name, found.number, nullable=nullable)]
        condition = f"if {name} is not None: " if nullable else ""
        return [read, f"{condition}{name} = {self._object(found, name)}"]

    def _list(self, found: Field, name: str, item: Any, leaf: Leaf | None, *, nullable: bool) -> list[str]:
        if leaf is None:
            value = self._object(found, "x")
        elif leaf.test is None:
            value = f"leaf_{found.number}(x)"
        else:
            value = f"({leaf.result.format('x')} if {leaf.test.format('x')} else leaf_{found.number}(x))"
        if not is_non_null_type(item):
            value = f"(None if x is None else {value})"
        build = f"{name} = [{value} for x in {name}]"
        if leaf is None and is_non_null_type(item) and not is_abstract_type(get_named_type(item)):
            (below,) = found.selections.values()
            # Nothing is loaded within, so that there is no run to tell of it.
            build = f"{name} = level_{below.number}({name}, None)"
        test = f"if type({name}) is list or type({name}) is tuple: {build}"
        return [test, f"elif {name} is not None: unusual()" if nullable else "else: unusual()"]

    def _object(self, found: Field, name: str) -> str:
        named = get_named_type(found.type)
        if not is_abstract_type(named):
            (below,) = found.selections.values()
            return f"one_{below.number}({name})"
        return f"unusual({name})"

    def _leaf(self, named: Any, number: int) -> Leaf:
        leaf = leaf_of(named, number, for_json=self._for_json)
        self.names |= leaf.names | {f"leaf_{number}": leaf.coerce}
        return leaf


@lru_cache(maxsize=MOST_ROWS)
def row_of(keys: tuple[str, ...]) -> type[msgspec.Struct]:
    """The class of rows with these response keys, in their order."""
    names = [f"value_{number}" for number in range(len(keys))]
    renamed = dict(zip(names, keys, strict=True))
    return msgspec.defstruct("Row", [(name, object) for name in names], rename=renamed, gc=False)


def _leaf_statements(leaf: Leaf, name: str, number: int, *, nullable: bool) -> list[str]:
    rest = f"elif {name} is not None: " if nullable else "else: "
    coerced = f"{name} = leaf_{number}({name})"
    if leaf.test is None:
        return [f"if {name} is not None: {coerced}" if nullable else coerced]
    test, result = leaf.test.format(name), leaf.result.format(name)
    if result == name:
        absent = f" and {name} is not None" if nullable else ""
        return [f"if not ({test}){absent}: {coerced}"]
    return [f"if {test}: {name} = {result}", rest + coerced]


def _unusual(_value: object = None) -> Any:
    raise Unusual


def _check(selection: Selection, known: set[type]) -> Callable[[Iterable[Any]], None]:
    """Make sure that objects are of the selection's type; asked only where one is of a new class."""
    is_type_of: Any = selection.type.is_type_of

    def check(values: Iterable[Any]) -> None:
        for value in values:
            if value is None or isinstance(value, Exception) or (is_type_of and not is_type_of(value, None)):
                raise Unusual
            known.add(type(value))

    return check
