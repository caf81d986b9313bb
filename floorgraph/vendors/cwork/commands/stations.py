"""Commands on stations (vendor document, "Stations": status_history, replace_curent_state, force_auto_state,
ResetStationPartCount)."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from floorgraph.model.command import CommandOutcome, UserError, UserErrorCode
from floorgraph.model.commands.stations import ChangeStationState, ResetPartCount, ResumeAutomaticState
from floorgraph.model.ids import GlobalId
from floorgraph.model.station import LiveStatus, StationState
from floorgraph.vendors.commands import Result, Review, Settlement, Verdict
from floorgraph.vendors.cwork.commands.handling import Handler, refused
from floorgraph.vendors.cwork.commands.reading import missing
from floorgraph.vendors.cwork.commands.writer import questions, shown
from floorgraph.vendors.failures import NotApplicable, SourceFailure
from floorgraph.vendors.handling import error
from floorgraph.vendors.http import segment

AFFECTED = questions("/station_statuses", "/tops", "/operations", "/stations/")
ALREADY = "2020"
NOT_IN_SCENARIO = "2021"
STATE_REFUSED = frozenset({"2005", "2006", NOT_IN_SCENARIO})
MOST_NAMED = 30


async def current(handler: "Handler[Any]", station_id: str) -> tuple[LiveStatus | None, list[UserError]]:
    """What a station reports, and what stands against changing it at all."""
    station = await handler.reading.station(station_id)
    if station is None:
        return None, [missing("station", station_id, "stationId")]
    if not station.enabled or not station.monitored:
        why = "is disabled" if not station.enabled else "is not monitored"
        message = f"'{station.name}' {why} in CWork, so that it has no state."
        return None, [error(message, UserErrorCode.NOT_POSSIBLE_NOW, "stationId")]
    return await handler.reading.live(station_id), []


def chosen(word: str, states: Sequence[StationState]) -> StationState | None:
    """The state that is meant by its number, or by its name if only one has it."""
    by_number = [state for state in states if state.remote_id == word.strip()]
    named = [state for state in states if (state.name or "").casefold() == word.strip().casefold()]
    found = by_number or named
    return found[0] if len(found) == 1 else None


def possible(states: Sequence[StationState], outside: frozenset[str] = frozenset()) -> str:
    """The states that can be set, for people; without those `outside` the station's scenario."""
    left = [state for state in states if state.remote_id not in outside]
    listed = ", ".join(f"{state.name} ({state.remote_id})" for state in left[:MOST_NAMED])
    if not listed:
        return "This server lists no other states." if outside else "This server lists no states."
    return f"The {'other ' if outside else ''}states of this server are: {listed}."


def told(live: LiveStatus | None) -> dict[str, Any]:
    """A state for the log."""
    state = None if live is None else live.state
    if state is None:
        return {}
    return {
        "state": state.remote_id,
        "stateName": state.name,
        "since": None if state.since is None else state.since.isoformat(),
        "comment": state.comment,
    }


class ChangeState(Handler[ChangeStationState]):
    """POST /stations/{id}/status_history: a new state begins."""

    function: ClassVar[str] = "change state"
    path: ClassVar[str] = "status_history"

    async def review(self, command: ChangeStationState) -> Review:
        """The station must be monitored, and the state one that the server lists and has not just refused."""
        live, errors = await current(self, command.station_id)
        if errors:
            return Review(errors)
        states = await self.reading.states()
        state, outside = chosen(command.state, states), self._outside(command)
        if state is None:
            message = f"There is no state '{command.state[:80]}'. {possible(states, outside)}"
            return Review([error(message, UserErrorCode.INVALID, "state")], told(live))
        if state.remote_id in outside:
            message = f"CWork has just said that '{state.name}' is not among the station's states."
            message = f"{message} {possible(states, outside)}"
            return Review([error(message, UserErrorCode.NOT_POSSIBLE_NOW, "state")], told(live))
        return Review((), told(live))

    async def carry_out(self, command: ChangeStationState) -> Result:
        """2020 means that it is so already; 2005, 2006 and 2021 that the state cannot be set."""
        states = await self.reading.states()
        state = chosen(command.state, states)
        if state is None or state.remote_id is None:
            gone = error(
                f"There is no state '{command.state[:80]}' any more.", UserErrorCode.INVALID, "state"
            )
            return Result(CommandOutcome.REJECTED, errors=[gone])
        body: dict[str, Any] = {"State": int(state.remote_id)}
        if command.comment is not None:
            body["Comment"] = command.comment
        handle = segment(GlobalId.parse(command.station_id).remote)
        try:
            answer = await self.writer.post(self.function, f"/stations/{handle}/{self.path}", body, AFFECTED)
        except SourceFailure as failure:
            if failure.vendor_code == ALREADY:
                return Result(record_ids=[command.station_id], vendor_answer={"failure": failure.detail})
            if failure.vendor_code == NOT_IN_SCENARIO:
                now = self.reading.server.clock.monotonic()
                self.reading.scenarios.refused(command.station_id, state.remote_id, now)
            return self._refusal(failure, states, self._outside(command))
        return await self._result(command.station_id, answer)

    async def settle(self, command: ChangeStationState, before: Mapping[str, Any]) -> Settlement:
        """Done when the station is in the state, and was not before or has begun it anew."""
        state = chosen(command.state, await self.reading.states())
        now = told(await self.reading.live(command.station_id))
        if state is None or not now:
            return Settlement(Verdict.OPEN)
        return judged(command.station_id, state, command.comment, before, now)

    async def _result(self, station_id: str, answer: Any) -> Result:
        return Result(
            CommandOutcome.CONFIRMED,
            record_ids=[station_id],
            vendor_answer=shown(answer),
            after=_answered(answer),
        )

    def _outside(self, command: ChangeStationState) -> frozenset[str]:
        return self.reading.scenarios.outside(command.station_id, self.reading.server.clock.monotonic())

    def _refusal(
        self, failure: SourceFailure, states: Sequence[StationState], outside: frozenset[str]
    ) -> Result:
        if failure.vendor_code in STATE_REFUSED:
            hint = possible(states, outside)
            return refused(failure, UserErrorCode.NOT_POSSIBLE_NOW, "state", hint=hint)
        if isinstance(failure, NotApplicable):
            return refused(failure, UserErrorCode.NOT_POSSIBLE_NOW, "stationId")
        raise failure


