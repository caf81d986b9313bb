"""From the bytes of an answer to JSON values: strict first, then with what the vendor's adapter can mend.

| body | outcome |
|---|---|
| valid UTF-8 JSON | read as it is; of duplicate keys the last one counts |
| with a byte order mark, or in UTF-16 | read; repair `byte order mark` |
| not UTF-8 | read in the declared character set, else Windows-1252; repair `character set` |
| NaN, Infinity, control characters in strings, 1e999 | refused, unless the vendor's repair mends it |
| nested more than 100 deep | refused |
| mended in part | read without the lost records; repair `salvage` |
| empty, or an HTML page | refused, and said so |
"""

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import accumulate, count
from operator import sub
from typing import Any

import msgspec

Repair = Callable[[str], tuple[str, tuple[str, ...]]]
"""A vendor's repair: malformed text -> mended text and the names of what was mended. Raises nothing."""
Salvage = Callable[[str], tuple[Any, tuple[str, ...]] | None]
"""A vendor's last resort: the value without its unreadable records, and their texts; None if all is lost."""

DEEPEST = 100

BYTE_ORDER_MARK = "byte order mark"
CHARACTER_SET = "character set"
SALVAGE = "salvage"

_CHARSET = re.compile(r"charset\s*=\s*\"?([\w.:-]+)", re.IGNORECASE)
_BRACKETS = bytes.maketrans(b"[{]}", b"\x02\x02\x00\x00")
_NOT_BRACKETS = bytes(byte for byte in range(256) if byte not in b"[{]}")


class NotJson(ValueError):
    """A body that cannot be read as JSON; the text says why and never quotes the body."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """What a body says."""

    value: Any
    repairs: tuple[str, ...] = ()
    """Names of the repairs that were needed to read it."""
    lost: tuple[str, ...] = ()
    """Texts of records that could not be read and are missing from `value`."""


def decode(
    body: bytes, content_type: str | None = None, repair: Repair | None = None, salvage: Salvage | None = None
) -> Decoded:
    """Read a body as JSON. Raises `NotJson`."""
    if not body.strip():
        raise NotJson("the body is empty")
    try:
        return Decoded(strict(body))
    except _TooDeep:
        raise
    except ValueError:
        text, repairs = _as_text(body, content_type)
    return _mend(text, repairs, repair, salvage)


class _TooDeep(NotJson):
    pass


def strict(body: bytes | str, deepest: int = DEEPEST) -> Any:
    """The value of a text that is JSON as the standard has it. Raises `NotJson`."""
    try:
        value = msgspec.json.decode(body)
    except RecursionError as error:
        raise _TooDeep(f"the body is nested more than {DEEPEST} deep") from error
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise NotJson(f"the body is not JSON: {error}") from error
    encoded = body if isinstance(body, bytes) else body.encode("utf-8", "surrogatepass")
    # Counting brackets also counts those within strings, so only a suspicion is looked into.
    if _most_brackets_open(encoded) > deepest and _depth(value) > deepest:
        raise _TooDeep(f"the body is nested more than {DEEPEST} deep")
    return value


def _most_brackets_open(body: bytes) -> int:
    """Upper bound of the nesting, at the speed of C: each bracket is worth 2 or 0, less 1 for being one."""
    steps = body.translate(_BRACKETS, _NOT_BRACKETS)
    return max(map(sub, accumulate(steps), count(1)), default=0)


def _depth(value: Any) -> int:
    deepest, level = 0, [value]
    while level and deepest <= DEEPEST:
        level = [item for holder in level for item in _contents(holder) if isinstance(item, list | dict)]
        deepest += 1
    return deepest


def _contents(holder: Any) -> Any:
    return holder.values() if isinstance(holder, dict) else holder if isinstance(holder, list) else ()


def _as_text(body: bytes, content_type: str | None) -> tuple[str, tuple[str, ...]]:
    repairs: tuple[str, ...] = ()
    if body.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return body.decode("utf-16", "replace"), (BYTE_ORDER_MARK,)
    if body.startswith(codecs.BOM_UTF8):
        body, repairs = body.removeprefix(codecs.BOM_UTF8), (BYTE_ORDER_MARK,)
    try:
        return body.decode("utf-8"), repairs
    except UnicodeDecodeError:
        return _in_other_set(body, content_type), (*repairs, CHARACTER_SET)


def _in_other_set(body: bytes, content_type: str | None) -> str:
    declared = _CHARSET.search(content_type or "")
    for name in (declared.group(1) if declared else "cp1252", "cp1252"):
        try:
            return body.decode(name)
        except (LookupError, ValueError):
            continue
    return body.decode("latin-1")


def _mend(text: str, repairs: tuple[str, ...], repair: Repair | None, salvage: Salvage | None) -> Decoded:
    if text.lstrip().startswith("<"):
        raise NotJson("the body is an HTML or XML page instead of JSON")
    try:
        return Decoded(strict(text), repairs)
    except _TooDeep:
        raise
    except NotJson as error:
        refusal = error
    if repair is not None:
        mended, names = repair(text)
        try:
            return Decoded(strict(mended), (*repairs, *names))
        except NotJson as error:
            refusal = error
    saved = salvage(text) if salvage is not None else None
    if saved is None:
        raise refusal
    value, lost = saved
    return Decoded(value, (*repairs, SALVAGE), lost)
