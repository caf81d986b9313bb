"""What to do about a source that did not answer, in words for the person who configures it."""

from collections.abc import Iterator
from typing import Final

from pydantic import BaseModel, SecretStr

from floorgraph.vendors.failures import (
    AuthRequired,
    Forbidden,
    Malformed,
    NotFound,
    RateLimited,
    RedirectRefused,
    SourceFailure,
    TimedOut,
    Unreachable,
)
from floorgraph.vendors.source_settings import SourceSettings

ADDRESS: Final = (
    "does base_url have the right host, port, and the right one of http:// and https://, does its server "
    "run, and does no firewall stand between?"
)
PATH: Final = "does base_url lead to the vendor's API, with its path?"
ADVICE: Final[tuple[tuple[type[SourceFailure], str], ...]] = (
    (Unreachable, ADDRESS),
    (TimedOut, f"{ADDRESS} A server that is merely slow needs larger timeouts."),
    (NotFound, PATH),
    (Malformed, PATH),
    (RedirectRefused, PATH),
    (Forbidden, "the vendor's administrator has to give the configured user the right, or the licence."),
    (RateLimited, "wait; something else may be using up what the vendor allows."),
)


def advice(failure: SourceFailure, settings: SourceSettings) -> str | None:
    """The next step; None where the failure's own words say it, as those about certificates do."""
    if isinstance(failure, AuthRequired):
        secrets = " and ".join(_secrets(settings)) or "the credentials"
        return f"is {secrets} right, and may that user use the API?"
    return next((words for kind, words in ADVICE if isinstance(failure, kind)), None)


def _secrets(table: BaseModel, prefix: str = "") -> Iterator[str]:
    """The keys of a table that hold secrets, or would."""
    for name, field in type(table).model_fields.items():
        value = getattr(table, name)
        if isinstance(value, BaseModel):
            yield from _secrets(value, f"{prefix}{name}.")
        elif isinstance(value, SecretStr) or "SecretStr" in str(field.annotation):
            yield f"{prefix}{name}"
