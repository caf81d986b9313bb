"""The names of tests do not depend on bytes."""

import pytest


@pytest.mark.parametrize(("kind", "packed"), [("one", b"\x1f\x8b\x00"), ("one", b"\x1f\x8b\x01")])
def test_bytes_are_not_spelt_out_in_a_name(request: pytest.FixtureRequest, kind: str, packed: bytes) -> None:
    assert request.node.name == f"{request.node.originalname}[{kind}-packed{packed[2]}]"
