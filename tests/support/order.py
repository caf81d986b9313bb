"""The files that take longest come first, so that no process is left alone with one of them at the end.

Which test comes when is random within a file, and among the other files. pytest-xdist keeps to this
order with `--no-loadscope-reorder`.
"""

from pathlib import Path

import pytest

LONGEST = (
    "tests/browser/test_board.py",
    "tests/end_to_end/commands/test_cwork.py",
    "tests/vendors/cloudnest/commands/test_outcomes.py",
    "tests/end_to_end/test_commands_of_all_vendors.py",
    "tests/fuzz/test_websocket.py",
    "tests/fuzz/test_queries.py",
    "tests/vendors/cloudnest/test_day.py",
    "tests/end_to_end/test_soak.py",
    "tests/end_to_end/test_additive_prices.py",
    "tests/vendors/authentise/test_prices.py",
    "tests/browser/test_board_in_trouble.py",
    "tests/execution/test_differential.py",
    "tests/end_to_end/test_three_vendors.py",
    "tests/end_to_end/test_restart.py",
    "tests/deploy/test_proxies.py",
    "tests/examples/test_programs.py",
    "tests/subscriptions/test_lives.py",
    "tests/subscriptions/test_one_poller.py",
    "tests/server/test_reloading.py",
    "tests/browser/test_survival.py",
    "tests/browser/test_graphiql_examples.py",
)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Bring them to the front, after the order was made random."""
    places = {Path(config.rootpath, name): place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path, len(LONGEST)))
