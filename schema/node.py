"""The interfaces that all records share."""

from datetime import datetime
from typing import Annotated, Any

import strawberry
from strawberry.scalars import JSON

from floorgraph.model.documented import documentation, summary
from floorgraph.model.record import Record as ModelRecord
from loaders.scope import current_scope

TEXTS = documentation(ModelRecord)


@strawberry.interface(description="Anything that has an id and can be fetched by it alone (Relay).")
class Node:
    """Relay's node."""

    id: str = strawberry.field(description=TEXTS["id"], graphql_type=strawberry.ID)


@strawberry.interface(description=summary(ModelRecord))
class Record(Node):
    """What all records share."""

    remote_id: str = strawberry.field(description=TEXTS["remote_id"])
    observed_at: datetime = strawberry.field(description=TEXTS["observed_at"])
    updated_at: datetime = strawberry.field(description=TEXTS["updated_at"])
    stale: bool = strawberry.field(description=TEXTS["stale"])

    @strawberry.field(description=TEXTS["source"])
    def source(root: strawberry.Parent[Any]) -> Annotated["Source", strawberry.lazy("schema.source")]:  # type: ignore[name-defined]
        """The source that the record comes from."""
        return current_scope().floor.get(root.source)

    @strawberry.field(description=TEXTS["raw"])
    def raw(root: strawberry.Parent[Any]) -> JSON | None:
        """The vendor's payload."""
        current_scope().require("raw", "The field 'raw'")
        payload: JSON | None = root.raw
        return payload
