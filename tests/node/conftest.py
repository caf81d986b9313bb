"""What the tests with npm's packages share."""

import pytest

from tests.node.npm import installed


@pytest.fixture(scope="session")
def node() -> str:
    """The path of Node.js; the packages are installed."""
    return installed()
