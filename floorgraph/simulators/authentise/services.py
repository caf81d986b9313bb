"""Sessions, the service's own description and other paths that are no records of the tenant."""

from floorgraph.simulators.authentise.access import session_cookie
from floorgraph.simulators.authentise.addresses import Address
from floorgraph.simulators.authentise.catalogue import RESOURCES
from floorgraph.simulators.authentise.errors import VendorError, not_allowed
from floorgraph.simulators.authentise.options import UserOptions
from floorgraph.simulators.authentise.request import Desk, base_url, payload
from floorgraph.simulators.authentise.resource import signature
from floorgraph.simulators.contract import Call, Reply


def serve(desk: Desk, call: Call, address: Address) -> Reply:
    """Answer a path that is no resource.

    Raises:
        VendorError: it cannot be done.
        PageError: 405, there is no such method.
    """
    match call.method, address.name, address.uuid:
        case "GET", "about", None:
            version = {"name": "nautilus", "version": "simulated", "deployment_date": "2026-01-15"}
            return Reply(200, version)
        case "POST", "sessions", None:
            return _login(desk, call)
        case "GET", "sessions", None:
            return Reply(200, _current(desk, call, _user(desk, call)))
        case "DELETE", "sessions", _:
            _user(desk, call)
            desk.access.sessions.pop(session_cookie(call.headers) or "", None)
            gone = {"Set-Cookie": "session=; Path=/; Max-Age=0"}
            return Reply(204, content=b"", content_type="text/plain", headers=gone)
        case "GET", "csrf-token", None:
            _user(desk, call)
            return Reply(200, {"token": f"{int(desk.shop.now):x}"})
        case "GET", "files", str(uuid):
            return _file(call, uuid)
        case _:
            raise not_allowed()


def described() -> Reply:
    """`OPTIONS /`: which resources there are, as RAML."""
    lines = ["#%RAML 0.8", "title: nautilus", "version: simulated", "mediaType: application/json"]
    for name, resource in sorted(RESOURCES.items()):
        lines.append(f"/{name}/:")
        lines += [
            f"  {verb}: {{}}" for letter, verb in (("L", "get"), ("P", "post")) if letter in resource.methods
        ]
        if "G" in resource.methods:
            lines += [f"/{name}/{{uuid}}/:", "  get: {}"]
    return Reply(200, content="\n".join(lines).encode(), content_type="application/raml+yaml")


def _login(desk: Desk, call: Call) -> Reply:
    given = payload(call)
    if not isinstance(given, dict) or not {"username", "password"} <= given.keys():
        raise VendorError(400, "missing-parameter", "username and password are required")
    key = desk.access.login(given["username"], given["password"], desk.shop.now)
    headers = {
        "Location": base_url(desk.options, call) + "/sessions/0/",
        "Set-Cookie": f"session={key}; Path=/; HttpOnly",
    }
    return Reply(201, content=b"", content_type="text/plain", headers=headers)


def _file(call: Call, uuid: str) -> Reply:
    """A file behind a signed link; whoever has the link needs no login.

    Raises:
        VendorError: 403, the signature is missing or another.
    """
    if call.query.get("signature") != signature(uuid):
        raise VendorError(403, "AccessDenied", "The link is not valid")
    content = f"%PDF-1.4\n% Simulated report {uuid}\n%%EOF\n".encode()
    return Reply(200, content=content, content_type="application/pdf")


def _user(desk: Desk, call: Call) -> UserOptions:
    return desk.access.identify(call.headers, desk.shop.now)


def _current(desk: Desk, call: Call, user: UserOptions) -> dict[str, object]:
    base = base_url(desk.options, call)
    link = desk.people.get(user.username)
    return {
        "uri": base + link if link else None,
        "username": user.username,
        "name": user.name or user.username,
        "emails": [f"{user.username}@example.com"],
        "tos": True,
        "impersonating": None,
        "logon_type": "password",
    }
