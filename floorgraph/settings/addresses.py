"""Names and addresses in the configuration, checked before anything relies on them."""

import re
from ipaddress import ip_network
from typing import Annotated, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator

ANY: Final = "*"
_NAME: Final = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?")


def _origin(text: str) -> str:
    if text != ANY and not _is_origin(text):
        raise ValueError(f"'{text[:80]}' is no origin; expected one such as 'https://dashboard.example'")
    return text


def _is_origin(text: str) -> bool:
    try:
        url = urlsplit(text)
        named = bool(url.scheme and url.hostname) and url.port != 0
    except ValueError:
        return False
    return named and text.rstrip("/") == f"{url.scheme}://{url.netloc}" and "@" not in url.netloc


def _network(text: str) -> str:
    try:
        ip_network(text)
    except ValueError:
        raise ValueError(
            f"'{text[:80]}' is no address such as '10.0.0.5', and no network such as '10.0.0.0/24'"
        ) from None
    return text


def _host_name(text: str) -> str:
    if text != ANY and not _NAME.fullmatch(text):
        raise ValueError(f"'{text[:80]}' is no name of a host; expected one without scheme and port")
    return text


Origin = Annotated[str, AfterValidator(_origin)]
"""Scheme, host and perhaps port of a page; `*` for any."""
Network = Annotated[str, AfterValidator(_network)]
"""One address, or a network of them."""
HostName = Annotated[str, AfterValidator(_host_name)]
"""A name by which a server may be asked; `*` for any."""
