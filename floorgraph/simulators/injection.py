"""What a fault does to an answer, before it is on the wire."""

from typing import Any

from floorgraph.simulators.contract import Reply
from floorgraph.simulators.faults import (
    Drift,
    Empty,
    Fault,
    Html,
    Huge,
    Malformed,
    RateLimit,
    Redirect,
    Status,
    Truncate,
    Unauthorized,
)

PAGE = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body><h1>Sign in</h1></body></html>"


def replacement(fault: Fault) -> Reply | None:
    """The answer a fault gives in the vendor's place; None when the vendor answers."""
    match fault:
        case Status():
            return Reply(fault.status, content=fault.body.encode(), content_type=fault.content_type)
        case RateLimit():
            headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
            return Reply(429, content=b"Too many requests", content_type="text/plain", headers=headers)
        case Unauthorized():
            headers = {"WWW-Authenticate": 'Basic realm="simulator"'}
            return Reply(401, content=b"Unauthorized", content_type="text/plain", headers=headers)
        case Html():
            return Reply(200, content=PAGE, content_type="text/html; charset=utf-8")
        case Redirect():
            return Reply(fault.status, content=b"", headers={"Location": fault.location})
        case _:
            return None


def takes_effect(faults: list[Fault]) -> bool:
    """Whether the vendor still does what it is asked although its answer is lost."""
    return all(
        fault.applied
        for fault in faults
        if isinstance(fault, (Status, RateLimit, Unauthorized, Html, Redirect))
    )


def edited(data: Any, faults: list[Fault]) -> Any:
    """The payload after truncation, emptying and drift."""
    for fault in faults:
        match fault:
            case Truncate():
                data = _cut_list(data, fault.keep)
            case Empty():
                data = _cut_list(data, 0)
            case Drift():
                data = _drifted(data, fault)
            case _:
                pass
    return data


def mangled(body: bytes, faults: list[Fault]) -> bytes:
    """The body after text-level faults."""
    for fault in faults:
        match fault:
            case Malformed(how="cut_text"):
                body = body[: max(1, len(body) * 2 // 3)].rstrip(b"]}")
            case Malformed(how="trailing_text"):
                body += b"]}<br>"
            case Malformed():
                body = body.replace(b":", b": bare word ", 1) if b":" in body else b"[bare word]"
            case Huge():
                body += b" " * max(0, fault.bytes - len(body))
            case _:
                pass
    return body


def _cut_list(data: Any, keep: int | None) -> Any:
    """Shorten the list, or the lists directly inside the envelope."""
    if isinstance(data, list):
        return data[: len(data) // 2 if keep is None else keep]
    if isinstance(data, dict):
        return {
            key: _cut_list(value, keep) if isinstance(value, list) else value for key, value in data.items()
        }
    return data


def _drifted(data: Any, fault: Drift) -> Any:
    """Change the field wherever it occurs, at any depth."""
    if isinstance(data, list):
        return [_drifted(item, fault) for item in data]
    if not isinstance(data, dict):
        return data
    changed = {}
    for key, value in data.items():
        if key != fault.field:
            changed[key] = _drifted(value, fault)
        elif fault.action == "rename":
            changed[fault.to] = value
        elif fault.action == "retype":
            changed[key] = _retyped(value)
    return changed


def _retyped(value: Any) -> Any:
    """The same value as another JSON type."""
    match value:
        case bool():
            return "yes" if value else "no"
        case int() | float():
            return f"{value} units"
        case str():
            return {"value": value}
        case _:
            return str(value)
