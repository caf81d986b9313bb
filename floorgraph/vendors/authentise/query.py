"""Questions to lists: `filter[..]`, `sort`, `page[..]`, and how many values fit into one.

A filter's key may end in `>` or `<`, which with the sign of equality means
"at least" and "at most". Encoded by the HTTP client.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from urllib.parse import quote, urlencode

LONGEST_URL = 2_000
"""Characters of a whole URL; longer ones are refused here and there on the way."""
MOST_VALUES = 20
"""Values in one comma set."""
OFFSET_ROOM = 6
"""Characters kept for `page[offset]`, which is not known yet when values are chosen."""


@dataclass(frozen=True, slots=True)
class ListQuery:
    """One page of a resource's list."""

    resource: str
    limit: int
    filters: tuple[tuple[str, str], ...] = ()
    sort: str | None = None
    offset: int = 0

    @property
    def path(self) -> str:
        """Path of the list; always with its last slash, or the server redirects."""
        return f"/{self.resource}/"

    @property
    def params(self) -> dict[str, str]:
        """The arguments; page and limit always, because defaults differ between resources."""
        found = {_filter_key(name): value for name, value in self.filters}
        if self.sort is not None:
            found["sort"] = self.sort
        found["page[limit]"] = str(self.limit)
        found["page[offset]"] = str(self.offset)
        return found

    @property
    def key(self) -> str:
        """The question as text."""
        return f"{self.path}?{urlencode(self.params)}"

    def length(self, base_url: str) -> int:
        """Characters of the whole URL as it is sent, at most."""
        pairs = (f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in self.params.items())
        return len(base_url) + len(self.path) + 1 + len("&".join(pairs)) + OFFSET_ROOM

    def at(self, offset: int) -> "ListQuery":
        """The page that begins at an offset. Built here, as `links.next` loses filters and sort."""
        return replace(self, offset=offset)

    def where(self, name: str, value: str) -> "ListQuery":
        """With one more filter."""
        return replace(self, filters=(*self.filters, (name, value)))


def _filter_key(name: str) -> str:
    if name.endswith((">", "<")):
        return f"filter[{name[:-1]}]{name[-1]}"
    return f"filter[{name}]"


def values_per_set(query: ListQuery, name: str, value: str, base_url: str) -> int:
    """How many values of the same length fit into one question."""
    most = MOST_VALUES
    while most > 1 and query.where(name, ",".join([value] * most)).length(base_url) >= LONGEST_URL:
        most -= 1
    return most


def in_sets(query: ListQuery, name: str, values: Sequence[str], base_url: str) -> Iterator[ListQuery]:
    """The questions for all values of a property: 20 at a time, fewer where the URL gets too long."""
    most = MOST_VALUES
    while most > 1 and any(
        query.where(name, ",".join(values[start : start + most])).length(base_url) >= LONGEST_URL
        for start in range(0, len(values), most)
    ):
        most -= 1
    for start in range(0, len(values), most):
        yield query.where(name, ",".join(values[start : start + most]))
