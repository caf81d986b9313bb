"""The probe: which version it is, which features are on, and where it differs from what we rely on."""

from collections.abc import Mapping, Sequence
from typing import Any

from floorgraph.vendors.answers import AssumptionNote
from floorgraph.vendors.authentise.query import ListQuery
from floorgraph.vendors.authentise.reliance import RELIED_ON, Reliance
from floorgraph.vendors.authentise.server import Server
from floorgraph.vendors.authentise.together import together
from floorgraph.vendors.authentise.walk import OffsetWalk
from floorgraph.vendors.failures import Forbidden, NotFound, Unsupported
from floorgraph.vendors.gate import Freshness

LASTS = 3600.0
"""Seconds after which version and features are looked up again."""
PAGE = 500


class Probe:
    """What is found out about one tenant beside its records."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self.version: str | None = None
        self._looked_at: float | None = None

    async def look(self, freshness: Freshness) -> None:
        """Ask whether the tenant answers to us. Raises `SourceFailure` when it does not."""
        server, now = self._server, self._server.clock.monotonic()
        if self._looked_at is None or now - self._looked_at >= LASTS:
            server.forget_absences()
            await self._look_up(freshness)
            self._looked_at = now
            server.on_change()
            return
        await server.page(ListQuery("printer", 1), freshness)

    async def _look_up(self, freshness: Freshness) -> None:
        try:
            about = await self._server.item("about", None, freshness)
            version = about.value.get("version")
            self.version = version if isinstance(version, str) else None
        except (NotFound, Forbidden, Unsupported):
            self.version = None
        try:
            self._server.features = await self._features(freshness)
        except (NotFound, Forbidden, Unsupported):
            # Not told which are on: what is off shows when it is asked for.
            self._server.features = {}
            await self._server.page(ListQuery("printer", 1), freshness)

    async def _features(self, freshness: Freshness) -> dict[str, bool]:
        found: dict[str, bool] = {}
        query, walk = ListQuery("feature", PAGE), OffsetWalk(PAGE)
        while walk.offset is not None:
            page = (await self._server.page(query.at(walk.offset), freshness)).value
            rows = [row for row in page.rows if isinstance(row, dict)]
            for row in rows:
                name, enabled = row.get("name"), row.get("enabled")
                if isinstance(name, str) and isinstance(enabled, bool):
                    found[name] = enabled
            walk.took([str(row.get("uri") or row.get("name")) for row in rows], len(page.rows), page.count)
        return found

    async def assumptions(self) -> Sequence[AssumptionNote]:
        """Where the server describes its resources (`OPTIONS`) otherwise than we take for granted."""
        found = await together(self._compare(name, reliance) for name, reliance in RELIED_ON.items())
        return [note for part in found for note in part]

    async def _compare(self, name: str, reliance: Reliance) -> list[AssumptionNote]:
        off = self._server.off(name)
        if off is not None:
            return []
        try:
            fields = await self._server.describe(name)
        except (Forbidden, NotFound, Unsupported) as failure:
            return [AssumptionNote(f"/{name}/", "the resource is there", failure.detail)]
        return list(compared(name, reliance, fields))


def compared(name: str, reliance: Reliance, fields: Mapping[str, Any]) -> Sequence[AssumptionNote]:
    """Where a described resource differs from what is relied on. Pure."""
    notes: list[AssumptionNote] = []
    filtered = [
        "uuid" if reliance.by_uuid else "uri",
        *reliance.filtered,
        *(flag for flag, _ in reliance.flags),
    ]
    filtered += ["updated"] if reliance.updated else []
    sorted_by = [one for one in ("updated" if reliance.updated else None, reliance.stable) if one]
    for field, ability in (
        *((one, "filterable") for one in dict.fromkeys(filtered)),
        *((one, "sortable") for one in dict.fromkeys(sorted_by)),
    ):
        described = fields.get(field)
        if not isinstance(described, dict):
            notes.append(AssumptionNote(f"/{name}/ {field}", ability, "no such field"))
        elif described.get(ability) is False:
            notes.append(AssumptionNote(f"/{name}/ {field}", ability, f"not {ability}"))
    for method, written in (("POST", reliance.posted), ("PUT", reliance.put)):
        notes += [
            AssumptionNote(f"/{name}/ {field}", f"settable with {method}", told)
            for field in written
            if (told := _unsettable(fields.get(field), method)) is not None
        ]
    return notes


def _unsettable(described: Any, method: str) -> str | None:
    """Why a field cannot be set with a method; None where it can, or where nothing is said of it."""
    if not isinstance(described, dict):
        return "no such field"
    methods = described.get("methods")
    return f"not settable with {method}" if isinstance(methods, list) and method not in methods else None
