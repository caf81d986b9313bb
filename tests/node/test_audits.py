"""All audits of graphql-http pass."""

from collections import Counter

import pytest

from tests.node.npm import told_by
from tests.server.test_over_http import AUDITS
from tests.support.memory import MemorySource, station
from tests.support.serving import serving_sources

pytestmark = pytest.mark.node


async def test_every_audit_passes_and_each_has_its_mirror(node: str) -> None:
    async with serving_sources([MemorySource("north", [station("1")])]) as base_url:
        found = await told_by(node, "audits.mjs", f"{base_url}/graphql")
    assert [audit for audit in found if audit["status"] != "ok"] == []
    levels = Counter(str(audit["name"]).split()[0] for audit in found)
    assert levels == {"MUST": 13, "SHOULD": 23, "MAY": 25}
    assert sorted(audit["id"] for audit in found) == sorted(audit.id for audit in AUDITS)
