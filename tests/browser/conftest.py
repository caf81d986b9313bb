"""What several of the browser's tests need."""

import pytest

from tests.node import npm


@pytest.fixture(scope="session")
def axe() -> str:
    """The script that looks for faults of accessibility."""
    npm.installed()
    return (npm.INSTALLED / "axe-core" / "axe.min.js").read_text("utf-8")
