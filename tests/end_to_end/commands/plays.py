"""One way that commands end, for every command of every vendor at once: sent, followed, logged, repeated."""

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from floorgraph.server.app import app_over
from floorgraph.settings import KeySettings, Role, ServerSettings, Settings, settings_of
from floorgraph.vendors.floor import Floor
from tests.end_to_end.commands.floor import AM, FIELDS, LASER, NORTH, Shops, tables
from tests.end_to_end.commands.rows import ROWS, Row, made_ready
from tests.end_to_end.commands.shop import QUICK
from tests.support.client import LiveClient, live, query
from tests.support.deadline import DEADLINE
from tests.support.identities import key
from tests.support.serving import serving

ENDINGS = ("done", "wrong", "refused", "broken", "lost before", "lost after", "down")
WATCHED = ("done", "lost before", "lost after")
"""The endings in which the floor is watched all the time."""
STREAMS = ("station", "job", "layout", "piece", "batch", "order")
KNOWN = "{ commandId name outcome resolvedAt operation { status } }"
LOG = """query { commands(first: 200) { totalCount nodes { commandId name sourceKey who role input outcome
  begunAt sentAt endedAt resolvedAt before after vendorAnswer userErrors { code vendorCode message }
  operation { status } } } }"""


@dataclass
class Played:
    """What came of every row, by its name."""

    given: dict[str, dict[str, Any]] = field(default_factory=dict)
    payloads: dict[str, dict[str, Any]] = field(default_factory=dict)
    stories: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """The events of `commandChanged`, to its end."""
    operations: dict[str, list[str]] = field(default_factory=dict)
    """The statuses that `operationChanged` told, to its end."""
    changes: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """Subscription -> its changes that name a command."""
    log: dict[str, dict[str, Any]] = field(default_factory=dict)
    """The log of commands as an admin reads it."""
    repeats: dict[str, dict[str, Any]] = field(default_factory=dict)
    """The payloads of the same commands sent again to a later server."""
    writes: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(source, endpoint) -> calls that the vendor's own record has."""
    who: str = ""


class Following:
    """Subscriptions on one websocket, and what was heard on each."""

    def __init__(self, client: LiveClient) -> None:
        self.heard: dict[str, list[dict[str, Any]]] = {}
        self.over: set[str] = set()
        self._client = client
        self._news = asyncio.Event()
        self._trouble: list[dict[str, Any]] = []

    async def begin(self, name: str, document: str, **variables: Any) -> None:
        self.heard[name] = []
        await self._client.subscribe(document, key=name, **variables)

    async def read(self) -> None:
        while True:
            message = await self._client.receive()
            if message["type"] == "next" and "errors" not in message["payload"]:
                self.heard[message["id"]].append(next(iter(message["payload"]["data"].values())))
            elif message["type"] == "complete":
                self.over.add(message["id"])
            else:
                self._trouble.append(message)
            self._news.set()

    async def until(self, missing: Callable[[], Iterable[object]]) -> None:
        """Wait until nothing is missing in what was heard."""
        try:
            async with asyncio.timeout(DEADLINE):
                while [*missing()]:
                    assert not self._trouble, self._trouble
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"not heard: {', '.join(map(str, missing()))}") from None


@asynccontextmanager
async def following(base_url: str, token: str) -> AsyncIterator[Following]:
    """An operator's websocket that is read all the time."""
    async with live(base_url, {"Authorization": f"ApiKey {token}"}) as client:
        found = Following(client)
        reading = asyncio.create_task(found.read())
        try:
            yield found
        finally:
            reading.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await reading


@asynccontextmanager
async def application(given: list[dict[str, Any]], keys: tuple[KeySettings, ...], state_dir: Path) -> Any:
    """The base URL of a server of whom only those with keys know more than the time of day."""
    limits = {"operations_per_socket": 100, "commands_per_minute": 1000}
    read = settings_of({"sources": given, "limits": limits}, "the test")
    server = ServerSettings(anonymous_role=Role.NONE, state_dir=state_dir)
    settings = Settings(server=server, sources=read.sources, keys=keys, limits=read.limits)
    app = app_over(Floor([settings.source(one) for one in settings.sources]), settings, commands=QUICK)
    async with serving(app) as base_url:
        yield base_url


