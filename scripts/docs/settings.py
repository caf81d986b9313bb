"""Tables of settings: name, default and meaning, from the settings themselves."""

from collections.abc import Mapping
from enum import Enum
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from floorgraph.settings import KeySettings
from floorgraph.settings.limits import LimitTable
from floorgraph.settings.reading import TABLES
from floorgraph.vendors.floor import manifests
from floorgraph.vendors.source_settings import SourceSettings
from scripts.docs.blocks import on_one_line, table

LONGEST = 60
"""Letters of a default that fit into a table."""


def models() -> Mapping[str, type[BaseModel]]:
    """Every kind of table that a configuration may have, by the words for it in pages."""
    return {
        **TABLES,
        "keys": KeySettings,
        "sources": SourceSettings,
        **{f"sources {name}": manifest.settings for name, manifest in manifests().items()},
    }


def settings(words: str) -> str:
    """The table of one kind; for a vendor's sources only what the vendor adds."""
    model = models()[words]
    shared = SourceSettings.model_fields if words.startswith("sources ") else {}
    rows = [
        (f"`{name}`", default(field), on_one_line(field.description or "").removesuffix("."))
        for name, field in model.model_fields.items()
        if name not in shared
    ]
    return table(("key", "default", "meaning"), rows)


def default(field: FieldInfo) -> str:
    """A default as it would stand in TOML."""
    if field.is_required():
        return "needed"
    value = field.get_default(call_default_factory=True, validated_data={})
    return "none" if value is None else written(value)


def written(value: Any) -> str:
    """A value as it would stand in TOML; a dash where there is nothing short to write."""
    text = plain(value)
    return f"`{text}`" if text and len(text) <= LONGEST else "-"


def plain(value: Any) -> str:
    """A value in TOML."""
    match value:
        case LimitTable():
            return str(value.most)
        case bool():
            return str(value).lower()
        case Enum():
            return f'"{value.value}"'
        case str():
            return f'"{value}"'
        case int() | float():
            return str(value)
        case BaseModel():
            return plain(value.model_dump(exclude_none=True))
        case Mapping():
            inside = ", ".join(f"{name} = {plain(one)}" for name, one in value.items())
            return f"{{ {inside} }}" if inside else "{}"
        case tuple() | list() | frozenset():
            return f"[{', '.join(map(plain, value))}]"
        case _:
            return ""
