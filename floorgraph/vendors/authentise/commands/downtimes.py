"""Downtimes: a station is planned not to work, and works again (vendor document, `/downtime/`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from floorgraph.model.command import Command, CommandOutcome, UserError, UserErrorCode
from floorgraph.model.ids import Kind
from floorgraph.vendors.authentise.commands.handling import Handler, missing, not_now, refused, wrong
from floorgraph.vendors.authentise.commands.reading import named, remote
from floorgraph.vendors.authentise.commands.times import moment
from floorgraph.vendors.authentise.links import Ref
from floorgraph.vendors.authentise.mapping.frame import folded
from floorgraph.vendors.authentise.shelf import Row
from floorgraph.vendors.authentise.stations import EVERY_STATUS, LINK_OF
from floorgraph.vendors.authentise.walk import moment_of, written
from floorgraph.vendors.commands import Result, Review, Settlement, Verdict
from floorgraph.vendors.failures import SourceFailure
from floorgraph.vendors.handling import error

DOWNTIME = "downtime"
LONGEST_REASON = 2_000
MOST_NAMED = 20


@dataclass(frozen=True, kw_only=True)
class ScheduleDowntime(Command):
    """Plan a span of time in which a station is not to work.

    The vendor's planning takes the station for occupied then; nothing is stopped at the machine,
    and runs that are in progress go on. Authentise, for printers, post-processors and shipping
    stations. What was planned can be ended with `endDowntime`.
    """

    kinds: ClassVar[dict[str, Kind]] = {"station_id": Kind.STATION}
    affects: ClassVar[frozenset[Kind]] = frozenset({Kind.STATION, Kind.JOB})
    returns: ClassVar[Kind | None] = Kind.STATION

    station_id: str
    """The station."""
    start: datetime
    """When it begins; may be past, then the station is down at once. Without an offset it is UTC."""
    finish: datetime
    """When it ends, later than `start` and not past. Without an offset it is UTC."""
    reason: str
    """Why, for people; 1 to 2000 characters."""


@dataclass(frozen=True, kw_only=True)
class EndDowntime(Command):
    """End a downtime that goes on, or call one off that has not begun.

    One that goes on is marked as complete and ends now; one that has not begun is deleted at the
    vendor, and can only be planned anew. Nothing is started at the machine. Authentise.
    """

    kinds: ClassVar[dict[str, Kind]] = {"station_id": Kind.STATION}
    affects: ClassVar[frozenset[Kind]] = frozenset({Kind.STATION, Kind.JOB})
    returns: ClassVar[Kind | None] = Kind.STATION

    station_id: str
    """The station."""
    downtime: str
    """The downtime, by its `remoteId` in `Station.downtimes`."""


def told(row: Row) -> dict[str, Any]:
    """A downtime for the log."""
    names = ("status", "start", "finish", "description")
    return {"downtime": row.ref.remote, **{name: row.get(name) for name in names}}


class Schedule(Handler[ScheduleDowntime]):
    """POST /downtime/."""

    resource: ClassVar[str] = DOWNTIME

    async def review(self, command: ScheduleDowntime) -> Review:
        """The station must be one that downtimes are for, and the times in order."""
        errors: list[UserError] = list(self._of_times(command))
        ref = named(command.station_id, *LINK_OF)
        if ref is None:
            errors.append(no_station(command.station_id))
            return Review(errors)
        station = await self.reading.row(ref)
        if station is None:
            errors.append(missing("station", command.station_id, "stationId"))
        elif station.get("archived"):
            message = f"'{station.get('name')}' is archived; it does not work anyway."
            errors.append(not_now(message, "stationId"))
        if errors:
            return Review(errors)
        known = await _of_station(self, ref)
        return Review((), {"alike": sorted(row.ref.uuid for row in known if alike(row, command))})

    def _of_times(self, command: ScheduleDowntime) -> Sequence[UserError]:
        errors = []
        start, finish = moment(command.start), moment(command.finish)
        if finish <= start:
            errors.append(wrong("A downtime must end after it begins.", "finish"))
        elif finish <= moment(self.reading.server.vendor_now()):
            errors.append(wrong("A downtime that is over already cannot be planned.", "finish"))
        if not 1 <= len(command.reason.strip()) <= LONGEST_REASON:
            errors.append(wrong(f"A reason has 1 to {LONGEST_REASON} characters.", "reason"))
        return errors

    async def carry_out(self, command: ScheduleDowntime) -> Result:
        """Exactly one link to a station; the vendor's status follows from the times."""
        ref = named(command.station_id, *LINK_OF)
        assert ref is not None  # noqa: S101  reviewed
        body = {
            LINK_OF[ref.resource]: self.reading.link(ref),
            "start": written(moment(command.start)),
            "finish": written(moment(command.finish)),
            "description": command.reason,
        }
        try:
            answer = await self.writer.post(DOWNTIME, body, ("printer", "post-processor"))
        except SourceFailure as failure:
            return refused(failure)
        made = {} if answer.made is None else {"downtime": answer.made.remote}
        return Result(record_ids=[command.station_id], vendor_answer=answer.shown(), after=made)

    async def settle(self, command: ScheduleDowntime, before: Mapping[str, Any]) -> Settlement:
        """Done when there is one more downtime with these times and this reason."""
        ref = named(command.station_id, *LINK_OF)
        if ref is None:
            return Settlement(Verdict.OPEN)
        known = set(before.get("alike") or ())
        fresh = [
            row for row in await _of_station(self, ref) if alike(row, command) and row.ref.uuid not in known
        ]
        if not fresh:
            return Settlement(Verdict.NOT_DONE)
        return Settlement(Verdict.DONE, [command.station_id], {"downtime": fresh[0].ref.remote})


