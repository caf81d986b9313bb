"""Runs what other people's programs and random messages say of the server, and prints it as a page.

    python -m tests.conformance > docs/conformance.md

Needs Node.js and npm. Takes a few minutes. Ends with 1 when anything is not as it should be.
"""

import asyncio
import json
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import structlog

from tests.fuzz.driver import Report, fuzz
from tests.fuzz.process import ROOT, shop
from tests.fuzz.test_websocket import SEED
from tests.node.npm import installed, told_by
from tests.node.test_gateway import FROM_HERE, FROM_THERE, north
from tests.support.memory import MemorySource, station
from tests.support.serving import serving_sources

MESSAGES = 10_000
HEAD = """# Conformance

What other people's programs and random messages say of the server. This page is made by

```sh
python -m tests.conformance > docs/conformance.md
```

which needs Node.js and npm. The same runs are part of the tests: `tests/node` and `tests/fuzz`,
where 300 made-up queries are asked besides.
"""


def package(name: str) -> str:
    """The locked version of an npm package."""
    lock = json.loads((ROOT / "tests" / "node" / "package-lock.json").read_text("utf-8"))
    found: str = lock["packages"][f"node_modules/{name}"]["version"]
    return f"{name} {found}"


async def audited(node: str) -> list[dict[str, Any]]:
    """What each audit of graphql-http says."""
    async with serving_sources([MemorySource("north", [station("1")])]) as base_url:
        return await told_by(node, "audits.mjs", f"{base_url}/graphql")


async def across(node: str) -> list[dict[str, Any]]:
    """What composition says, and what the gateway answers to two queries."""
    sources = [north(), MemorySource("south", [station("1", "Saw 1", "south")])]
    async with serving_sources(sources) as base_url:
        return await told_by(node, "gateway.mjs", f"{base_url}/graphql", FROM_HERE, FROM_THERE)


def fuzzed() -> Report:
    """What came of the random messages."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        with shop(log) as base_url:
            report = asyncio.run(fuzz(base_url, SEED, MESSAGES))
        words = log.read_text("utf-8")
    report.leaks += [sign for sign in ("Traceback", '"level": "error"', "never retrieved") if sign in words]
    return report


def of_audits(audits: list[dict[str, Any]]) -> Iterator[str]:
    """The part about the audits."""
    passed = sum(audit["status"] == "ok" for audit in audits)
    yield f"\n## GraphQL over HTTP: {passed} of {len(audits)} audits pass"
    yield f"\nThe audits of {package('graphql-http')} against a server on a real socket.\n"
    yield "| id | audit | outcome |\n|---|---|---|"
    for audit in audits:
        yield f"| {audit['id']} | {audit['name'].replace('|', '&#124;')} | {audit['status']} |"


def of_messages(report: Report) -> Iterator[str]:
    """The part about the random messages."""
    yield f"\n## Websockets: {report.messages:,} random messages"
    yield (
        f"\nSeed {SEED}: valid, half-valid, wrong messages of graphql-transport-ws over {report.sockets} "
        "sockets. Meanwhile a subscription on a socket of its own went on.\n"
    )
    yield "| what | count |\n|---|---|"
    for code, count in sorted(report.closes.items()):
        yield f"| sockets closed with {code} | {count:,} |"
    for name, count in sorted(report.answers.items()):
        yield f"| `{name}` messages received | {count:,} |"
    for name, count in sorted(report.codes.items()):
        yield f"| errors `{name}` | {count:,} |"
    yield f"| changes told to the subscription meanwhile | {report.news:,} |"
    yield f"| tracebacks and words of Python in messages, reasons or the log | {len(report.leaks)} |"
    yield f"| sockets that ended otherwise than what was sent explains | {len(report.odd)} |"


def of_the_gateway(composed: dict[str, Any], *answers: dict[str, Any]) -> Iterator[str]:
    """The part about federation."""
    yield "\n## Federation: one query over two subgraphs"
    yield (
        f"\nThe graph composed with a toy subgraph that adds `maintenance` to `Station`, by "
        f"{package('@apollo/composition')}: {len(composed['errors'])} errors. Then asked through "
        f"{package('@apollo/gateway')}; each list or set of entities costs each source one question.\n"
    )
    for query, answer in zip((FROM_HERE, FROM_THERE), answers, strict=True):
        yield f"```text\n{query.strip()}\n```\n"
        yield f"```json\n{json.dumps(answer['data'], indent=1)}\n```\n"


def main() -> int:
    """Print the page."""
    # The page alone goes to standard output.
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    node = installed()
    audits, answers, report = asyncio.run(audited(node)), asyncio.run(across(node)), fuzzed()
    parts = (*of_audits(audits), *of_messages(report), *of_the_gateway(*answers))
    print(HEAD + f"\nFloorgraph {version('floorgraph')}.\n" + "\n".join(parts).rstrip())  # noqa: T201
    fine = all(audit["status"] == "ok" for audit in audits) and not report.leaks and not report.odd
    return 0 if fine and not answers[0]["errors"] else 1


if __name__ == "__main__":
    sys.exit(main())
