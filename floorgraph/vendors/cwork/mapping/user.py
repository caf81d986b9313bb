"""Users and groups, as far as rights need them (API 1.10; vendor document, "Users and Groups")."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from floorgraph.vendors.coerce import BadRecord, Fields
from floorgraph.vendors.diagnostics import Diagnostics

R = TypeVar("R")

RIGHTS: Mapping[str, str] = {
    "CanChangeState": "change a station's state",
    "CanForceAutoState": "return a station to its automatic state",
    "CanSendDoc": "send programs",
    "CanCreateDoc": "create programs",
    "CanCertificatDoc": "certify program versions",
    "CanDelDoc": "delete programs",
    "CanShowOfOp": "see orders and jobs",
}
"""The vendor's rights that bear on what can be read and commanded here, and what they allow."""


@dataclass(frozen=True, slots=True)
class User:
    """Somebody whom CWork knows."""

    handle: int
    login: str | None
    name: str | None
    group: int | None

    def is_called(self, login: str) -> bool:
        """Whether this is the user with that login; the list of users may lack logins."""
        known = self.login or self.name or ""
        return known.casefold() == login.casefold()


@dataclass(frozen=True, slots=True)
class Group:
    """What the members of a group may do."""

    handle: int
    name: str
    rights: frozenset[str]
    stations: str | None


def user(fields: Fields) -> User:
    """One user. Raises `BadRecord` without a handle."""
    return User(
        handle=fields.integer("Handle", required=True),
        login=fields.text("Login"),
        name=fields.text("Name"),
        group=fields.integer("GroupID"),
    )


def group(fields: Fields) -> Group:
    """One group; rights are the strings "0" and "1". Raises `BadRecord` without an identifier."""
    handle = fields.integer("GroupId", required=True)
    return Group(
        handle=handle,
        name=fields.text("GroupName") or str(handle),
        rights=frozenset(name for name in RIGHTS if fields.boolean(name)),
        stations=fields.text("StationAllow"),
    )


def _read(
    payloads: Iterable[Any], name: str, read: Callable[[Fields], R], diagnostics: Diagnostics
) -> list[R]:
    """Those that can be read. A group has some sixty rights, so new and gone fields are not looked for."""
    found: list[R] = []
    for payload in payloads:
        try:
            found.append(read(Fields(payload, name, diagnostics=diagnostics)))
        except BadRecord as bad:
            diagnostics.drift(name, bad.field or "*", "unreadable")
    return found


def rights_hint(login: str, users: Iterable[Any], groups: Iterable[Any], diagnostics: Diagnostics) -> str:
    """What the configured user may do by the payloads of users and groups, in one sentence for people."""
    known = _read(users, "user", user, diagnostics)
    found = next((one for one in known if one.is_called(login)), None)
    if found is None:
        return f"the user '{login}' is not among the users that the server lists"
    own = next((one for one in _read(groups, "group", group, diagnostics) if one.handle == found.group), None)
    if own is None:
        return f"the group of the user '{login}' is not among the groups that the server lists"
    granted = [text for name, text in RIGHTS.items() if name in own.rights]
    missing = [text for name, text in RIGHTS.items() if name not in own.rights]
    parts = [f"user '{login}', group '{own.name}'"]
    parts += [f"may {', '.join(granted)}"] if granted else []
    parts += [f"may not {', '.join(missing)}"] if missing else []
    parts += [f"limited to the stations {own.stations}"] if own.stations else []
    return "; ".join(parts)
