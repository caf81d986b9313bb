"""The configuration: one TOML file, overridden by environment variables, checked before anything starts.

Every problem is reported at once, each with file, key and what was expected.
"""

from floorgraph.settings.documents import DocumentSettings
from floorgraph.settings.identity import JwtSettings, KeySettings
from floorgraph.settings.limits import LimitSettings
from floorgraph.settings.problems import ConfigurationError
from floorgraph.settings.reading import Settings, read_settings, settings_of
from floorgraph.settings.server import (
    Introspection,
    LogFormat,
    LogLevel,
    MetricsAccess,
    Role,
    ServerSettings,
)
from floorgraph.settings.telemetry import TelemetrySettings

__all__ = [
    "ConfigurationError",
    "DocumentSettings",
    "Introspection",
    "JwtSettings",
    "KeySettings",
    "LimitSettings",
    "LogFormat",
    "LogLevel",
    "MetricsAccess",
    "Role",
    "ServerSettings",
    "Settings",
    "TelemetrySettings",
    "read_settings",
    "settings_of",
]
