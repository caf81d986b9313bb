"""What the vendors can do at best, from their manifests."""

from typing import cast

from graphql import GraphQLEnumType

from floorgraph.model.source import Capability
from floorgraph.vendors.floor import manifests
from scripts.docs.blocks import on_one_line, table
from scripts.docs.roots import schema


def capabilities(_words: str) -> str:
    """A row per capability, a column per vendor with what it takes."""
    vendors = manifests()
    known = cast(GraphQLEnumType, schema().get_type("Capability"))
    heads = [f"[{manifest.title.split()[0]}]({vendor}.md)" for vendor, manifest in vendors.items()]
    rows = [
        (
            f"`{name.value}`",
            on_one_line(known.values[name.value].description or "").removesuffix("."),
            *(manifest.capabilities.get(name, "-") for manifest in vendors.values()),
        )
        for name in Capability
    ]
    sent = [f"[{len(manifest.commands)}]({vendor}.md#commands)" for vendor, manifest in vendors.items()]
    return table(("capability", "what it is", *heads), [*rows, ("", "Commands", *sent)])
