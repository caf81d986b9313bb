"""Answers as JSON. What the fast path made is written as it is; so is what graphql-core made."""

import re
from typing import Any, Final

import msgspec

_HALF: Final = re.compile("[\ud800-\udfff]")
"""Half of a surrogate pair, which is no character and has no bytes in UTF-8."""


def _plain(value: Any) -> Any:
    """Subclasses of the plain types, as which they are written. Raises `TypeError` for anything else."""
    for kind in (str, int, float):
        if isinstance(value, kind):
            return kind(value)
    raise TypeError(f"There is no JSON for {type(value).__name__}.")


_ENCODER: Final = msgspec.json.Encoder(enc_hook=_plain)


def written(data: object) -> bytes:
    """The JSON of an answer, or of the payload of an event.

    Where text is not Unicode there is U+FFFD; only adapters that do not read JSON can have such text. Raises
    `TypeError`, `ValueError` or `RecursionError` for what JSON has no words for.
    """
    try:
        return _ENCODER.encode(data)
    except UnicodeEncodeError:
        return _ENCODER.encode(_in_unicode(msgspec.to_builtins(data, enc_hook=_plain)))


def _in_unicode(value: Any) -> Any:
    if isinstance(value, str):
        return _HALF.sub("\ufffd", value)
    if isinstance(value, dict):
        return {_in_unicode(key): _in_unicode(one) for key, one in value.items()}
    return [_in_unicode(one) for one in value] if isinstance(value, list | tuple) else value
