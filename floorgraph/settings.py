"""The configuration: one TOML file, overridden by environment variables, checked before anything starts.

Every problem is reported at once, each with file, key and what was expected.
`FLOORGRAPH_SERVER__PORT=9000` overrides `port` in `[server]`.
"""

import difflib
import os
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import ErrorDetails

from floorgraph.vendors.contract import Manifest, SourceTools
from floorgraph.vendors.floor import Floor, manifests
from floorgraph.vendors.source_settings import Secret, SourceSettings

ENVIRONMENT = "FLOORGRAPH_SERVER__"


class ConfigurationError(Exception):
    """The configuration cannot be used; `problems` are sentences for the person who wrote it."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = list(problems)
        super().__init__("\n".join(self.problems))


class Role(StrEnum):
    """What a caller may do."""

    VIEWER = "viewer"
    """May read everything but vendors' payloads and traces."""
    ADMIN = "admin"
    """May read vendors' payloads (`raw`) and ask for the trace of upstream calls."""

    def rights(self) -> frozenset[str]:
        """The rights that the role brings."""
        return frozenset({"raw", "trace"}) if self is Role.ADMIN else frozenset()


class ServerSettings(BaseModel):
    """The `[server]` table."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, use_attribute_docstrings=True
    )

    host: str = "127.0.0.1"
    """Address to listen on; everything but loopback lets others on the network in."""
    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    """Port to listen on; 0 takes a free one."""
    anonymous_role: Role = Role.VIEWER
    """What callers may do who do not say who they are: `viewer` or `admin`."""
    graphiql: bool = True
    """Whether the page for exploring the API is served at `/graphiql`."""
    allowed_origins: tuple[str, ...] = ()
    """Origins of pages on other hosts that may open websockets, such as `https://dashboard.example`."""
    signing_key: Secret | None = None
    """Key for the addresses of station pictures; made anew at each start when absent."""
    image_url_seconds: Annotated[int, Field(ge=10, le=86400)] = 3600
    """How long the address of a station's picture is good for."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The whole configuration."""

    server: ServerSettings
    sources: tuple[SourceSettings, ...]

    def floor(self, tools: SourceTools | None = None) -> Floor:
        """The configured sources; makes no calls."""
        known, lent = manifests(), tools or SourceTools()
        return Floor(known[settings.vendor].build(settings, lent) for settings in self.sources)