def confirming(row: Row, ending: str) -> list[str]:
    """The subscriptions on which a change names the command.

    Where the answer was lost for longer than new records wait for it, they are told without a name.
    """
    names = [row.seen_on, row.brings_on if ending == "done" else None]
    return [name for name in names if name is not None]


class Play:
    """One ending, played once."""

    def __init__(self, shops: Shops, ending: str, state_dir: Path, nowhere: str) -> None:
        self._shops = shops
        self._ending = ending
        self._folder = state_dir
        self._nowhere = nowhere
        """The address of a server that is down."""
        self._operator, self._sesame = key(Role.OPERATOR)
        self._admin, self._simsalabim = key(Role.ADMIN)
        self._played = Played(who=f"key:{self._operator.id}")

    async def run(self) -> Played:
        """See all commands through."""
        made_ready(self._shops)
        played, given = self._played, tables(self._shops)
        played.given = {str(row): self._given(row) for row in ROWS}
        if self._ending == "down":
            given = [one | self._away(one) for one in given]
        keys = (self._operator, self._admin)
        async with (
            application(given, keys, self._folder) as base_url,
            following(base_url, self._sesame) as feed,
        ):
            if self._ending in WATCHED:
                await self._watch(feed)
            await asyncio.to_thread(self._break)
            await self._send(base_url, feed)
            await self._hear_out(feed)
            played.log = await self._logged(base_url)
        async with application(given, keys, self._folder) as base_url:
            played.repeats = await self._all(base_url)
        for source in (NORTH, AM, LASER):
            played.writes.update((source, label) for label in self._shops.writes(source))
        return played

    def _given(self, row: Row) -> dict[str, Any]:
        found = row.given(self._shops) | {"commandId": str(row)}
        return found | (dict(row.wrong) if self._ending == "wrong" else {})

    def _away(self, table: Mapping[str, Any]) -> dict[str, str]:
        path = "/CAPI/REST" if table["key"] == NORTH else ""
        return {"base_url": self._nowhere + path}

    async def _watch(self, feed: Following) -> None:
        for stream in STREAMS:
            name = f"{stream}Changed"
            await feed.begin(name, f"subscription {{ {name} {{ kind id cause commandId changedFields }} }}")
        streams = [f"{stream}Changed" for stream in STREAMS]
        await feed.until(
            lambda: [
                name for name in streams if not any(one["kind"] == "CAUGHT_UP" for one in feed.heard[name])
            ]
        )

    def _break(self) -> None:
        shops = self._shops
        if self._ending in ("lost before", "lost after"):
            self._fault("hang", applied=self._ending == "lost after")
        if self._ending == "broken":
            self._fault("status", status=500)
        if self._ending == "refused":
            no = '{"ErrorCode": 1001, "Message": "This function is not allowed"}'
            shops.fault(NORTH, "status", endpoint="POST *", status=403, body=no, content_type=JSON)
            no = '{"errors": [{"code": "Refused", "title": "Not like this"}]}'
            for method in ("POST", "PUT"):
                shops.fault(AM, "status", endpoint=f"{method} *", status=409, body=no, content_type=JSON)
            no = '{"status": 1007, "msg": "no", "data": null}'
            for label in LABELS[LASER]:
                shops.fault(LASER, "status", endpoint=label, status=200, body=no, content_type=JSON)

    def _fault(self, kind: str, **settings: object) -> None:
        self._shops.fault(NORTH, kind, endpoint="POST *", **settings)
        for method in ("POST", "PUT"):
            self._shops.fault(AM, kind, endpoint=f"{method} *", **settings)
        for label in LABELS[LASER]:
            self._shops.fault(LASER, kind, endpoint=label, **settings)

    async def _send(self, base_url: str, feed: Following) -> None:
        sending = asyncio.create_task(self._all(base_url))
        try:
            if self._ending == "lost after":
                await asyncio.to_thread(self._nest)
            if self._ending.startswith("lost"):
                await self._under_way(base_url)
                await self._follow(feed)
            if self._ending == "lost after":
                await asyncio.to_thread(self._shops.step, AM, 10)
            self._played.payloads = await sending
        finally:
            sending.cancel()
        if not self._ending.startswith("lost"):
            await self._follow(feed)
        await asyncio.to_thread(self._shops.heal)

    async def _under_way(self, base_url: str) -> None:
        """Wait until every command was sent, and nobody answers."""
        rows = dict(enumerate(ROWS))
        asked = " ".join(f'c{number}: command(id: "{row}") {{ sentAt }}' for number, row in rows.items())
        async with asyncio.timeout(DEADLINE):
            while True:
                found = await self._ask(base_url, self._sesame, f"{{ {asked} }}")
                if all(one is not None and one["sentAt"] for one in found.values()):
                    return
                await asyncio.sleep(0.05)

    async def _follow(self, feed: Following) -> None:
        for row in ROWS:
            await feed.begin(
                str(row), f"subscription ($id: ID!) {{ commandChanged(id: $id) {KNOWN} }}", id=str(row)
            )

    async def _hear_out(self, feed: Following) -> None:
        """Everything that is heard of the commands, to its end."""
        played = self._played
        going_on = [str(row) for row in ROWS if row.accepted and self._ending == "done"]
        for name in going_on:
            document = "subscription ($id: ID!) { operationChanged(id: $id) { status } }"
            await feed.begin(f"operation {name}", document, id=name)
        await feed.until(lambda: [one for one in going_on if not feed.heard[f"operation {one}"]])
        if going_on:
            await asyncio.to_thread(self._step)
        ends = {*map(str, ROWS), *(f"operation {name}" for name in going_on)}
        await feed.until(lambda: ends - feed.over)
        if self._ending in ("done", "lost after"):
            await feed.until(lambda: self._unseen(feed))
        played.stories = {str(row): feed.heard[str(row)] for row in ROWS}
        played.operations = {
            name: [one["status"] for one in feed.heard[f"operation {name}"]] for name in going_on
        }
        played.changes = {
            name: [one for one in events if one.get("commandId") is not None]
            for name, events in feed.heard.items()
            if name.endswith("Changed")
        }

    def _unseen(self, feed: Following) -> list[Row]:
        return [
            row
            for row in ROWS
            for name in confirming(row, self._ending)
            if not any(one["commandId"] == str(row) for one in feed.heard[name])
        ]

    def _nest(self) -> None:
        """Nesting shows by its end alone, so that it ends before anybody looks for it."""
        label = next(row.label for row in ROWS if row.name == "autoNest")
        given_up = time.monotonic() + DEADLINE
        while label not in self._shops.writes(LASER):
            assert time.monotonic() < given_up
            time.sleep(0.05)
        self._shops.step(LASER, 60)

    def _step(self) -> None:
        """Let what goes on at the vendors come to its end."""
        self._shops.step(AM, 10)
        self._shops.step(LASER, 60)

    async def _all(self, base_url: str) -> dict[str, dict[str, Any]]:
        found = await asyncio.gather(*(self._one(base_url, row) for row in ROWS))
        return {str(row): payload for row, payload in zip(ROWS, found, strict=True)}

    async def _one(self, base_url: str, row: Row) -> dict[str, Any]:
        title = row.name[0].upper() + row.name[1:]
        text = f"mutation ($input: {title}Input!) {{ {row.name}(input: $input) {{ {FIELDS} }} }}"
        answer = await self._ask(base_url, self._sesame, text, {"input": self._played.given[str(row)]})
        payload: dict[str, Any] = answer[row.name]
        return payload

    async def _logged(self, base_url: str) -> dict[str, dict[str, Any]]:
        found = (await self._ask(base_url, self._simsalabim, LOG))["commands"]
        assert found["totalCount"] == len(ROWS)
        return {one["commandId"]: one for one in found["nodes"]}

    async def _ask(
        self, base_url: str, token: str, document: str, variables: dict[str, Any] | None = None
    ) -> dict[str, Any]:
        answer = await query(base_url, document, variables, Authorization=f"ApiKey {token}")
        assert "errors" not in answer, answer
        found: dict[str, Any] = answer["data"]
        return found


JSON = "application/json"
LABELS = {source: [row.label for row in ROWS if row.source == source] for source in (NORTH, AM, LASER)}
