"""The pin of a source in a configuration file: found, compared and written without touching the rest."""

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import tomlkit
from tomlkit.exceptions import TOMLKitError
from tomlkit.toml_document import TOMLDocument

from floorgraph.settings import ConfigurationError
from floorgraph.vendors.floor import manifests
from floorgraph.vendors.tls import read_fingerprint


@dataclass(frozen=True, slots=True)
class PinnableSource:
    """A source whose certificate can be pinned; `pin` is what is configured now, 64 hex digits."""

    key: str
    host: str
    port: int
    pin: str | None


class ConfigurationFile:
    """A configuration file that keeps its comments and layout. Only what a pin needs is looked at.

    Raises `ConfigurationError` for a file that cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        try:
            with path.open(encoding="utf-8", newline="") as file:
                self._content: TOMLDocument = tomlkit.parse(file.read())
        except OSError as error:
            raise ConfigurationError([f"{path}: cannot be read: {error.strerror}."]) from error
        except (TOMLKitError, UnicodeDecodeError) as error:
            raise ConfigurationError([f"{path}: is not valid TOML: {error}."]) from error

    def source(self, key: str) -> PinnableSource:
        """The source with that key. Raises `ConfigurationError` when its certificate cannot be pinned."""
        table = self._table(key)
        fields = _fields(table)
        if "tls" not in fields or "base_url" not in fields:
            raise self._wrong(key, "sources of its vendor have no certificate to pin")
        address = urlsplit(str(table.get("base_url", fields["base_url"].default)))
        if address.scheme != "https" or not address.hostname:
            raise self._wrong(
                key, "base_url does not begin with https://, so there is no certificate to trust"
            )
        return PinnableSource(key, address.hostname, address.port or 443, _pin(table.get("tls")))

    def pin(self, key: str, fingerprint: str) -> None:
        """Trust exactly the certificate with that fingerprint from now on, and write the file.

        Raises `OSError` when it cannot be written; the file is then as it was.
        """
        table = self._table(key)
        tls = table.get("tls")
        if not isinstance(tls, Mapping):
            table["tls"] = tls = tomlkit.inline_table()
        settings: Any = tls
        settings["mode"] = "pin"
        settings["sha256"] = fingerprint
        settings.pop("ca_file", None)
        _replace(self.path, tomlkit.dumps(self._content))

    def _table(self, key: str) -> Any:
        tables = self._content.get("sources", [])
        found = [table for table in tables if isinstance(table, Mapping) and table.get("key") == key]
        if len(found) != 1:
            known = ", ".join(str(table.get("key")) for table in tables if isinstance(table, Mapping))
            raise ConfigurationError(
                [f"{self.path.name}: sources: there is no source '{key}'; there are: {known or 'none'}."]
                if not found
                else [f"{self.path.name}: sources: the key '{key}' is used twice; keys must differ."]
            )
        return found[0]

    def _wrong(self, key: str, why: str) -> ConfigurationError:
        return ConfigurationError([f"{self.path.name}: sources ('{key}'): {why}."])


def _fields(table: Mapping[str, Any]) -> Mapping[str, Any]:
    manifest = manifests().get(str(table.get("vendor")))
    return {} if manifest is None else manifest.settings.model_fields


def _pin(tls: object) -> str | None:
    if not isinstance(tls, Mapping) or tls.get("mode") != "pin":
        return None
    try:
        return read_fingerprint(str(tls.get("sha256", "")))
    except ValueError:
        return None


def _replace(path: Path, text: str) -> None:
    """Write a file so that it is either the old one or the new one, with the same permissions."""
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", newline="", dir=path.parent, prefix=f".{path.name}.", delete=False
    ) as fresh:
        made = Path(fresh.name)
        try:
            shutil.copymode(path, made)
            fresh.write(text)
            fresh.flush()
            made.replace(path)
        except BaseException:
            made.unlink(missing_ok=True)
            raise
