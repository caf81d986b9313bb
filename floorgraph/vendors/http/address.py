"""Addresses of vendor servers: what a base URL may be, and how ids become parts of paths."""

from typing import Annotated
from urllib.parse import quote

import httpx2
from pydantic import AfterValidator


def check_base_url(text: str) -> str:
    """A base URL without a trailing slash.

    Raises `ValueError` for anything but http or https with a host and perhaps
    a port and a path. The message does not repeat the URL, which may hold a password.
    """
    try:
        url = httpx2.URL(text)
    except (httpx2.InvalidURL, UnicodeError) as error:
        raise ValueError("base_url is not a URL") from error
    if url.scheme not in ("http", "https") or not url.host or "%" in url.host or port_of(url) > 65535:
        raise ValueError("base_url must begin with http:// or https:// and name a host")
    if url.userinfo:
        raise ValueError("base_url must not hold a user or password; use the settings for credentials")
    if url.query or url.fragment:
        raise ValueError("base_url must not have a query or a fragment")
    return text.rstrip("/")


BaseUrl = Annotated[str, AfterValidator(check_base_url)]
"""A setting with the address of a vendor server, path included."""


def segment(value: object) -> str:
    """An id as one part of a path, so that nothing in it can lead elsewhere."""
    quoted = quote(str(value), safe="")
    return quoted.replace(".", "%2E") if set(quoted) == {"."} else quoted


def port_of(url: httpx2.URL) -> int:
    """The port that a URL means."""
    return url.port or (443 if url.scheme == "https" else 80)


def place(url: httpx2.URL) -> tuple[str, str, int]:
    """Scheme, host and port: what credentials are bound to."""
    return url.scheme, url.host, port_of(url)
