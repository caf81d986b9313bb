"""The `[telemetry]` table: where traces are sent."""

from typing import Annotated

from pydantic import Field

from floorgraph.settings.table import Table


class TelemetrySettings(Table):
    """The `[telemetry]` table; nothing is traced without it."""

    otlp_endpoint: Annotated[str, Field(pattern=r"^https?://[^\s@?#]+$")]
    """Where traces are sent, by OTLP over HTTP, such as `http://127.0.0.1:4318/v1/traces`."""
    service_name: Annotated[str, Field(min_length=1, max_length=100)] = "floorgraph"
    """What this server is called in traces."""
    sample_ratio: Annotated[float, Field(ge=0, le=1)] = 1.0
    """Share of operations that are traced, 0 to 1."""
