"""Making jobs of pieces: the vendor packs them and plans the runs (`POST /create-runs/`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from floorgraph.model.command import Command, CommandOutcome, UserError
from floorgraph.model.ids import Kind
from floorgraph.vendors.authentise.commands.handling import (
    Handler,
    advance_of,
    missing,
    not_now,
    refused,
    text_of,
    wrong,
)
from floorgraph.vendors.authentise.commands.pieces import ended, pieces_of, told
from floorgraph.vendors.authentise.commands.reading import named
from floorgraph.vendors.authentise.commands.writer import WORK
from floorgraph.vendors.authentise.links import Ref, ref_of, refs_of
from floorgraph.vendors.commands import Advance, Result, Review, Settlement, Verdict
from floorgraph.vendors.failures import SourceFailure

CREATE = "create-runs"
STATIONS = ("printer", "post-processor")
FINAL = frozenset({"complete", "error"})
LONGEST_NAME = 255


@dataclass(frozen=True, kw_only=True)
class CreateJobs(Command):
    """Make jobs of pieces: one at the station, and one for every step that follows.

    The vendor packs the pieces and plans the work in the background; `operation` tells when that is
    done, which jobs came of it and which pieces did not fit. Nothing is started at a machine.
    Authentise; its document speaks of printing only. What was made can be called off job by job.
    """

    kinds: ClassVar[dict[str, Kind]] = {"station_id": Kind.STATION, "piece_ids": Kind.PIECE}
    affects: ClassVar[frozenset[Kind]] = frozenset({Kind.JOB, Kind.PIECE, Kind.STATION, Kind.LAYOUT})
    returns: ClassVar[Kind | None] = Kind.JOB

    station_id: str
    """The printer or post-processor that the first job is given to."""
    piece_ids: tuple[str, ...]
    """The pieces, 1 to 1000."""
    name: str | None = None
    """Name of the first job, up to 255 characters; the vendor makes one up when absent."""
    priority: int | None = None
    """0 to 100, larger is more urgent; 65 when absent."""
    locked: bool | None = None
    """Whether pieces can be added to the jobs no more; the vendor's own way, which is yes, when absent."""
    check_volume: bool | None = None
    """Whether pieces that do not fit the build volume are left out; the vendor's own way, yes, if absent."""


class Create(Handler[CreateJobs]):
    """POST /create-runs/, and how far that is."""

    resource: ClassVar[str] = CREATE

    async def review(self, command: CreateJobs) -> Review:
        """Station and pieces must be there and of use."""
        errors = self._of_words(command)
        station = named(command.station_id, *STATIONS)
        row = None if station is None else await self.reading.row(station)
        if row is None:
            errors.append(missing("printer or post-processor", command.station_id, "stationId"))
        elif row.get("archived"):
            errors.append(not_now(f"'{row.get('name')}' is archived.", "stationId"))
        pieces, wrongs = await pieces_of(self, command.piece_ids)
        errors += wrongs or ended(pieces)
        if errors:
            return Review(errors)
        known = await self.reading.latest(CREATE)
        return Review((), {"pieces": told(pieces), "known": list(known.rows)})

    @staticmethod
    def _of_words(command: CreateJobs) -> list[UserError]:
        errors = []
        if command.priority is not None and not 0 <= command.priority <= 100:
            errors.append(wrong("A priority is 0 to 100.", "priority"))
        if command.name is not None and not 1 <= len(command.name.strip()) <= LONGEST_NAME:
            errors.append(wrong(f"A name has 1 to {LONGEST_NAME} characters.", "name"))
        return errors

    async def carry_out(self, command: CreateJobs) -> Result:
        """Taken on; what comes of it is told by the record that `Location` leads to."""
        station = named(command.station_id, *STATIONS)
        assert station is not None  # noqa: S101  reviewed
        body: dict[str, Any] = {
            "primary_workstation": self.reading.link(station),
            "pieces": [self.reading.link(ref) for one in command.piece_ids if (ref := named(one, "piece"))],
        }
        given = {
            "run_name": command.name,
            "priority": command.priority,
            "locked": command.locked,
            "do_build_volume_check": command.check_volume,
        }
        body |= {name: value for name, value in given.items() if value is not None}
        try:
            answer = await self.writer.post(CREATE, body, WORK)
        except SourceFailure as failure:
            return refused(failure)
        handle = answer.made.remote if answer.made and answer.made.resource == CREATE else None
        return Result(CommandOutcome.ACCEPTED, vendor_answer=answer.shown(), handle=handle)

    async def follow(self, command: CreateJobs, handle: str) -> Advance:
        """Pending, processing, complete or error, with the runs that came of it so far."""
        ref = ref_of(f"/{handle}/")
        if ref is None:
            return await super().follow(command, handle)
        row = await self.reading.item(ref)
        if row.get("status") in FINAL:
            self.writer.outdate(WORK)
        unfitted = [self.reading.id(Kind.PIECE, one) for one in refs_of(row.get("unfitted_pieces"))]
        made = self._made(row)
        layouts = await self._layouts(row) if row.get("status") in FINAL else []
        return advance_of(
            row.get("status"),
            text_of(row.get("notes")),
            record_ids=[*made, *layouts],
            result={"jobs": made, "layouts": layouts, "piecesThatDidNotFit": unfitted},
        )

    async def settle(self, command: CreateJobs, before: Mapping[str, Any]) -> Settlement:
        """Done when there is one more such request for the same pieces at the same station."""
        latest = await self.reading.latest(CREATE)
        wanted = {ref for one in command.piece_ids if (ref := named(one, "piece"))}
        station = named(command.station_id, *STATIONS)
        for uuid, row in latest.fresh(before.get("known") or ()).items():
            there = ref_of(row.get("primary_workstation")) == station
            if there and set(refs_of(row.get("pieces"), "piece")) == wanted:
                request = f"{CREATE}/{uuid}"
                return Settlement(Verdict.DONE, self._made(row), {"request": request}, handle=request)
        return Settlement(latest.absence)

    async def _layouts(self, row: Mapping[str, Any]) -> list[str]:
        """The layouts of the runs that were made."""
        runs = [ref for ref in self._runs(row) if ref.resource == "run"]
        files = await self.reading.desk.archive.related("build-file", "run", runs, self.reading.visit())
        links = dict.fromkeys(
            layout for rows in files.values() for one in rows if (layout := one.link("layout")) is not None
        )
        return [self.reading.id(Kind.LAYOUT, ref) for ref in links]

    def _made(self, row: Mapping[str, Any]) -> list[str]:
        return [self.reading.id(Kind.JOB, ref) for ref in self._runs(row)]

    def _runs(self, row: Mapping[str, Any]) -> list[Ref]:
        links: list[Ref | None] = [ref_of(row.get("primary_run"), "run")]
        links += refs_of(row.get("resulting_runs"), "run")
        return list(dict.fromkeys(ref for ref in links if ref is not None))
