"""Random messages for graphql-transport-ws, from a seed: well-formed ones, broken ones, and all between."""

import json
from collections.abc import Callable
from random import Random
from typing import Any

DOCUMENTS = (
    "{ sources { key status feeds { name interval } } }",
    "{ stations(first: 2) { totalCount nodes { id name jobs { nodes { id pieces { nodes { id } } } } } } }",
    "query Q($id: ID!) { node(id: $id) { __typename id ... on Station { name } } }",
    "query Q($ids: [ID!]!, $first: Int = 3) { nodes(ids: $ids) { id } jobs(first: $first) { nodes { id } } }",
    "query A { __typename } query B { sources { key } }",
    "{ node(id: 1) {...F} } fragment F on Job { pieces { nodes { ...G } } } fragment G on Piece { id }",
    "subscription { stationChanged(maxAge: 0.2) { kind id station { name } } }",
    "subscription S($f: StationFilter) { stationChanged(filter: $f, maxAge: 1) { kind cursor } }",
    "subscription S($after: String) { stationChanged(after: $after, maxAge: 1) { kind cursor } }",
    "subscription { sourceChanged { kind key } }",
    "mutation { __typename }",
    "query R($r: [_Any!]!) { _entities(representations: $r) { __typename } _service { sdl } }",
    "{ __schema { queryType { fields { name type { name ofType { name } } } } } }",
    '{ station(id: "north:station:1") { raw history(last: 3) { start } imageUrl } }',
)
# fmt: off
WORDS = (
    "{", "}", "(", ")", "[", "]", "...", "!", "$", ":", "@include(if: $x)", "id", "stations", "null", "#",
    "0", "-1e999", "99999999999999999999", '"', '"""', "\\u{D800}", "\x00", "\ufeff", "🏭", "Query",
)
# fmt: on
TYPES = ("connection_init", "ping", "pong", "subscribe", "complete", "start", "stop", "next", "error", "")


class Maker:
    """Makes one message after the other."""

    def __init__(self, seed: int) -> None:
        self._dice = Random(seed)  # noqa: S311 - not for secrets
        self._number = 0

    def __call__(self) -> str | bytes:
        """The next message: text, or bytes for a binary frame."""
        self._number += 1
        kinds: tuple[tuple[int, Callable[[], str | bytes]], ...] = (
            (60, self._operation),
            (12, self._small_talk),
            (10, self._bent),
            (8, self._any_json),
            (7, self._noise),
            (3, self._binary),
        )
        (made,) = self._dice.choices([make for _, make in kinds], [weight for weight, _ in kinds])
        return made()

    def _operation(self) -> str:
        payload: dict[str, Any] = {"query": self._document()}
        if self._dice.random() < 0.6:
            payload["variables"] = {
                self._dice.choice(("id", "ids", "first", "f", "after", "r", "x", "")): self._value(3)
                for _ in range(self._dice.randrange(4))
            }
        if self._dice.random() < 0.2:
            payload["operationName"] = self._dice.choice(("A", "B", "Q", "", "nope", "\x00", None))
        if self._dice.random() < 0.2:
            payload["extensions"] = self._dice.choice((None, {}, {"x": self._value(2)}))
        return json.dumps({"type": "subscribe", "id": f"{self._number}", "payload": payload})

    def _document(self) -> str:
        text = self._dice.choice(DOCUMENTS)
        way = self._dice.randrange(8)
        if way < 2:
            return text
        if way == 2:
            return "{" + "a{" * self._dice.choice((10, 100, 3000)) + self._dice.choice(WORDS)
        if way == 3:
            return "{ " + " ".join(f"a{n}: __typename" for n in range(self._dice.choice((5, 200)))) + " }"
        if way == 4:
            return " ".join(self._dice.choices(WORDS, k=self._dice.randrange(30)))
        words = text.split()
        for _ in range(self._dice.randrange(1, 5)):
            at = self._dice.randrange(len(words) + 1)
            words[at : at + self._dice.randrange(3)] = self._dice.choices(WORDS, k=self._dice.randrange(3))
        return " ".join(words)

    def _small_talk(self) -> str:
        kind = self._dice.choice(("ping", "pong", "complete"))
        if kind == "complete":
            return json.dumps({"type": kind, "id": str(self._dice.randrange(1, self._number + 1))})
        return json.dumps(
            {"type": kind, **self._dice.choice(({}, {"payload": None}, {"payload": {"a": self._value(2)}}))}
        )

    def _bent(self) -> str:
        """A message with one thing wrong, mostly."""
        message: dict[str, Any] = {
            "type": self._dice.choice(TYPES),
            "id": self._dice.choice(("1", "", "x" * 300)),
            "payload": {"query": self._document()},
        }
        spot = self._dice.choice(
            ("type", "id", "payload", "query", "variables", "operationName", "extensions")
        )
        if spot in message:
            if self._dice.random() < 0.3:
                del message[spot]
            else:
                message[spot] = self._value(3)
        else:
            message["payload"][spot] = self._value(3)
        return json.dumps(message)

    def _any_json(self) -> str:
        if self._dice.random() < 0.1:
            return self._dice.choice(("[", '{"a":')) * self._dice.choice((50, 5000, 60_000))
        return json.dumps(self._value(4))

    def _noise(self) -> str:
        text = "".join(
            chr(self._dice.choice((0, 9, 34, 92, 123, 125, 233, 8232, 128_640))) for _ in range(20)
        )
        return self._dice.choice(
            (text, "", " ", "NaN", '{"type":"ping"', "\ufeff{}", '{"type": "ping"} {}', '"\\ud800"')
        )

    def _binary(self) -> bytes:
        return self._dice.choice((b"", b'{"type":"ping"}', self._dice.randbytes(40)))

    def _value(self, depth: int) -> Any:
        way = self._dice.randrange(10 if depth else 7)
        plain: tuple[Any, ...] = (
            None,
            self._dice.random() < 0.5,
            self._dice.choice((0, -1, 7, 2**31, 2**63, 10**30, 0.5, 1e300)),
            self._dice.choice(
                ("", "north:station:1", "north:job:1", "station", "x:y:z", "💥\u2028", "a" * 5000)
            ),
            "north:station:" + str(self._dice.randrange(8)),
            {"__typename": "Station", "id": "north:station:2"},
            [],
        )
        if way < len(plain):
            return plain[way]
        if way == 7:
            return [self._value(depth - 1) for _ in range(self._dice.randrange(4))]
        keys = ("type", "id", "ids", "status", "text", "__proto__", "query", "")
        return {self._dice.choice(keys): self._value(depth - 1) for _ in range(self._dice.randrange(4))}
