"""Ids of this API in what is passed on to the vendor, which knows records by their addresses."""

from typing import Any

from floorgraph.model.errors import BadId
from floorgraph.model.ids import GlobalId
from floorgraph.vendors.authentise.commands.reading import Reading
from floorgraph.vendors.authentise.links import ref_of_id


def linked(value: Any, reading: Reading) -> Any:
    """The value with the source's own ids in place of addresses, at any depth."""
    if isinstance(value, dict):
        return {name: linked(one, reading) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [linked(one, reading) for one in value]
    if not isinstance(value, str) or not value.startswith(f"{reading.server.settings.key}:"):
        return value
    try:
        GlobalId.parse(value)
    except BadId:
        return value
    ref = ref_of_id(value)
    return value if ref is None else reading.link(ref)
