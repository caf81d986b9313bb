"""Answers as JSON. What the fast path made is written as it is; so is what graphql-core made."""

from typing import Any, Final

import msgspec


def _plain(value: Any) -> Any:
    """Subclasses of the plain types, as which they are written. Raises `TypeError` for anything else."""
    for kind in (str, int, float):
        if isinstance(value, kind):
            return kind(value)
    raise TypeError(f"There is no JSON for {type(value).__name__}.")


_ENCODER: Final = msgspec.json.Encoder(enc_hook=_plain)


def written(data: object) -> bytes:
    """The JSON of an answer, or of the payload of an event.

    Raises `TypeError` for what JSON has no words for, and `UnicodeEncodeError` for text that is not Unicode.
    """
    return _ENCODER.encode(data)
