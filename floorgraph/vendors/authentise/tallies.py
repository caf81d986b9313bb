"""How often the values of a field come in a whole list, kept up to date row by row. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

Payload = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Tally:
    """What one field holds in a whole list, the elements of lists counted one by one."""

    values: Mapping[str, int]
    """In how many rows each value is."""
    counts: tuple[int, ...]
    """The same numbers, most first."""
    lengths: tuple[int, ...]
    """How many elements each row has, most first."""

    @property
    def distinct(self) -> int:
        """How many different values there are."""
        return len(self.values)

    def held(self, rows: int) -> int:
        """How many elements so many rows have at most."""
        return sum(self.lengths[:rows])


@dataclass(slots=True)
class Tallies:
    """The tallies of one list, of those fields that somebody has asked for."""

    _fields: dict[str, "_Count"] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._fields)

    def of(self, name: str, rows: Iterable[Payload]) -> Tally:
        """The tally of a field. `rows` are all rows of the list; gone over the first time only."""
        count = self._fields.get(name)
        if count is None:
            count = self._fields[name] = _Count()
            count.begin([value for payload in rows if (value := payload.get(name)) is not None])
        return count.tally()

    def change(self, before: Payload | None, after: Payload | None) -> None:
        """A row of the list was replaced, came, or is gone."""
        for name, count in self._fields.items():
            was = None if before is None else before.get(name)
            now = None if after is None else after.get(name)
            if was != now:
                count.add(was, -1)
                count.add(now, 1)


@dataclass(slots=True)
class _Count:
    values: Counter[str] = field(default_factory=Counter)
    lengths: Counter[int] = field(default_factory=Counter)
    made: Tally | None = None

    def begin(self, values: list[Any]) -> None:
        """Count all values, at the speed of C: there may be tens of thousands."""
        lists = [value for value in values if isinstance(value, list)]
        elements: list[Any] = [value for value in values if isinstance(value, str)]
        self.lengths.update(map(len, lists))
        if len(lists) < len(values):
            self.lengths[1] += len(values) - len(lists)
        elements.extend(one for one in chain.from_iterable(lists) if isinstance(one, str))
        self.values.update(elements)

    def add(self, value: Any, times: int) -> None:
        if value is None:
            return
        elements = value if isinstance(value, list) else [value]
        self.made = None
        _add(self.lengths, len(elements), times)
        for one in elements:
            if isinstance(one, str):
                _add(self.values, one, times)

    def tally(self) -> Tally:
        if self.made is None:
            self.made = Tally(
                dict(self.values),
                tuple(sorted(self.values.values(), reverse=True)),
                tuple(sorted(self.lengths.elements(), reverse=True)),
            )
        return self.made


def _add(counter: Counter[Any], key: str | int, times: int) -> None:
    counter[key] += times
    if not counter[key]:
        del counter[key]
