"""What writing to a resource does beyond storing it."""

from collections.abc import Callable, Mapping

from floorgraph.simulators.authentise.request import Ask
from floorgraph.simulators.authentise.resource import Ref, Row
from floorgraph.simulators.authentise.writes import (
    batches,
    operations,
    orders,
    people,
    queues,
    runs,
    stations,
)
from floorgraph.simulators.contract import Reply

Post = Callable[[Ask, Row], Ref | Reply | None]
"""From the values of the body to the link of what was made, or a whole answer."""
Put = Callable[[Ask, Row, Row], None]
"""From the record and the values of the body."""
Delete = Callable[[Ask, Row], None]

POSTS: Mapping[str, Post] = {
    **queues.POSTS,
    **runs.POSTS,
    **operations.POSTS,
    **stations.POSTS,
    **batches.POSTS,
    **orders.POSTS,
    **people.POSTS,
}
PUTS: Mapping[str, Put] = {**runs.PUTS, **stations.PUTS, **batches.PUTS, **orders.PUTS}
DELETES: Mapping[str, Delete] = {**runs.DELETES, **stations.DELETES, **orders.DELETES}
