"""A cache in front of the server, as a proxy that believes in `Cache-Control: max-age=10`."""

from floorgraph.simulators.contract import Call, Reply

MAX_AGE = 10.0


class Cache:
    """Answers to GET by path and query, for ten seconds."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str, bytes], tuple[float, Reply]] = {}

    def get(self, call: Call, now: float) -> Reply | None:
        """An answer that is still fresh; a request that says no-cache gets none."""
        found = self._kept.get(_key(call))
        directives = call.headers.get("cache-control", "")
        if call.method != "GET" or found is None or "no-cache" in directives:
            return None
        since, reply = found
        if now - since >= MAX_AGE:
            return None
        headers = {**reply.headers, "Age": str(int(now - since))}
        return Reply(reply.status, reply.data, headers=headers)

    def put(self, call: Call, reply: Reply, now: float) -> None:
        """Keep an answer; the oldest go when there are many."""
        self._kept.pop(_key(call), None)
        self._kept[_key(call)] = now, reply
        while len(self._kept) > 500:
            del self._kept[next(iter(self._kept))]


def _key(call: Call) -> tuple[str, str, bytes]:
    return call.path, str(call.query), call.body
