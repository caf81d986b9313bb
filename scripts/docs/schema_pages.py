"""The reference of the schema, one page per sort of type. Made for the site alone."""

from collections.abc import Iterator, Mapping
from inspect import cleandoc

from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLUnionType,
    get_named_type,
    print_ast,
)

from scripts.docs.blocks import on_one_line, table

PAGES: Mapping[str, tuple[str, tuple[type[GraphQLNamedType], ...]]] = {
    "operations": ("Operations", ()),
    "objects": ("Types", (GraphQLObjectType, GraphQLInterfaceType, GraphQLUnionType)),
    "inputs": ("Input types", (GraphQLInputObjectType,)),
    "words": ("Words and scalars", (GraphQLEnumType, GraphQLScalarType)),
}
BUILT_IN = {"Boolean", "Float", "ID", "Int", "String"}


def schema_pages(schema: GraphQLSchema) -> Iterator[tuple[str, str]]:
    """Name and text of each page."""
    places = {one.name: page_of(schema, one) for one in documented(schema)}
    for page, (title, _) in PAGES.items():
        types = [one for one in documented(schema) if places[one.name] == page]
        sections = [section(one, page, places) for one in types]
        yield page, "\n\n".join([f"# {title}", *sections]) + "\n"


def documented(schema: GraphQLSchema) -> list[GraphQLNamedType]:
    """Every type that is not GraphQL's own."""
    return [
        one
        for name, one in sorted(schema.type_map.items())
        if not name.startswith("__") and name not in BUILT_IN
    ]


def page_of(schema: GraphQLSchema, one: GraphQLNamedType) -> str:
    """The page that a type stands on."""
    if one in (schema.query_type, schema.mutation_type, schema.subscription_type):
        return "operations"
    return next(page for page, (_, sorts) in PAGES.items() if isinstance(one, sorts))


def section(one: GraphQLNamedType, page: str, places: Mapping[str, str]) -> str:
    """All about one type."""

    def shown(kind: object) -> str:
        """A type as a link to what it is made of."""
        name = get_named_type(kind).name  # type: ignore[call-overload]
        if name not in places:
            return f"`{kind}`"
        file = "" if places[name] == page else f"{places[name]}.md"
        return f"[`{kind}`]({file}#{name.lower()})"

    parts = [f"## {one.name}", cleandoc(one.description or "")]
    rows: list[tuple[str, ...]]
    if isinstance(one, GraphQLObjectType | GraphQLInterfaceType) and one.interfaces:
        parts.append("Implements " + ", ".join(map(shown, one.interfaces)) + ".")
    if isinstance(one, GraphQLUnionType):
        parts.append("One of " + ", ".join(map(shown, one.types)) + ".")
    if isinstance(one, GraphQLEnumType):
        rows = [(f"`{name}`", on_one_line(value.description or "")) for name, value in one.values.items()]
        parts.append(table(("word", "meaning"), rows))
    if isinstance(one, GraphQLInputObjectType):
        rows = [(f"`{name}`", shown(field.type), meaning(field)) for name, field in one.fields.items()]
        parts.append(table(("field", "type", "meaning"), rows))
    if isinstance(one, GraphQLObjectType | GraphQLInterfaceType):
        rows = []
        for name, field in one.fields.items():
            rows.append((f"`{name}`", shown(field.type), meaning(field)))
            rows += [
                (f"↳ `{word}`", shown(argument.type), meaning(argument))
                for word, argument in field.args.items()
            ]
        parts.append(table(("field, ↳ argument", "type", "meaning"), rows))
    return "\n\n".join(filter(None, parts))


def meaning(one: GraphQLField | GraphQLInputField | GraphQLArgument) -> str:
    """A description, with the default and what to use instead."""
    text = on_one_line(one.description or "")
    if isinstance(one, GraphQLInputField | GraphQLArgument) and one.ast_node and one.ast_node.default_value:
        text += f" Default: `{print_ast(one.ast_node.default_value)}`."
    if one.deprecation_reason:
        text += f" **Deprecated:** {on_one_line(one.deprecation_reason)}"
    return text
