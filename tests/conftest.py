"""What every test gets: the leak check, and nothing that hides a failure."""

pytest_plugins = ["tests.support.leaks", "tests.support.loops"]
