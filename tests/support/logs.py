"""What is logged while tests run is shown plainly.

Unless told otherwise structlog draws every traceback with the variables of each
frame. In a test those are whole floors, and one traceback takes ten seconds.
"""

import structlog


def pytest_configure() -> None:
    """Set it up before the first test."""
    log_plainly()


def log_plainly() -> None:
    """Log as structlog does by itself, without colours and with Python's own tracebacks."""
    structlog.reset_defaults()
    *others, _ = structlog.get_config()["processors"]
    renderer = structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*others, renderer])
