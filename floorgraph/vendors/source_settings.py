"""Settings that the sources of all vendors share, and where secrets come from."""

import hashlib
import os
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationInfo

from floorgraph.model.ids import SOURCE_KEY


def _read_secret(value: Any, info: ValidationInfo) -> Any:
    """Resolve `{ env = "NAME" }` and `{ file = "path" }`; anything else is the secret itself.

    Relative paths count from the folder of the configuration file, which comes
    in as the validation context `folder`. Messages name the variable or file, never a secret.
    """
    if not isinstance(value, dict):
        return value
    if set(value) == {"env"}:
        name = str(value["env"])
        if name not in os.environ:
            raise ValueError(f"the environment variable {name} is not set")
        return os.environ[name]
    if set(value) == {"file"}:
        path = Path((info.context or {}).get("folder", "")) / str(value["file"])
        try:
            return path.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ValueError(f"the file {path} cannot be read: {error.strerror}") from error
    raise ValueError('expected a string, { env = "NAME" } or { file = "path" }')


def content_mark(*paths: Path) -> str:
    """What tells the contents of files apart; a file that cannot be read has none.

    Settings that name a file keep this beside the name, so that they differ once the file does.
    """
    mark = hashlib.sha256()
    for path in paths:
        try:
            mark.update(hashlib.sha256(path.read_bytes()).digest())
        except OSError:
            mark.update(b"none")
    return mark.hexdigest()


Secret = Annotated[SecretStr, BeforeValidator(_read_secret)]
"""A secret in the configuration: a string, `{ env = "NAME" }` or `{ file = "path" }`."""


class SourceSettings(BaseModel):
    """One `[[sources]]` table; vendors add their own keys."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, hide_input_in_errors=True, use_attribute_docstrings=True
    )

    key: Annotated[str, Field(pattern=f"^{SOURCE_KEY.pattern}$")]
    """Name of the source, which becomes part of its ids: small letters, digits, `_` and `-`."""
    vendor: str
    """Which vendor's server it is."""
    title: str | None = None
    """What people call it; the key when absent."""
    commands: frozenset[str] = frozenset()
    """Which commands may be sent to it, by their names in GraphQL such as `changeStationState`; none unless
    they are named here."""
    destructive_commands: bool = False
    """Whether those of the commands may be sent that delete something or cannot be undone."""
