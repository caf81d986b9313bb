"""GraphQL documents made up at random over the schema: any field, argument, fragment and directive."""

import random
from typing import Any

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_required_argument,
)

IDS = (
    "north:station:0", "north:station:1", "south:station:1", "north:job:0", "north:job:1", "south:job:2",
    "north:order:1", "north:piece:0", "south:layout:1", "north:batch:1", "north:program:0",
    "south:program-version:1", "north:alarm:0", "north:job-folder:1", "north:station:99", "east:job:1",
    "nonsense",
)  # fmt: skip
SCALARS: dict[str, tuple[str, ...]] = {
    "String": ('"north"', '"south"', '"1"', '"Mill"', '""'),
    "Int": ("0", "1", "2", "3", "50", "-1", "1001", "10001"),
    "Float": ("0", "1.5", "-1", "60"),
    "Boolean": ("true", "false"),
    "DateTime": ('"2026-03-02T12:00:01Z"', '"2026-03-01T00:00:00+01:00"', '"2026-03-02T12:00:01"'),
    "JSON": ("{}", '{status: "new"}', "3"),
    "_Any": (
        '{__typename: "Station", id: "north:station:1"}',
        '{__typename: "Job", id: "north:job:0"}',
        '{__typename: "Source", key: "north"}',
        '{__typename: "Nope", id: "x"}',
    ),
}
VARIABLES = {"yes": "Boolean = true", "no": "Boolean!", "count": "Int", "id": "ID!", "text": "String = null"}


class Author:
    """Writes one document."""

    def __init__(self, schema: GraphQLSchema, dice: random.Random, size: int) -> None:
        self._schema = schema
        self._dice = dice
        self._left = size
        self._fragments: list[str] = []
        self._open: list[tuple[str, str]] = []
        self._aliases = 0

    def query(self) -> tuple[str, dict[str, Any]]:
        """The document's text and the variables to go with it."""
        root: Any = self._schema.query_type
        body = self.selection(root, 0)
        return self._operation("query Q", body), self._values()

    def subscription(self, changes: str) -> tuple[str, dict[str, Any]]:
        """A subscription to that field, whose events select at random, and its variables."""
        root: Any = self._schema.subscription_type
        owner: Any = get_named_type(root.fields[changes].type)
        body = f"{{ {changes} {self.selection(owner, 1)} }}"
        return self._operation("subscription S", body), self._values()

    def _operation(self, head: str, body: str) -> str:
        text = f"{body} {' '.join(self._fragments)}"
        used = ", ".join(f"${name}: {kind}" for name, kind in VARIABLES.items() if f"${name}" in text)
        return f"{head}{f'({used})' if used else ''} {text}"

    def _values(self) -> dict[str, Any]:
        values: dict[str, Any] = {"no": self._dice.random() < 0.5, "id": self._dice.choice(IDS)}
        for name, choices in (
            ("yes", (True, False, None)),
            ("count", (0, 2, -1, None)),
            ("text", ("1", None)),
        ):
            if self._dice.random() < 0.5:
                values[name] = self._dice.choice(choices)
        return values

    def selection(self, owner: Any, depth: int) -> str:
        """A selection set on an object, interface or union."""
        dice = self._dice
        parts: list[str] = []
        fields = getattr(owner, "fields", {})
        names = [name for name in fields if not name.startswith("__") and name != "_service"]
        for name in dice.sample(names, min(len(names), dice.randint(1, 5 if depth else 3))):
            parts += self._field(name, fields[name], depth)
        if dice.random() < 0.3 or not parts:
            parts.append("__typename" if dice.random() < 0.7 else "kindOfThing: __typename")
        parts += self._conditional(owner, depth)
        dice.shuffle(parts)
        return "{ " + " ".join(parts) + " }"

    def _conditional(self, owner: Any, depth: int) -> list[str]:
        dice = self._dice
        parts: list[str] = []
        if depth > 5 or self._left < 0:
            return parts
        abstract = isinstance(owner, GraphQLInterfaceType | GraphQLUnionType)
        while dice.random() < (0.6 if abstract else 0.15):
            narrowed = owner
            if abstract:
                narrowed = dice.choice(self._schema.get_possible_types(owner))
            elif getattr(owner, "interfaces", ()) and dice.random() < 0.5:
                narrowed = dice.choice(owner.interfaces)
            body = self.selection(narrowed, depth + 2)
            condition = f"on {narrowed.name}"
            if dice.random() < 0.5:
                name = f"F{len(self._fragments)}"
                self._fragments.append(f"fragment {name} {condition} {body}")
                parts.append(f"...{name} {self._directives()}")
                self._open.append((name, narrowed.name))
            else:
                parts.append(f"... {condition} {self._directives()} {body}")
        return parts

    def _field(self, name: str, field: GraphQLField, depth: int) -> list[str]:
        self._left -= 1
        dice = self._dice
        # Without arguments a key can stand for different things on different types.
        plain = dice.random() < 0.3 and not any(map(is_required_argument, field.args.values()))
        arguments = "" if plain else self._arguments(field)
        named: Any = get_named_type(field.type)
        body = ""
        if not is_leaf_type(named):
            if depth > 6 or self._left < 0:
                return []
            body = self.selection(named, depth + 1)
        alias = ""
        if arguments or dice.random() < 0.1:
            self._aliases += 1
            alias = f"a{self._aliases}: "
        text = f"{alias}{name}{arguments} {self._directives()} {body}"
        return [text, text] if dice.random() < 0.05 else [text]

    def _directives(self) -> str:
        dice = self._dice
        if dice.random() > 0.12:
            return ""
        value = dice.choice(["true", "false", "$yes", "$no"])
        return f"@{dice.choice(['skip', 'include'])}(if: {value})"

    def _arguments(self, field: GraphQLField) -> str:
        given = []
        for name, argument in field.args.items():
            needed = is_non_null_type(argument.type) and argument.default_value is None
            if needed or is_non_null_type(argument.type) or self._dice.random() < 0.2:
                given.append(f"{name}: {self._argument(name, argument)}")
        return f"({', '.join(given)})" if given else ""

    def _argument(self, name: str, argument: GraphQLArgument) -> str:
        dice = self._dice
        if name == "first" and dice.random() < 0.3:
            return "$count"
        if name == "id" and dice.random() < 0.3:
            return "$id"
        return self._literal(argument.type)

    def _literal(self, found: Any) -> str:
        dice = self._dice
        if not is_non_null_type(found) and dice.random() < 0.05:
            return "null"
        found = get_nullable_type(found)
        if is_list_type(found):
            items = [self._literal(found.of_type) for _ in range(dice.randrange(1, 4))]
            return f"[{', '.join(items)}]"
        if isinstance(found, GraphQLEnumType):
            return str(dice.choice(list(found.values)))
        if isinstance(found, GraphQLInputObjectType):
            chosen = [
                name
                for name, field in found.fields.items()
                if dice.random() < 0.15 or (is_non_null_type(field.type) and field.default_value is None)
            ]
            needed = [name for name, field in found.fields.items() if is_non_null_type(field.type)]
            names = dict.fromkeys([*needed, *chosen])
            return (
                "{" + ", ".join(f"{name}: {self._literal(found.fields[name].type)}" for name in names) + "}"
            )
        if found.name == "ID":
            return f'"{dice.choice(IDS)}"'
        return dice.choice(SCALARS[found.name])
