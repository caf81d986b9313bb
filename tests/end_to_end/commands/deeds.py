"""The commands that CWork takes, each with what it asks for, how it looks when it is done, and its calls."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from tests.end_to_end.commands.shop import Vendor
from tests.support.client import query

PROGRAM = """query ($id: ID!) { program(id: $id) {
  name versions { nodes { id vendorStatus comment sizeBytes sentAt } } } }"""
PROGRAMS = "query ($of: ID!) { programs(filter: { station: $of }, maxAge: 0) { nodes { id name folder } } }"


async def read(base_url: str, document: str, **variables: Any) -> Any:
    answer = await query(base_url, document, variables)
    assert "errors" not in answer, answer
    return next(iter(answer["data"].values()))


async def versions(base_url: str, program: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await read(base_url, PROGRAM, id=program))["versions"]["nodes"]
    return found


@dataclass(frozen=True)
class Deed:
    """One command. `seen` says whether it was done; `told` whether that can be found out afterwards."""

    name: str
    label: str
    given: dict[str, Any]
    seen: Callable[[Vendor, str], Awaitable[bool]]
    wrong: dict[str, Any]
    """What must be changed so that it is rejected here."""
    wrong_code: str
    record: str = "station"
    prepare: dict[str, Any] = field(default_factory=dict)
    """Changes of the shop beforehand."""
    done_shows: bool = True
    """Whether reading shows that it was done."""
    not_done_shows: bool = True
    """Whether reading shows that it was not done."""
    table: dict[str, Any] = field(default_factory=dict)
    """Further settings of the source."""

    async def send(self, base_url: str, **given: Any) -> dict[str, Any]:
        title = self.name[0].upper() + self.name[1:]
        text = f"""mutation ($input: {title}Input!) {{ {self.name}(input: $input) {{
            outcome commandId userErrors {{ code message field vendorCode }} {self.record} {{ id }}
            operation {{ status detail result }} }} }}"""
        answer = await query(base_url, text, {"input": self.given | given})
        # The record of a command that was not done may be beyond reach; then its field says so.
        assert answer["data"] is not None, answer
        payload: dict[str, Any] = answer["data"][self.name]
        assert payload is not None, answer
        return payload


async def _amended(vendor: Vendor, base_url: str) -> bool:
    del base_url
    return bool(vendor.station(1)["state"] == 2)


async def _automatic(vendor: Vendor, base_url: str) -> bool:
    del base_url
    station = vendor.station(1)
    return bool(station["state"] == station["auto_state"])


async def _reset(vendor: Vendor, base_url: str) -> bool:
    del base_url
    return bool(vendor.station(1)["parts_since_reset"] == 3)


async def _sent(vendor: Vendor, base_url: str) -> bool:
    del base_url
    return "/PGM0001.H" in vendor.station(1)["files"]


async def _sent_several(vendor: Vendor, base_url: str) -> bool:
    del base_url
    return {"/PGM0005.H", "/PGM0017.H"} <= set(vendor.station(5)["files"])


async def _created(vendor: Vendor, base_url: str) -> bool:
    del vendor
    found = await read(base_url, PROGRAMS, of="north:station:1")
    return any((one["name"], one["folder"]) == ("NEW.H", "a/b") for one in found["nodes"])


async def _submitted(vendor: Vendor, base_url: str) -> bool:
    del vendor
    return any(one["comment"] == "faster" for one in await versions(base_url, "north:program:1"))


async def _certified(vendor: Vendor, base_url: str) -> bool:
    del vendor
    return any(one["vendorStatus"] == "OBSOLETE" for one in await versions(base_url, "north:program:1"))


async def _deleted(vendor: Vendor, base_url: str) -> bool:
    del vendor
    found = await read(base_url, PROGRAMS, of="north:station:1")
    return all(one["id"] != "north:program:1" for one in found["nodes"])


async def _version_deleted(vendor: Vendor, base_url: str) -> bool:
    del vendor
    return all(one["id"] != "north:program-version:1" for one in await versions(base_url, "north:program:1"))


async def _range_deleted(vendor: Vendor, base_url: str) -> bool:
    del vendor, base_url
    return True  # The machine holds nothing that could be looked for.


STATION = {"stationId": "north:station:1"}
NOWHERE = {"stationId": "north:station:999"}
PROGRAM_1 = {"programId": "north:program:1"}
DEEDS = [
    Deed(
        "amendStationState", "POST /stations/{id}/replace_curent_state", STATION | {"state": "2"}, _amended,
        {"state": "99"}, "INVALID",
    ),
    Deed(
        "resumeAutomaticState", "POST /stations/{id}/force_auto_state", STATION, _automatic,
        NOWHERE, "NOT_FOUND",
        prepare={"stations": [{"handle": 1, "state": 4}]}, not_done_shows=False,
    ),
    Deed(
        "resetPartCount", "POST /ResetStationPartCount/{id}", STATION | {"value": 3}, _reset,
        {"value": -1}, "INVALID",
        prepare={"stations": [{"handle": 1, "parts_since_reset": 40}]},
    ),
    Deed(
        "sendProgram", "POST /stations/{id}/send/", STATION | PROGRAM_1, _sent,
        {"programId": "north:program:999"}, "NOT_FOUND",
        record="program", not_done_shows=False,
    ),
    Deed(
        "sendPrograms", "POST /stations/{id}/multisend/",
        {"stationId": "north:station:5", "programIds": ["north:program:5", "north:program:17"]},
        _sent_several, {"programIds": []}, "INVALID", not_done_shows=False, done_shows=False,
    ),
    Deed(
        "createProgram", "POST /documents",
        STATION | {"reference": "NEW", "extension": "H", "folder": "a/b",
                   "customFields": [{"name": "Custom1", "value": "shaft"}]},
        _created, {"reference": " "}, "INVALID", record="program",
    ),
    Deed(
        "submitProgramVersion", "POST /documents/{document}/versions",
        PROGRAM_1 | {"content": "G00 X1.0\nM30\n", "comment": "faster"}, _submitted,
        {"content": ""}, "INVALID", record="programVersion",
    ),
    Deed(
        "certifyProgramVersion", "POST /versions/{id}/certify",
        {"versionId": "north:program-version:1", "status": "OBSOLETE"}, _certified,
        {"status": ""}, "INVALID", record="programVersion",
    ),
    Deed(
        "deleteProgram", "POST /stations/{id}/delete_document", PROGRAM_1, _deleted,
        {"programId": "north:program:999"}, "NOT_FOUND",
    ),
    Deed(
        "deleteProgramVersion", "POST /stations/{id}/delete_version",
        {"versionId": "north:program-version:1"}, _version_deleted,
        {"versionId": "north:program-version:999"}, "NOT_FOUND", record="program",
    ),
    Deed(
        "deleteProgramRange", "POST /macros/DeleteRemoteRange/{id}", STATION | {"first": 1, "last": 9},
        _range_deleted, {"last": 0}, "INVALID", done_shows=False, not_done_shows=False,
    ),
]  # fmt: skip
