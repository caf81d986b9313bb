"""What every test gets: the leak check, plain logs, and nothing that hides a failure."""

pytest_plugins = [
    "tests.support.leaks",
    "tests.support.logs",
    "tests.support.loops",
    "tests.support.names",
    "tests.support.order",
]
