"""A tenant whose machines have more work than they can do."""

from collections.abc import Iterator

import pytest

from tests.vendors.authentise.hall import Hall, running


@pytest.fixture(scope="session")
def _busy() -> Iterator[Hall]:
    with running(printers=2, pieces=200, batches=8, operation_seconds=4.0) as found:
        yield found


@pytest.fixture
def busy(_busy: Hall) -> Hall:
    """A tenant with queues of several jobs; it stands still until it is stepped."""
    return _busy.reset()
