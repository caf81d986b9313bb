"""The signature of requests (section 2): md5 over appId, appSecret and time stamp, one after the other."""

from collections.abc import Mapping
from hashlib import md5

STYLES: Mapping[str, tuple[str, str, str]] = {
    "dash": ("app-id", "time-stamp", "app-sign"),
    "camel": ("appId", "timestamp", "appSign"),
}


def sign(app_id: str, app_secret: str, stamp: str) -> str:
    """The signature as lower-case hex digits."""
    # The vendor's choice, not ours: nothing here relies on it being strong.
    return md5((app_id + app_secret + stamp).encode(), usedforsecurity=False).hexdigest()


def signed_headers(style: str, app_id: str, app_secret: str, seconds: float) -> dict[str, str]:
    """The headers for a request at a time in seconds since 1970; the secret is in none of them."""
    stamp = f"{round(seconds * 1000):013d}"
    names = STYLES[style]
    return dict(zip(names, (app_id, stamp, sign(app_id, app_secret, stamp)), strict=True))
