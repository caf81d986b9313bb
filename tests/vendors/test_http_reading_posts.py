"""Vendors that ask their questions by POST: a read is a read, whatever its method."""

import pytest

from floorgraph.vendors.failures import Unreachable
from tests.support.upstream import Answer, Raw, Upstream
from tests.vendors.exchange import Connect


async def test_a_read_by_post_that_is_cut_off_has_no_unknown_outcome(
    upstream: Upstream, connect: Connect
) -> None:
    upstream.script(Raw())
    with pytest.raises(Unreachable) as raised:
        await connect(upstream.url).send("POST", "/list", endpoint="list", json={}, reads=True)
    assert "may or may not" not in str(raised.value)


async def test_a_read_by_post_is_repeated_when_a_kept_connection_was_closed(
    upstream: Upstream, connect: Connect
) -> None:
    client = connect(upstream.url)
    upstream.script(Answer(), Raw(), Answer(body=b'{"a": 1}'))
    await client.send("POST", "/list", endpoint="list", json={}, reads=True)
    reply = await client.send("POST", "/list", endpoint="list", json={}, reads=True)
    assert reply.body == b'{"a": 1}'
    assert len(upstream.requests) == 3
