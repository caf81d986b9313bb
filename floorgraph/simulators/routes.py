"""A table of endpoints: which one a request addresses, and with which arguments."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from starlette.routing import compile_path


class HasTemplate(Protocol):
    """An endpoint: a method and a path template such as `/things/{id}`."""

    @property
    def method(self) -> str:
        """The HTTP method."""
        ...

    @property
    def template(self) -> str:
        """The path template."""
        ...


E = TypeVar("E", bound=HasTemplate)


@dataclass(frozen=True, slots=True)
class Match(Generic[E]):
    """An endpoint and the arguments from the path, still text."""

    endpoint: E
    args: dict[str, str]


class RouteTable(Generic[E]):
    """Endpoints in the order in which they are tried: literal paths before those with arguments."""

    def __init__(self, endpoints: Iterable[E]) -> None:
        self._routes: list[tuple[re.Pattern[str], E]] = [
            (compile_path(endpoint.template)[0], endpoint) for endpoint in endpoints
        ]

    def matches(self, path: str) -> list[Match[E]]:
        """All endpoints at this path, whatever their method, first match first."""
        return [
            Match(endpoint, dict(found.groupdict()))
            for pattern, endpoint in self._routes
            if (found := pattern.match(path))
        ]

    def match(self, method: str, path: str) -> Match[E] | None:
        """The endpoint for this method and path."""
        for match in self.matches(path):
            if match.endpoint.method == method:
                return match
        return None