def read_settings(path: Path, environment: Mapping[str, str] | None = None) -> Settings:
    """Read a configuration file. Raises `ConfigurationError` naming file, key and what was expected."""
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        hint = " `floorgraph demo` runs without one." if isinstance(error, FileNotFoundError) else ""
        raise ConfigurationError([f"{path}: cannot be read: {error.strerror}.{hint}"]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError([f"{path}: is not valid TOML: {error}."]) from error
    return settings_of(content, str(path), path.parent, os.environ if environment is None else environment)


def settings_of(
    content: Mapping[str, Any],
    origin: str,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> Settings:
    """Check a configuration that was read already; `origin` stands in messages in place of a file name."""
    problems = [
        f"{origin}: {key}: there is no such table.{_suggestion(key, ('server', 'sources'))}"
        for key in content
        if key not in ("server", "sources")
    ]
    context = {"folder": str(folder or Path())}
    server = _server(content.get("server", {}), environment or {}, origin, context, problems)
    sources = _sources(content.get("sources", []), origin, context, problems)
    if problems or server is None:
        raise ConfigurationError(problems)
    return Settings(server, tuple(sources))


def _server(
    table: Any, environment: Mapping[str, str], origin: str, context: dict[str, str], problems: list[str]
) -> ServerSettings | None:
    if not isinstance(table, Mapping):
        problems.append(f"{origin}: server: expected a table, written [server].")
        return None
    overrides = {
        name.removeprefix(ENVIRONMENT).lower(): value
        for name, value in environment.items()
        if name.startswith(ENVIRONMENT)
    }
    origins = {key: f"the environment variable {ENVIRONMENT}{key.upper()}" for key in overrides}
    try:
        return ServerSettings.model_validate({**table, **overrides}, context=context)
    except ValidationError as error:
        for detail in error.errors(include_url=False, include_input=False):
            key = str(detail["loc"][0]) if detail["loc"] else ""
            where = origins.get(key, origin)
            problems.append(f"{where}: {_explained(detail, 'server', ServerSettings)}")
        return None


def _sources(tables: Any, origin: str, context: dict[str, str], problems: list[str]) -> list[SourceSettings]:
    if not isinstance(tables, list):
        problems.append(f"{origin}: sources: expected a list of tables, each written [[sources]].")
        return []
    known = manifests()
    found: list[SourceSettings] = []
    for index, table in enumerate(tables):
        name = f"sources[{index}]"
        if not isinstance(table, Mapping):
            problems.append(f"{origin}: {name}: expected a table, written [[sources]].")
            continue
        manifest = _manifest(table, known, f"{origin}: {name}", problems)
        if manifest is None:
            continue
        try:
            found.append(manifest.settings.model_validate(dict(table), context=context))
        except ValidationError as error:
            called = f"{name} ('{table['key']}')" if isinstance(table.get("key"), str) else name
            problems.extend(
                f"{origin}: {_explained(detail, called, manifest.settings)}"
                for detail in error.errors(include_url=False, include_input=False)
            )
    problems.extend(_repeated(found, origin))
    return found


def _manifest(
    table: Mapping[str, Any], known: Mapping[str, Manifest], where: str, problems: list[str]
) -> Manifest | None:
    vendor = table.get("vendor")
    if vendor is None:
        problems.append(f"{where}.vendor: is missing; expected one of: {', '.join(known)}.")
        return None
    if vendor not in known:
        listed = ", ".join(known) or "none is installed"
        problems.append(
            f"{where}.vendor: there is no vendor '{str(vendor)[:60]}'."
            f"{_suggestion(str(vendor), known)} Expected one of: {listed}."
        )
        return None
    return known[vendor]


def _repeated(found: Iterable[SourceSettings], origin: str) -> list[str]:
    seen: set[str] = set()
    problems = []
    for settings in found:
        if settings.key in seen:
            problems.append(f"{origin}: sources: the key '{settings.key}' is used twice; keys must differ.")
        seen.add(settings.key)
    return problems


def _explained(detail: ErrorDetails, where: str, model: type[BaseModel]) -> str:
    """One problem in words: the key, what was expected, and for an unknown key the one that was meant."""
    path = ".".join([where, *(str(part) for part in detail["loc"] if not str(part).startswith("function-"))])
    if detail["type"] == "extra_forbidden":
        names = _names(model, detail["loc"][:-1])
        return f"{path}: there is no such key.{_suggestion(str(detail['loc'][-1]), names)}"
    if detail["type"] == "missing":
        return f"{path}: is missing; {_described(model, detail['loc'])}"
    message = detail["msg"].removeprefix("Value error, ").removeprefix("Input ")
    return f"{path}: {message}."


def _names(model: type[BaseModel], path: tuple[int | str, ...]) -> list[str]:
    """The keys of the table at a path, as far as it is one of ours."""
    for part in path:
        field = model.model_fields.get(str(part))
        if (
            field is None
            or not isinstance(field.annotation, type)
            or not issubclass(field.annotation, BaseModel)
        ):
            return []
        model = field.annotation
    return list(model.model_fields)


def _described(model: type[BaseModel], path: tuple[int | str, ...]) -> str:
    field = model.model_fields.get(str(path[0])) if len(path) == 1 else None
    return f"expected: {field.description}" if field is not None and field.description else "it is needed."


def _suggestion(word: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(word, list(known), n=1)
    return f" Did you mean '{close[0]}'?" if close else ""
