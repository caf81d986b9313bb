"""The `[limits]` table: what one operation, one socket and one caller may ask for."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field

from floorgraph.model.limits import DEFAULT_PAGE, LARGEST_PAGE, Limit, Mode, OperationLimits
from floorgraph.settings.table import Table


class LimitTable(Table):
    """A number, and perhaps a mode of its own."""

    most: Annotated[int, Field(ge=1)]
    """The most that is allowed."""
    mode: Mode | None = None
    """`enforce`, `measure` or `off`; that of the whole table when absent."""


def _table(value: Any) -> Any:
    if isinstance(value, Mapping | LimitTable):
        return value
    if isinstance(value, int | str) and not isinstance(value, bool):
        return {"most": value}
    raise ValueError('expected a number, or a table such as { most = 20, mode = "measure" }')


Most = Annotated[LimitTable, BeforeValidator(_table)]
"""`20`, or `{ most = 20, mode = "measure" }`."""


def _page(table: LimitTable) -> LimitTable:
    if not DEFAULT_PAGE <= table.most <= LARGEST_PAGE:
        raise ValueError(f"expected between {DEFAULT_PAGE} and {LARGEST_PAGE} records")
    return table


MostOnAPage = Annotated[Most, AfterValidator(_page)]
"""As `Most`; a page that nobody gave a size must have room, and one in memory must stay bounded."""

_DEFAULT = OperationLimits()


def _default(name: str) -> Any:
    limit: Limit = getattr(_DEFAULT, name)
    return Field(default=LimitTable(most=limit.most, mode=None if limit.mode is Mode.ENFORCE else limit.mode))


class LimitSettings(Table):
    """The `[limits]` table."""

    mode: Mode = Mode.ENFORCE
    """What becomes of operations over a limit that has no mode of its own: `enforce` refuses them, `measure`
    answers and logs them, `off` does not look."""
    depth: Most = _default("depth")
    """Levels of fields below each other; introspection does not count."""
    aliases: Most = _default("aliases")
    """Fields with an alias, each as often as fragments repeat it."""
    tokens: Most = _default("tokens")
    """Words and signs of the document."""
    directives: Most = _default("directives")
    """Directives, each as often as fragments repeat it."""
    fields: Most = _default("fields")
    """Fields, each as often as fragments repeat it."""
    introspection: Most = _default("introspection")
    """Values that introspection may give, estimated from how long the schema's lists are on average."""
    page_size: MostOnAPage = _default("page_size")
    """Records that one page of a list may hold at most (`first`, `last`). Beyond 10000 no mode answers."""
    records: Most = _default("records")
    """Records that all pages together may hold at most, nested ones multiplied."""
    upstream_calls: Most = _default("upstream_calls")
    """Calls to vendors that the operation may cause at most."""
    connection_mode: Mode = Mode.ENFORCE
    """What becomes of websockets, event streams and operations over the next five limits: `enforce` refuses
    them, `measure` lets them be and logs them, `off` does not look."""
    operations_per_socket: Annotated[int, Field(ge=1, le=10_000)] = 30
    """Operations on one websocket at the same time."""
    init_seconds: Annotated[float, Field(gt=0, le=60)] = 10.0
    """Seconds within which a websocket must send `connection_init`."""
    sockets: Annotated[int, Field(ge=1)] = 5_000
    """Websockets and event streams at the same time."""
    sockets_per_address: Annotated[int, Field(ge=1)] = 1_000
    """Websockets and event streams from one address at the same time."""
    sockets_per_identity: Annotated[int, Field(ge=1)] = 1_000
    """Websockets and event streams of one key or token subject at the same time."""
    requests_per_second: Annotated[float, Field(gt=0)] = 200.0
    """Operations per second of one key or token subject, over a longer time."""
    requests_per_second_per_address: Annotated[float, Field(gt=0)] = 500.0
    """Operations per second from one address, over a longer time."""
    burst_seconds: Annotated[float, Field(gt=0, le=600)] = 5.0
    """Seconds whose operations may come all at once."""
    commands_per_minute: Annotated[float, Field(ge=1)] = 60.0
    """Commands per minute of one key or token subject, or of all callers without one, repeats included."""
    refused_credentials_per_minute: Annotated[float, Field(gt=0)] = 30.0
    """Wrong keys or tokens per minute from one address, after which more are refused unread."""

    def of_operations(self) -> OperationLimits:
        """The limits on one operation, each with its mode."""
        names = OperationLimits.__dataclass_fields__
        return OperationLimits(**{name: self._limit(getattr(self, name)) for name in names})

    def _limit(self, table: LimitTable) -> Limit:
        return Limit(table.most, table.mode or self.mode)
