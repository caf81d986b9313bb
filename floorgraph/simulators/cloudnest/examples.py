"""The one answer the vendor's document prints whole: the job tree of "job info, flat view"."""

from importlib.resources import files
from typing import Any

import orjson


def document_text() -> bytes:
    """The body as printed."""
    return (files("floorgraph.simulators.cloudnest") / "document_examples" / "job_info_v2.json").read_bytes()


def document_tree() -> list[dict[str, Any]]:
    """Its rows."""
    rows: list[dict[str, Any]] = orjson.loads(document_text())["data"]
    return rows