def judged(
    station_id: str, state: StationState, comment: str | None, before: Mapping[str, Any], now: dict[str, Any]
) -> Settlement:
    """What the present state says about a change to a state. Pure."""
    if now["state"] == state.remote_id and (comment is None or now["comment"] == comment):
        return Settlement(Verdict.DONE, [station_id], now)
    same = (now["state"], now["since"], now["comment"]) == tuple(
        before.get(name) for name in ("state", "since", "comment")
    )
    return Settlement(Verdict.NOT_DONE if same else Verdict.OPEN)


def _answered(answer: Any) -> dict[str, Any]:
    """The state that an answer tells, with the keys of `told`."""
    if not isinstance(answer, dict) or not isinstance(answer.get("State"), dict):
        return {}
    state = answer["State"]
    return {
        "state": None if state.get("Handle") is None else str(state["Handle"]),
        "stateName": state.get("Name"),
        "since": answer.get("LastTop"),
        "comment": answer.get("Comment"),
    }


class AmendState(ChangeState):
    """POST /stations/{id}/replace_curent_state, spelt as CWork spells it: the state is another since it
    began."""

    function: ClassVar[str] = "amend state"
    path: ClassVar[str] = "replace_curent_state"


class ResumeAutomatic(Handler[ResumeAutomaticState]):
    """POST /stations/{id}/force_auto_state; CWork refuses it without a body."""

    function: ClassVar[str] = "automatic state"

    async def review(self, command: ResumeAutomaticState) -> Review:
        """The station must be monitored."""
        live, errors = await current(self, command.station_id)
        return Review(errors, told(live))

    async def carry_out(self, command: ResumeAutomaticState) -> Result:
        """The answer has the state that the machine reports."""
        handle = segment(GlobalId.parse(command.station_id).remote)
        try:
            answer = await self.writer.post(
                self.function, f"/stations/{handle}/force_auto_state", {}, AFFECTED
            )
        except SourceFailure as failure:
            if failure.vendor_code == ALREADY:
                return Result(record_ids=[command.station_id], vendor_answer={"failure": failure.detail})
            if isinstance(failure, NotApplicable):
                return refused(failure, UserErrorCode.NOT_POSSIBLE_NOW, "stationId")
            raise
        return Result(record_ids=[command.station_id], vendor_answer=shown(answer), after=_answered(answer))

    async def settle(self, command: ResumeAutomaticState, before: Mapping[str, Any]) -> Settlement:
        """Another state than before is the sign; the same one may be what the machine reports."""
        now = told(await self.reading.live(command.station_id))
        if now and (now["state"], now["since"]) != (before.get("state"), before.get("since")):
            return Settlement(Verdict.DONE, [command.station_id], now)
        return Settlement(Verdict.OPEN)


class ResetParts(Handler[ResetPartCount]):
    """POST /ResetStationPartCount/{id}."""

    function: ClassVar[str] = "reset parts"

    async def review(self, command: ResetPartCount) -> Review:
        """The station must be monitored."""
        if command.value < 0:
            return Review([error("'value' must be 0 or more.", UserErrorCode.INVALID, "value")])
        live, errors = await current(self, command.station_id)
        return Review(errors, {"partsSinceReset": None if live is None else live.parts_since_reset})

    async def carry_out(self, command: ResetPartCount) -> Result:
        """The answer is empty."""
        path = f"/ResetStationPartCount/{segment(GlobalId.parse(command.station_id).remote)}"
        try:
            answer = await self.writer.post(self.function, path, {"PartCount": command.value}, AFFECTED)
        except NotApplicable as failure:
            return refused(failure, UserErrorCode.NOT_POSSIBLE_NOW, "stationId")
        after = {"partsSinceReset": command.value}
        return Result(record_ids=[command.station_id], vendor_answer=shown(answer), after=after)

    async def settle(self, command: ResetPartCount, before: Mapping[str, Any]) -> Settlement:
        """The count went down by itself never, and up only by parts that were made."""
        live = await self.reading.live(command.station_id)
        now, old = None if live is None else live.parts_since_reset, before.get("partsSinceReset")
        if now is None or old is None:
            return Settlement(Verdict.OPEN)
        if now == command.value or now < old:
            return Settlement(Verdict.DONE, [command.station_id], {"partsSinceReset": now})
        return Settlement(Verdict.NOT_DONE if now == old or command.value < old else Verdict.OPEN)
