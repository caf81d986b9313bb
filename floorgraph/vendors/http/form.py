"""Forms with files (`multipart/form-data`), as the HTTP library writes them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx2


@dataclass(frozen=True, slots=True)
class Form:
    """Fields by name, and files by the name of their field: file name, content, media type."""

    fields: Mapping[str, str]
    files: Mapping[str, tuple[str, bytes, str]] = field(default_factory=dict)

    def encoded(self) -> tuple[bytes, str]:
        """The body, and its Content-Type with the boundary."""
        request = httpx2.Request("POST", "http://form/", data=dict(self.fields), files=dict(self.files))
        return request.read(), request.headers["Content-Type"]
