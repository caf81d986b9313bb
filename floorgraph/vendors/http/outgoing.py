"""Requests about to be sent, and the credentials that go with them."""

import base64
import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

SAFE: Final = frozenset({"GET", "HEAD"})
"""Methods that may be sent again by themselves; nothing else ever is."""
SEE_THERE: Final = frozenset({302, 303})
"""Redirects that may lead to what came of a request; 307 and 308 lead to who is to be asked instead."""

Parameters = Mapping[str, str | int | float | bool]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A request about to be sent, for credentials that depend on it."""

    method: str
    path: str
    params: Parameters
    body: bytes = field(repr=False)
    reads: bool = False
    """Whether it only reads, whatever its method says."""

    once: bool = False
    """Whether it changes something, whatever its method says."""

    @property
    def repeatable(self) -> bool:
        """Whether it can be sent again by itself without harm."""
        return self.reads or (self.method in SAFE and not self.once)

    def may_be_done(self, redirect: int) -> bool:
        """Whether it may have been carried out although the answer is a redirect of that status.

        Servers that answer a POST with 301 often mean 303, as they do with 302.
        """
        return not self.repeatable and (redirect in SEE_THERE or (redirect, self.method) == (301, "POST"))


Auth = Mapping[str, str] | Callable[[Outgoing], Mapping[str, str]]
"""Headers with credentials, fixed or made per request."""


def basic(user: str, password: str = "") -> dict[str, str]:
    """The header of HTTP Basic authentication."""
    encoded = base64.b64encode(f"{user}:{password}".encode()).decode()
    return {"Authorization": f"Basic {encoded}"}


def secret_texts(headers: Mapping[str, str]) -> tuple[str, ...]:
    """The credentials in headers, in every form in which a server might repeat them; longest first."""
    found: set[str] = set()
    for value in headers.values():
        found.update((value, value.rpartition(" ")[2]))
        if value.startswith("Basic "):
            with contextlib.suppress(ValueError):
                user, _, password = base64.b64decode(value[6:]).decode().partition(":")
                found.update((user, password))
    return tuple(sorted((text for text in found if len(text) > 3), key=len, reverse=True))
