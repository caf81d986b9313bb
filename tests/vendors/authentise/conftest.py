"""Authentise tenants to read from: simulators in processes of their own, shared by all tests."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from floorgraph.model.time import Clock, SystemClock
from floorgraph.vendors.authentise.source import AuthentiseSource
from floorgraph.vendors.contract import SourceTools
from tests.vendors.authentise.hall import Hall, running, settings_of

Build = Callable[..., AuthentiseSource]


@pytest.fixture(scope="session")
def _hall() -> Iterator[Hall]:
    with running(printers=10, pieces=120, batches=8) as found:
        yield found


@pytest.fixture
def hall(_hall: Hall) -> Hall:
    """A tenant that stands still until it is stepped or changed."""
    return _hall.reset()


@pytest.fixture(scope="session")
def _large() -> Iterator[Hall]:
    with running(printers=45, post_processors=5, pieces=400, batches=45) as found:
        yield found


@pytest.fixture
def large(_large: Hall) -> Hall:
    """A tenant with more than two comma sets of printers, batches and pieces."""
    return _large.reset()


@pytest.fixture
async def source() -> AsyncIterator[Build]:
    """Builds sources of a tenant, and closes them."""
    built: list[AuthentiseSource] = []

    def build(
        hall: Hall | str, clock: Clock | None = None, folder: Path | None = None, **settings: object
    ) -> AuthentiseSource:
        address = hall if isinstance(hall, str) else hall.base_url
        tools = SourceTools(clock=clock or SystemClock(), state_dir=folder)
        built.append(AuthentiseSource(settings_of(address, **settings), tools))
        return built[-1]

    yield build
    for one in built:
        await one.close()
