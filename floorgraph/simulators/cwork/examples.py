"""Replay: the JSON bodies of the vendor's document, verbatim, those that do not parse included.

`document_examples/` holds one file per body; its index says where in the document (line) each stands, for
which endpoint, and whether it is a request or a response.
"""

from dataclasses import dataclass
from importlib.resources import files

import orjson

from floorgraph.simulators.contract import Call, Reply
from floorgraph.simulators.cwork.errors import VendorError

FOLDER = "document_examples"


@dataclass(frozen=True, slots=True)
class Example:
    """A body shown in the vendor's document."""

    line: int
    """First line of the body in the text of the document."""
    method: str
    path: str
    """Path and query as the document writes them."""
    template: str
    """The endpoint's template."""
    role: str
    """`request` or `response`."""
    json: bool
    """Whether it is meant as JSON."""
    parses: bool
    """Whether it is valid JSON."""
    file: str
    status: int = 200

    @property
    def label(self) -> str:
        """The endpoint's label."""
        return f"{self.method} {self.template}"

    def content(self) -> bytes:
        """The body."""
        return (files(__package__) / FOLDER / self.file).read_bytes()


def all_examples() -> list[Example]:
    """All bodies in the order of the document."""
    index = (files(__package__) / FOLDER / "index.json").read_bytes()
    return [Example(**entry) for entry in orjson.loads(index)]


class Examples:
    """Which example answers which request."""

    def __init__(self) -> None:
        self._responses: dict[str, list[Example]] = {}
        for example in all_examples():
            if example.role == "response":
                self._responses.setdefault(example.label, []).append(example)
        self._contents = {
            example.line: example.content() for found in self._responses.values() for example in found
        }
        # The document shows GET for what takes a body; clients send POST.
        certify = "/documents/{document}/versions/{id}/certify"
        self._responses[f"POST {certify}"] = self._responses[f"GET {certify}"]

    def reply(self, label: str, call: Call) -> Reply | None:
        """The endpoint's example, if it has one; `?example=2` asks for the second of several."""
        found = self._responses.get(label)
        if not found:
            return None
        number = call.query.get("example", "1")
        if not number.isdigit() or not 1 <= int(number) <= len(found):
            raise VendorError(1010)
        example = found[int(number) - 1]
        kind = "application/json" if example.json and not label.endswith("/certify") else "application/text"
        return Reply(example.status, content=self._contents[example.line], content_type=kind)