class End(Handler[EndDowntime]):
    """PUT or DELETE /downtime/<uuid>/."""

    resource: ClassVar[str] = DOWNTIME

    async def review(self, command: EndDowntime) -> Review:
        """It must be a downtime of that station which is not over."""
        row, errors = await self._found(command)
        if row is None:
            return Review(errors)
        if not _is_open(row):
            return Review([not_now("This downtime has ended already.", "downtime")], told(row))
        return Review((), told(row))

    async def carry_out(self, command: EndDowntime) -> Result:
        """What has begun is complete from now on; what has not is taken away."""
        row, errors = await self._found(command)
        if row is None:
            return Result(CommandOutcome.REJECTED, errors=errors)
        now = self.reading.server.vendor_now()
        try:
            if self._has_begun(row):
                body = {"status": "complete", "finish": written(now)}
                answer = await self.writer.put(row.ref, body, ("printer", "post-processor"))
                after = {**told(row), **body}
            else:
                answer = await self.writer.send("DELETE", DOWNTIME, row.ref.uuid, None, ())
                after = {**told(row), "status": "deleted"}
        except SourceFailure as failure:
            return refused(failure, "downtime")
        return Result(record_ids=[command.station_id], vendor_answer=answer.shown(), after=after)

    async def settle(self, command: EndDowntime, before: Mapping[str, Any]) -> Settlement:
        """Done when it is complete or gone."""
        station = named(command.station_id, *LINK_OF)
        if station is None:
            return Settlement(Verdict.OPEN)
        row = _one(await _of_station(self, station), command)
        if row is None or not _is_open(row):
            after = {**before, "status": "deleted"} if row is None else told(row)
            return Settlement(Verdict.DONE, [command.station_id], after)
        return Settlement(Verdict.NOT_DONE, after=told(row))

    async def _found(self, command: EndDowntime) -> tuple[Row | None, list[UserError]]:
        station = named(command.station_id, *LINK_OF)
        if station is None:
            return None, [no_station(command.station_id)]
        rows = await _of_station(self, station)
        row = _one(rows, command)
        if row is not None:
            return row, []
        open_ = [one.ref.remote for one in rows if _is_open(one)][:MOST_NAMED]
        listed = f"Those that are not over: {', '.join(open_)}." if open_ else "All of its are over."
        message = f"This station has no downtime '{command.downtime[:80]}'. {listed}"
        return None, [error(message, UserErrorCode.NOT_FOUND, "downtime")]

    def _has_begun(self, row: Row) -> bool:
        start = moment_of(row.get("start"))
        begun = start is None or start <= self.reading.server.vendor_now()
        return begun or folded(str(row.get("status"))) == "in-progress"


def no_station(station_id: str) -> UserError:
    """Downtimes are for some kinds of stations only."""
    return missing("printer, post-processor or shipping station", station_id, "stationId")


def alike(row: Row, command: ScheduleDowntime) -> bool:
    """Whether a downtime is the one that a command asks for, or another of the same times and reason."""
    times = (moment_of(row.get("start")), moment_of(row.get("finish")))
    return times == (moment(command.start), moment(command.finish)) and (
        row.get("description") == command.reason
    )


def _one(rows: Sequence[Row], command: EndDowntime) -> Row | None:
    ref = remote(command.downtime, DOWNTIME)
    return next((row for row in rows if row.ref == ref), None)


async def _of_station(handler: "Handler[Any]", station: Ref) -> Sequence[Row]:
    return await handler.reading.related(DOWNTIME, LINK_OF[station.resource], station, EVERY_STATUS)


def _is_open(row: Row) -> bool:
    return folded(str(row.get("status"))) != "complete"
