"""Reading the configuration file and the environment, table by table.

`FLOORGRAPH_SERVER__PORT=9000` overrides `port` in `[server]`; `[limits]`,
`[documents]`, `[jwt]` and `[telemetry]` likewise.
"""

import os
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from floorgraph.settings.documents import DocumentSettings
from floorgraph.settings.identity import JwtSettings, KeySettings
from floorgraph.settings.limits import LimitSettings
from floorgraph.settings.problems import ConfigurationError, explained, suggestion
from floorgraph.settings.server import ServerSettings
from floorgraph.settings.telemetry import TelemetrySettings
from floorgraph.vendors.contract import Manifest, Source, SourceTools
from floorgraph.vendors.floor import Floor, manifests
from floorgraph.vendors.source_settings import SourceSettings

M = TypeVar("M", bound=BaseModel)

ENVIRONMENT = "FLOORGRAPH_"
TABLES: Mapping[str, type[BaseModel]] = {
    "server": ServerSettings,
    "limits": LimitSettings,
    "documents": DocumentSettings,
    "jwt": JwtSettings,
    "telemetry": TelemetrySettings,
}
"""Tables that stand once, each overridden by the environment."""
OPTIONAL = ("jwt", "telemetry")
"""Those that mean something by being there."""
LISTS = ("keys", "sources")


@dataclass(frozen=True, slots=True)
class Settings:
    """The whole configuration."""

    server: ServerSettings = field(default_factory=ServerSettings)
    sources: tuple[SourceSettings, ...] = ()
    keys: tuple[KeySettings, ...] = ()
    jwt: JwtSettings | None = None
    limits: LimitSettings = field(default_factory=LimitSettings)
    documents: DocumentSettings = field(default_factory=DocumentSettings)
    telemetry: TelemetrySettings | None = None

    def floor(self, tools: SourceTools | None = None) -> Floor:
        """The configured sources; makes no calls."""
        return Floor(self.source(settings, tools) for settings in self.sources)

    def source(self, settings: SourceSettings, tools: SourceTools | None = None) -> Source:
        """One configured source; makes no calls.

        Raises `ConfigurationError` for what only shows then, such as a certificate file that is not there.
        """
        lent = tools or SourceTools(state_dir=self.server.state_dir)
        try:
            return manifests()[settings.vendor].build(settings, lent)
        except (ValueError, OSError) as error:
            raise ConfigurationError([f"sources: '{settings.key}': {error}"]) from error


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
    known = (*TABLES, *LISTS)
    problems = [
        f"{origin}: {key}: there is no such table.{suggestion(key, known)}"
        for key in content
        if key not in known
    ]
    context = {"folder": str(folder or Path())}
    found: dict[str, Any] = {}
    for name, model in TABLES.items():
        overrides = _overrides(name, environment or {})
        if name in content or overrides or name not in OPTIONAL:
            found[name] = _table(content.get(name, {}), (name, model), overrides, origin, context, problems)
    sources = _sources(content.get("sources", []), origin, context, problems)
    named = _named(content.get("sources", []))
    keys = _keys(content.get("keys", []), named, origin, problems)
    if problems:
        raise ConfigurationError(problems)
    return Settings(sources=tuple(sources), keys=tuple(keys), **found)


def _overrides(table: str, environment: Mapping[str, str]) -> dict[str, str]:
    prefix = f"{ENVIRONMENT}{table.upper()}__"
    return {
        name.removeprefix(prefix).lower(): value
        for name, value in environment.items()
        if name.startswith(prefix)
    }


def _table(
    table: Any,
    kind: tuple[str, type[M]],
    overrides: Mapping[str, str],
    origin: str,
    context: dict[str, str],
    problems: list[str],
) -> M | None:
    name, model = kind
    if not isinstance(table, Mapping):
        problems.append(f"{origin}: {name}: expected a table, written [{name}].")
        return None
    try:
        return model.model_validate({**table, **overrides}, context=context)
    except ValidationError as error:
        for detail in error.errors(include_url=False, include_input=False):
            key = str(detail["loc"][0]) if detail["loc"] else ""
            variable = f"the environment variable {ENVIRONMENT}{name.upper()}__{key.upper()}"
            where = variable if key in overrides else origin
            problems.append(f"{where}: {explained(detail, name, model)}")
        return None


def _named(sources: Any) -> set[str]:
    """The keys of sources as they stand there, right or wrong."""
    if not isinstance(sources, list):
        return set()
    return {str(table.get("key")) for table in sources if isinstance(table, Mapping)}


def _keys(tables: Any, sources: set[str], origin: str, problems: list[str]) -> list[KeySettings]:
    if not isinstance(tables, list) or not all(isinstance(table, Mapping) for table in tables):
        problems.append(f"{origin}: keys: expected a list of tables, each written [[keys]].")
        return []
    found: list[KeySettings] = []
    for index, table in enumerate(tables):
        name = f"keys[{index}]"
        try:
            key = KeySettings.model_validate(dict(table))
        except ValidationError as error:
            details = error.errors(include_url=False, include_input=False)
            problems.extend(f"{origin}: {explained(detail, name, KeySettings)}" for detail in details)
            continue
        if any(other.id == key.id for other in found):
            problems.append(f"{origin}: {name}.id: '{key.id}' is used twice; ids must differ.")
        problems.extend(
            f"{origin}: {name}.sources: there is no source '{missing}'.{suggestion(missing, sources)}"
            for missing in sorted(set(key.sources or ()) - sources)
        )
        found.append(key)
    return found


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
            read = manifest.settings.model_validate(dict(table), context=context)
            where = f"{origin}: {name} ('{read.key}').commands"
            problems.extend(f"{where}: {wrong}" for wrong in _unknown_commands(read, manifest))
            found.append(read)
        except ValidationError as error:
            called = f"{name} ('{table['key']}')" if isinstance(table.get("key"), str) else name
            problems.extend(
                f"{origin}: {explained(detail, called, manifest.settings)}"
                for detail in error.errors(include_url=False, include_input=False)
            )
    problems.extend(_repeated(found, origin))
    return found


def _unknown_commands(settings: SourceSettings, manifest: Manifest) -> list[str]:
    """What is wrong with the commands that a source is allowed to be sent."""
    known = sorted(kind.word() for kind in manifest.commands)
    listed = ", ".join(known) or "none"
    return [
        f"there is no command '{name[:60]}' for {manifest.title.partition(' (')[0]}."
        f"{suggestion(name, known)} Its commands are: {listed}."
        for name in sorted(settings.commands - set(known))
    ]


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
            f"{suggestion(str(vendor), known)} Expected one of: {listed}."
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
