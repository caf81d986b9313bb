"""Logging: one line per event, readable at a terminal and JSON elsewhere."""

import logging
import sys
import time
from collections.abc import Callable, Mapping, MutableMapping
from typing import Any, Final

import structlog
from pydantic import BaseModel, SecretBytes, SecretStr

# These tell of every connection and request, at their lowest level with headers, credentials among
# them; what matters of them is told by this program itself.
QUIET = ("uvicorn.access", "uvicorn.error", "websockets", "strawberry.execution", "httpcore2", "httpx2")
CHATTY: Final = ("strawberry.ws",)
SELDOM: Final = 60.0
"""Seconds for which a chatty logger is silent after each of its words."""
HIDDEN: Final = "**********"
_DEEPEST: Final = 8


def configure_logs(*, verbose: bool = False, form: str = "auto", level: str = "info") -> bool:
    """Send structlog's and the standard library's events to standard error; whether in the form for people.

    `form` is `auto`, `json` or `console`; `level` a weight by name, `debug` when `verbose`.
    May be called again; later calls take the place of earlier ones.
    """
    for_people = sys.stderr.isatty() if form == "auto" else form == "console"
    chosen = logging.DEBUG if verbose else logging.getLevelNamesMapping()[level.upper()]
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        without_secrets,
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_rendering(for_people)],
            foreign_pre_chain=shared,
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(chosen)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.INFO if verbose else max(chosen, logging.WARNING))
    # Warns of every request that is none; what fails in this program is an error.
    logging.getLogger("uvicorn.protocol").setLevel(logging.INFO if verbose else logging.ERROR)
    # Warns of every websocket from a page of another site, as many as that page likes.
    for name in CHATTY:
        logger = logging.getLogger(name)
        logger.filters[:] = [Seldom()]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    return for_people


class Seldom(logging.Filter):
    """Lets one event through in a while, with the number of those that were left out before it."""

    def __init__(self, seconds: float = SELDOM, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._seconds = seconds
        self._clock = clock
        self._until: float | None = None
        self._left_out = 0

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the event is told."""
        now = self._clock()
        if self._until is not None and now < self._until:
            self._left_out += 1
            return False
        if self._left_out:
            record.msg = f"{record.getMessage()} ({self._left_out} more before)"
            record.args = ()
        self._until, self._left_out = now + self._seconds, 0
        return True


def without_secrets(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Hide values that are secrets by their type, however deep they lie.

    Settings hold secrets and addresses with passwords, so of a table of settings only the kind is told.
    """
    for name, value in event.items():
        if not name.startswith("_") and name not in ("exc_info", "event"):
            event[name] = _hidden(value, _DEEPEST)
    return event


def _hidden(value: Any, depth: int) -> Any:
    if isinstance(value, SecretStr | SecretBytes):
        return HIDDEN
    if isinstance(value, BaseModel):
        return type(value).__name__
    if isinstance(value, bytes | bytearray | memoryview):
        return f"{len(value)} bytes"
    if depth and isinstance(value, Mapping):
        return {key: _hidden(part, depth - 1) for key, part in value.items()}
    if depth and isinstance(value, list | tuple | set | frozenset):
        return [_hidden(part, depth - 1) for part in value]
    return value if depth else HIDDEN


def _rendering(for_people: bool) -> list[Any]:
    if for_people:
        # Plain tracebacks: the rich ones show local variables, secrets among them.
        return [
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
            )
        ]
    return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(default=str)]
