"""Multipart bodies of uploads."""

from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP

from floorgraph.simulators.cloudnest.errors import Refused
from floorgraph.simulators.contract import Call


@dataclass(slots=True)
class Form:
    """Fields by name, and files by file name."""

    fields: dict[str, str] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """A field that must be there."""
        if not self.fields.get(name):
            raise Refused("parameter", name)
        return self.fields[name]


def form(call: Call) -> Form:
    """The form in the body."""
    kind = call.headers.get("content-type", "")
    if not kind.lower().startswith("multipart/form-data"):
        raise Refused("parameter", "Content-Type")
    message = BytesParser(policy=HTTP).parsebytes(b"Content-Type: " + kind.encode() + b"\r\n\r\n" + call.body)
    found = Form()
    for part in message.iter_parts():
        content = part.get_payload(decode=True)
        name, filename = part.get_param("name", header="content-disposition"), part.get_filename()
        if not isinstance(content, bytes) or not isinstance(name, str):
            continue
        if filename is not None:
            found.files[filename] = content
        else:
            found.fields[name] = content.decode("utf-8", "replace")
    return found
