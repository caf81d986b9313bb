"""What a request has to pass before an endpoint sees it: key, version, licence, rights."""

import base64
import binascii
import re

from starlette.datastructures import Headers

from floorgraph.simulators.contract import Call
from floorgraph.simulators.cwork.errors import VendorError
from floorgraph.simulators.cwork.people import User
from floorgraph.simulators.cwork.request import Desk, Endpoint

AUTHENTICATED_SINCE = 2
_VERSION = re.compile(r"application/json\s*\+\s*v(\d+)(?:\.(\d+))?", re.IGNORECASE)


class Unauthorized(Exception):
    """No API key, or one nobody has."""


def identify(desk: Desk, headers: Headers) -> User | None:
    """The user whose key was sent; None before v1.2, which asks nobody.

    Raises:
        Unauthorized: no key, or an unknown one.
    """
    if desk.version < AUTHENTICATED_SINCE:
        return None
    scheme, _, encoded = headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        raise Unauthorized
    try:
        key = base64.b64decode(encoded, validate=True).decode().partition(":")[0]
    except (binascii.Error, UnicodeDecodeError) as error:
        raise Unauthorized from error
    user = desk.people.with_key(key)
    if user is None:
        raise Unauthorized
    return user


def chosen_version(desk: Desk, headers: Headers) -> int:
    """The minor version the Accept header asks for (1002, 1003)."""
    found = _VERSION.search(headers.get("accept", ""))
    if not found:
        raise VendorError(1003)
    major, minor = found[1], found[2]
    if minor is None and major == "1":
        match desk.options.accept:
            case "newest":
                return desk.version
            case "full":
                raise VendorError(1003)
            case _:
                raise VendorError(1002, "1")
    asked = f"{major}.{minor}" if minor else major
    if major != "1" or int(minor) > desk.version:
        raise VendorError(1002, asked)
    return int(minor)


def check_endpoint(desk: Desk, endpoint: Endpoint, version: int) -> None:
    """Whether the version has the endpoint."""
    if version >= endpoint.since:
        return
    if endpoint.before is not None:
        raise VendorError(endpoint.before)
    raise VendorError(desk.options.missing_function if endpoint.method == "GET" else 1008)


def check_licence(desk: Desk, endpoint: Endpoint) -> None:
    """Whether the endpoint's module is licensed (1001, 3001)."""
    if not desk.licences:
        raise VendorError(3001)
    if endpoint.licence != "any" and endpoint.licence not in desk.licences:
        raise VendorError(desk.options.missing_licence)


def check_right(endpoint: Endpoint, user: User | None) -> None:
    """Whether the user's group has the right the endpoint needs (1001)."""
    if endpoint.right and user and not user.may(endpoint.right):
        raise VendorError(1001)


def check_engine(desk: Desk, endpoint: Endpoint) -> None:
    """Whether the machines can be reached (1012)."""
    if endpoint.engine and not desk.engine_up:
        raise VendorError(1012)


def unknown_path(desk: Desk, call: Call, others: bool) -> VendorError:
    """The error for a path that is not there, or not with this method (`others` are)."""
    if others:
        return VendorError(1008)
    rest = call.path.removeprefix(desk.options.base_path)
    return VendorError(1006 if rest.strip("/") == "" else desk.options.missing_function)
