"""Everything the server has stored, and the trail that each change leaves."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from floorgraph.simulators.authentise.catalogue import RESOURCES
from floorgraph.simulators.authentise.resource import Ref, Row, ref, stamp
from floorgraph.simulators.authentise.table import Log, Table
from floorgraph.simulators.dice import Dice

UNLOGGED = frozenset({("build", "current_layer"), ("run", "force"), ("sensor", "state")})
"""Changes without an event: the document says that *nearly* every change has one."""
UNLOGGED_RESOURCES = frozenset(
    {"sensor-data", "material_batch_sensor_data", "workstation-capacity-data", "run-actuals-additive"}
)
HIDDEN = frozenset({"password", "secret"})


class Store:
    """The tables. `now` is set by whoever lets time pass; `lag` says how late changes become visible."""

    def __init__(
        self, seed: object, *, events_kept: int, resolution: float, lag: Callable[[], float]
    ) -> None:
        self.now = 0.0
        self.bureau: Ref | None = None
        self.user: Ref | None = None
        """Who makes the changes at hand."""
        self.silent = False
        """No events while the shop is founded."""
        self.listeners: list[Callable[[str, Row], None]] = []
        self._resolution = resolution
        self._lag = lag
        self._dice = Dice("uuids", seed)
        self._tables = {
            name: Log(resource, events_kept) if name == "event" else Table(resource)
            for name, resource in RESOURCES.items()
        }

    def table(self, resource: str) -> Table:
        """The rows of a resource."""
        return self._tables[resource]

    def new_uuid(self) -> str:
        """An identifier nobody has."""
        roll = self._dice.roll
        text = f"{int(roll() * (1 << 52)):013x}{int(roll() * (1 << 52)):013x}{int(roll() * (1 << 24)):06x}"
        return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:]}"

    def moment(self) -> str:
        """What changes made now are stamped with: a little earlier when they become visible late."""
        seconds = self.now - self._lag()
        if self._resolution:
            seconds -= seconds % self._resolution
        return stamp(seconds)

    def add(self, resource: str, values: Mapping[str, Any] | None = None, **more: Any) -> Row:
        """A new row."""
        table = self._tables[resource]
        fields = table.resource.fields
        uuid = self.new_uuid()
        moment = self.moment()
        row: Row = {"uri": ref(resource, uuid), **table.resource.defaults}
        own: tuple[tuple[str, Any], ...] = (
            ("uuid", uuid),
            ("created", moment),
            ("updated", moment),
            ("bureau", self.bureau),
            ("user", self.user),
        )
        row.update((name, value) for name, value in own if name in fields)
        row.update(values or {}, **more)
        table.insert(uuid, row)
        if resource != "event":
            self._log(resource, row["uri"], moment, (("created", None, moment),))
        self._tell(resource, row)
        return row

    def get(self, link: Ref | None) -> Row | None:
        """The row a link leads to; None when it is gone."""
        if link is None or (table := self._tables.get(link.resource)) is None:
            return None
        return table.rows.get(link.uuid)

    def find(self, link: Ref) -> Row:
        """The row a link leads to.

        Raises:
            KeyError: it is gone.
        """
        return self._tables[link.resource].rows[link.uuid]

    def where(self, resource: str, field: str, *values: object) -> list[Row]:
        """The rows of a resource whose field has one of the values."""
        return self._tables[resource].where(field, values)

    def put(self, row: Row, values: Mapping[str, Any] | None = None, **more: Any) -> bool:
        """Change a row; false when all values are what they were, or the row is gone."""
        link: Ref = row["uri"]
        table = self._tables[link.resource]
        if link.uuid not in table.rows:
            return False
        changes = []
        for name, value in {**(values or {}), **more}.items():
            if (old := row.get(name)) != value:
                changes.append((name, old, value))
                table.assign(link.uuid, name, value)
        if not changes:
            return False
        moment = self.moment()
        if "updated" in table.resource.fields:
            table.assign(link.uuid, "updated", moment)
        if "updated_by" in table.resource.fields and self.user:
            row["updated_by"] = self.user
        self._log(link.resource, link, moment, changes)
        self._tell(link.resource, row)
        return True

    def note(self, link: Ref, key: str, old: object, new: object) -> None:
        """An event for a change of something that is worked out, not stored."""
        self._log(link.resource, link, self.moment(), ((key, old, new),))

    def remove(self, link: Ref) -> None:
        """Take a row away; harmless when it is gone."""
        table = self._tables[link.resource]
        if link.uuid in table.rows:
            table.delete(link.uuid)
            self._log(link.resource, link, self.moment(), (("deleted", None, True),))

    def _log(self, resource: str, link: Ref, moment: str, changes: Iterable[tuple[str, Any, Any]]) -> None:
        if self.silent or resource == "event" or resource in UNLOGGED_RESOURCES:
            return
        events = self._tables["event"]
        for key, old, new in changes:
            if (resource, key) in UNLOGGED:
                continue
            uuid = self.new_uuid()
            hidden = key in HIDDEN
            event: Row = {
                "uri": ref("event", uuid),
                "bureau": self.bureau,
                "created": moment,
                "reference": link,
                "key": key,
                "previous_value": None if hidden else old,
                "current_value": None if hidden else new,
                "user": self.user,
            }
            events.insert(uuid, event)

    def _tell(self, resource: str, row: Row) -> None:
        if not self.silent:
            for listener in self.listeners:
                listener(resource, row)
