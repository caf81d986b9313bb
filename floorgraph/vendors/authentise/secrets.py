"""Secrets: what is never passed on, neither in `raw` nor with the vendor's own resources.

Passwords and logins of machines, codes that log people in, keys of partners,
and signed links, which open a file for whoever has them.
"""

import re
from functools import lru_cache
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

HIDDEN: Final = "(hidden)"
"""Stands in place of what is not passed on."""
_NAMES: Final = re.compile(
    r"passw|secret|token|api_?key|private_?key|credential|qr_?logon|qr_?code|contactless|signature|cookie|jwt",
    re.IGNORECASE,
)
_LINKS: Final = frozenset(
    {
        "content",
        "snapshot_content",
        "content_download",
        "content_parsed_download",
        "content_upload",
        "upload_location",
        "upload-location",
        "callback_url",
    }
)
"""Fields that hold links to files or to partners, signed or not."""
_LOGINS: Final = {"modeler": frozenset({"username", "password"})}
_SIGNED: Final = frozenset(
    {"signature", "x-amz-signature", "x-goog-signature", "sig", "awsaccesskeyid", "token", "key-pair-id"}
)
_TOLD: Final = frozenset({"previous_value", "current_value"})
DEEPEST: Final = 32


def without_secrets(resource: str, payload: Any) -> Any:
    """The payload with everything secret replaced; objects and lists without secrets stay as they are."""
    logins = _LOGINS.get(resource, frozenset())
    if resource == "event" and isinstance(payload, dict) and _tells_secret(payload.get("key")):
        payload = payload | dict.fromkeys(_TOLD & payload.keys(), HIDDEN)
    return _cleaned(payload, logins, 0)


def _tells_secret(key: Any) -> bool:
    """Whether an event is about a field that is secret on some resource."""
    return isinstance(key, str) and (is_secret(key) or any(key in names for names in _LOGINS.values()))


@lru_cache(maxsize=4096)
def is_secret(name: str) -> bool:
    """Whether a field of this name holds a secret, whatever resource it belongs to."""
    return name in _LINKS or _NAMES.search(name) is not None


def _cleaned(value: Any, logins: frozenset[str], depth: int) -> Any:
    if depth > DEEPEST:
        return HIDDEN
    if isinstance(value, dict):
        return _changed(value, {name: _field(name, one, logins, depth) for name, one in value.items()})
    if isinstance(value, list):
        cleaned = [_cleaned(one, logins, depth + 1) for one in value]
        return value if all(a is b for a, b in zip(cleaned, value, strict=True)) else cleaned
    return HIDDEN if isinstance(value, str) and _is_signed(value) else value


def _field(name: str, value: Any, logins: frozenset[str], depth: int) -> Any:
    secret = name in logins or is_secret(name)
    if secret and value not in (None, "", [], {}) and not isinstance(value, bool):
        return HIDDEN
    return _cleaned(value, logins, depth + 1)


def _changed(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    return before if all(after[name] is value for name, value in before.items()) else after


def _is_signed(text: str) -> bool:
    """Whether a text is a link that carries its own permission."""
    if "?" not in text or "://" not in text[:12]:
        return False
    try:
        names = {name.lower() for name, _ in parse_qsl(urlsplit(text).query)}
    except ValueError:
        return True
    return not names.isdisjoint(_SIGNED)
