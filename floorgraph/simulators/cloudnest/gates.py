"""What every request has to pass: signature, organisation, permission, quota and rate."""

import time
from datetime import tzinfo
from fnmatch import fnmatchcase
from hashlib import md5
from hmac import compare_digest

from floorgraph.simulators.cloudnest import zones
from floorgraph.simulators.cloudnest.errors import Refused
from floorgraph.simulators.cloudnest.request import Desk, Endpoint
from floorgraph.simulators.contract import Call

DASHED = ("app-id", "time-stamp", "app-sign")
CAMEL = ("appId", "timestamp", "appSign")
ORG_HEADER = "X-FS-Orgcode"


def gateway_time(desk: Desk, hall_time: float) -> float:
    """What the gateway's clock shows."""
    now = time.time() if desk.options.gateway_clock == "real" else hall_time
    return now + desk.clock_skew


def signature(app_id: str, app_secret: str, stamp: str) -> str:
    """MD5 over the three, one after the other, as lower-case hex."""
    return md5((app_id + app_secret + stamp).encode(), usedforsecurity=False).hexdigest()


def watch_secret(desk: Desk, call: Call) -> None:
    """Notice a request that carries the secret: clients have no reason to send it."""
    texts = [*call.headers.values(), str(call.query), call.body.decode("utf-8", "replace")]
    if any(desk.app_secret in text for text in texts):
        desk.secrets_seen += 1


def check_signature(desk: Desk, call: Call, now: float) -> None:
    """Known app, right signature, time stamp of 13 digits inside the window: checked in this order."""
    app_id, stamp, sign = _signed(desk, call)
    if app_id != desk.options.app_id:
        raise Refused("unknown-app")
    if not (stamp.isascii() and stamp.isdigit() and len(stamp) == 13):
        raise Refused("expired")
    if not compare_digest(sign.encode(), signature(app_id, desk.app_secret, stamp).encode()):
        raise Refused("bad-sign")
    if abs(int(stamp) / 1000 - now) > desk.options.sign_window_seconds:
        raise Refused("expired")


def _signed(desk: Desk, call: Call) -> tuple[str, str, str]:
    for style, names in (("dash", DASHED), ("camel", CAMEL)):
        if style in desk.options.header_styles:
            app_id, stamp, sign = (call.headers.get(name, "") for name in names)
            if app_id and stamp and sign:
                return app_id, stamp, sign
    raise Refused("missing-header", ", ".join(DASHED))


def check_organisation(desk: Desk, call: Call, endpoint: Endpoint) -> None:
    """CloudNest endpoints are asked for one team."""
    if not endpoint.org:
        return
    code = call.headers.get(ORG_HEADER, "").strip()
    if not code:
        raise Refused("org-missing")
    if code not in desk.org_codes:
        raise Refused("org-unknown")


def check_grant(desk: Desk, endpoint: Endpoint) -> None:
    """1007 for what the caller's permissions do not cover."""
    part = desk.options.cloudnest if endpoint.org else desk.options.iot
    if not part or any(
        fnmatchcase(endpoint.name, one) or fnmatchcase(endpoint.path, one) for one in desk.ungranted
    ):
        raise Refused("not-granted")


def check_limits(desk: Desk, endpoint: Endpoint, now: float) -> None:
    """Quota of the day and rate, per endpoint. Whatever comes this far counts."""
    rate_now = time.monotonic() if desk.options.rate_clock == "real" else now
    match desk.limits.admit(endpoint.name, endpoint.path, now=now, rate_now=rate_now):
        case "quota":
            raise Refused("quota")
        case "rate":
            raise Refused("rate")
        case _:
            return


def zone_of(desk: Desk, call: Call, endpoint: Endpoint) -> tzinfo:
    """Beijing, or what `zoneId` says where it is heeded."""
    heeded = desk.options.zone_id
    name = call.headers.get("zoneId", "")
    if not name or heeded == "ignored" or (heeded == "machine-data" and not endpoint.zoned):
        return zones.BEIJING
    try:
        return zones.zone(name)
    except ValueError as error:
        raise Refused("parameter", "zoneId") from error
