"""The `/_control` endpoints: look into a simulated server and steer it. Not counted as calls."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import orjson
from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from floorgraph.simulators.contract import ControlError, SimulatedServer
from floorgraph.simulators.counters import Counters
from floorgraph.simulators.faults import FAULT, Faults

RESETTABLE = ("calls", "faults", "shop")


class Control:
    """The endpoints and what they steer. `released` is called when faults are cleared."""

    def __init__(
        self,
        server: SimulatedServer,
        counters: Counters,
        faults: Faults,
        *,
        released: Callable[[], None],
        prefix: str,
    ) -> None:
        self._server = server
        self._counters = counters
        self._faults = faults
        self._released = released
        self.app = Starlette(
            routes=[
                Route(prefix + "/health", _json(self._health)),
                Route(prefix + "/calls", _json(self._calls)),
                Route(prefix + "/reset", _json(self._reset), methods=["POST"]),
                Route(prefix + "/faults", _json(self._list_faults)),
                Route(prefix + "/faults", _json(self._add_fault), methods=["POST"]),
                Route(prefix + "/faults", _json(self._clear_faults), methods=["DELETE"]),
                Route(prefix + "/step", _json(self._step), methods=["POST"]),
                Route(prefix + "/state", _json(self._state)),
                Route(prefix + "/state", _json(self._change), methods=["POST"]),
            ]
        )

    async def _health(self, _: Request) -> object:
        return {"status": "ok", "now": self._now()}

    async def _calls(self, _: Request) -> object:
        return self._counters.report()

    async def _reset(self, request: Request) -> object:
        wanted = await _object(request, {"what"})
        what = wanted.get("what", ["calls"])
        if not isinstance(what, list) or not all(isinstance(part, str) for part in what):
            raise ControlError("what", "expected a list of names")
        if unknown := [part for part in what if part not in RESETTABLE]:
            raise ControlError("what", f"unknown: {', '.join(unknown)}; known: {', '.join(RESETTABLE)}")
        if "calls" in what:
            self._counters.reset()
        if "faults" in what:
            self._faults.clear()
            self._released()
        if "shop" in what:
            self._server.restart()
        return {"reset": what}

    async def _list_faults(self, _: Request) -> object:
        return {"faults": self._faults.listed()}

    async def _add_fault(self, request: Request) -> object:
        wanted = await _object(request, None)
        try:
            fault = FAULT.validate_python(wanted)
        except ValidationError as error:
            raise first_problem(error, below=wanted.get("kind")) from error
        return {"id": self._faults.add(fault), "faults": self._faults.listed()}

    async def _clear_faults(self, request: Request) -> object:
        number = request.query_params.get("id")
        if number is None:
            self._faults.clear()
        elif not number.isdigit() or not self._faults.remove(int(number)):
            raise ControlError("id", f"no fault {number} is in force")
        self._released()
        return {"faults": self._faults.listed()}

    async def _step(self, request: Request) -> object:
        seconds = (await _object(request, {"seconds"})).get("seconds")
        if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
            raise ControlError("seconds", "expected a number")
        if not 0 <= seconds <= 10 * 365 * 86_400:
            raise ControlError("seconds", "expected 0 up to ten years: time does not go back")
        self._server.clock.step(seconds)
        self._server.advance()
        return {"now": self._now()}

    async def _state(self, _: Request) -> object:
        self._server.advance()
        return self._server.state()

    async def _change(self, request: Request) -> object:
        wanted = await _object(request, None)
        self._server.advance()
        return self._server.change(wanted)

    def _now(self) -> str:
        return datetime.fromtimestamp(self._server.clock.now(), UTC).isoformat()


def first_problem(error: ValidationError, *, below: object = None) -> ControlError:
    """What a validation found wrong first, with the path of the field (without the step `below`)."""
    problem = error.errors(include_url=False, include_context=False)[0]
    path = problem["loc"][1:] if problem["loc"][:1] == (below,) else problem["loc"]
    field = ".".join(str(part) for part in path)
    if not field:
        field = "kind" if problem["type"].startswith("union_tag") else "body"
    return ControlError(field, problem["msg"])


async def _object(request: Request, known: set[str] | None) -> dict[str, Any]:
    """The JSON object in the body; an empty body is an empty object."""
    body = await request.body()
    try:
        wanted = orjson.loads(body) if body.strip() else {}
    except orjson.JSONDecodeError as error:
        raise ControlError("body", f"not JSON: {error}") from error
    if not isinstance(wanted, dict):
        raise ControlError("body", "expected an object")
    if known is not None and (unknown := set(wanted) - known):
        raise ControlError(min(unknown), f"unknown; known: {', '.join(sorted(known))}")
    return wanted


def _json(
    handler: Callable[[Request], Awaitable[object]],
) -> Callable[[Request], Awaitable[Response]]:
    """Answer with JSON; a control request that makes no sense is a 400 that names the field."""

    async def endpoint(request: Request) -> Response:
        status = 200
        try:
            answer = await handler(request)
        except ControlError as error:
            status = 400
            answer = {"field": error.field, "message": error.message}
        return Response(orjson.dumps(answer), status, media_type="application/json")

    return endpoint
