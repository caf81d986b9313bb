"""What the vendor of the comparison answers, and what servers are asked: made before anything starts."""

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import orjson

from bench.hall import KEY, ORDERS, _live_of, _records
from floorgraph.model.job import Job
from floorgraph.model.order import Order
from floorgraph.model.piece import Piece
from floorgraph.model.station import Station
from schema.scalars import instant

STATION: Final = "id name description kind workshop groups enabled monitored updatedAt stale"
STATE: Final = "status activity name color since"
JOB: Final = "id name status kind valid archived createdAt partReference"
PIECE: Final = "id name status quantity serialised reference material updatedAt stale kind"


@dataclass(frozen=True)
class Case:
    """Something to ask all servers for."""

    about: str
    query: str
    batched: bool = False
    """Whether the vendor answers for many parents at once."""
    by_id: bool = False


CASES: Final = {
    "stations": Case(
        "200 stations, 10 fields each, with their state",
        f"{{ stations(first: 200) {{ nodes {{ {STATION} state {{ {STATE} }} }} }} }}",
    ),
    "jobs": Case(
        "200 stations with 10 jobs each, 8 fields per job; the vendor is asked station by station",
        f"{{ stations(first: 200) {{ nodes {{ id name jobs {{ nodes {{ {JOB} }} }} }} }} }}",
    ),
    "jobs-batched": Case(
        "the same; the vendor answers for all stations at once",
        f"{{ stations(first: 200) {{ nodes {{ id name jobs {{ nodes {{ {JOB} }} }} }} }} }}",
        batched=True,
    ),
    "pieces": Case(
        "10,000 pieces in 10 orders, 10 fields each",
        f"{{ orders(first: 10) {{ nodes {{ id pieces(first: 1000) {{ nodes {{ {PIECE} }} }} }} }} }}",
        batched=True,
    ),
    "station": Case(
        "one station with its state, another one each time",
        "query ($id: ID!) { station(id: $id) { id name workshop state { status activity } } }",
        by_id=True,
    ),
}


def requests(case: Case, count: int = 200) -> list[bytes]:
    """Whole HTTP requests, of which clients send one after the other."""
    dice = random.Random(7)  # noqa: S311  dice for measurements
    made = []
    for _ in range(count if case.by_id else 1):
        variables = {"id": f"{KEY}:station:{dice.randrange(200)}"} if case.by_id else {}
        body = orjson.dumps({"query": case.query, "variables": variables})
        head = "POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        made.append(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
    return made


def write_requests(path: Path, found: Iterable[bytes]) -> None:
    """For `load.c`."""
    path.write_bytes(b"".join(b"%d\n%s" % (len(one), one) for one in found))


def write_answers(path: Path, stations: int = 200) -> None:
    """For `upstream.c`: everything the vendor can be asked, under its path."""
    answers = vendor_answers(stations)
    path.write_bytes(
        b"".join(b"%s %d\n%s" % (name.encode(), len(text), text) for name, text in answers.items())
    )


def vendor_answers(stations: int) -> Mapping[str, bytes]:
    """Path -> JSON. Fields have the names and words of GraphQL, so that no peer must translate."""
    records = list(_records(stations))
    halls = [_station(one) for one in records if isinstance(one, Station)]
    states = [_state(one) for one in records if isinstance(one, Station)]
    jobs = [_job(one) for one in records if isinstance(one, Job)]
    orders = [{"id": one.id, "number": int(one.remote_id)} for one in records if isinstance(one, Order)]
    pieces = [_piece(one) for one in records if isinstance(one, Piece)]
    found: dict[str, Any] = {
        "/stations": {"nodes": halls},
        "/states": {"nodes": states},
        "/jobs": {"nodes": jobs},
        "/orders": {"nodes": orders},
        "/pieces": {"nodes": pieces},
    }
    by_station: dict[str, list[Any]] = {}
    for job in jobs:
        by_station.setdefault(job["stationId"], []).append(job)
    for hall, state in zip(halls, states, strict=True):
        # Not every peer can take the number out of an id, or leaves colons as they are.
        for key in (hall["number"], hall["id"], quote(hall["id"], safe="")):
            found[f"/stations/{key}"] = hall
        found[f"/stations/{hall['number']}/state"] = state
        found[f"/stations/{hall['number']}/jobs"] = {"nodes": by_station.get(hall["id"], [])}
    for order in range(ORDERS):
        own = [one for one in pieces if one["orderId"] == f"{KEY}:order:{order}"]
        found[f"/orders/{order}/pieces"] = {"nodes": own}
    return {path: orjson.dumps(value) for path, value in found.items()}


def _station(one: Station) -> dict[str, Any]:
    return {
        "id": one.id, "number": int(one.remote_id), "name": one.name, "description": one.description,
        "kind": one.kind and one.kind.name, "workshop": one.workshop, "groups": list(one.groups),
        "enabled": one.enabled, "monitored": one.monitored, "updatedAt": instant(one.updated_at),
        "stale": False,
    }  # fmt: skip


def _state(one: Station) -> dict[str, Any]:
    state = _live_of(one).state
    assert state is not None
    return {
        "stationId": one.id, "status": state.status.name, "activity": state.activity.name, "name": state.name,
        "color": state.color, "since": state.since and instant(state.since),
    }  # fmt: skip


def _job(one: Job) -> dict[str, Any]:
    return {
        "id": one.id, "stationId": one.station_id, "name": one.name, "status": one.status.name,
        "kind": one.kind.name, "valid": one.valid, "archived": one.archived,
        "createdAt": one.created_at and instant(one.created_at), "partReference": one.part_reference,
    }  # fmt: skip


def _piece(one: Piece) -> dict[str, Any]:
    return {
        "id": one.id, "orderId": one.order_id, "name": one.name, "status": one.status.name,
        "quantity": one.quantity, "serialised": one.serialised, "reference": one.reference,
        "material": one.material, "updatedAt": instant(one.updated_at), "stale": False,
        "kind": one.kind,
    }  # fmt: skip
