"""Logs: one line per event, in the form that is configured, and no secrets whatever is logged."""

import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from pydantic import BaseModel, SecretBytes, SecretStr

from floorgraph.logs import CHATTY, Seldom, configure_logs
from tests.support.logs import log_plainly

SECRET = "must-not-show"


class Settings(BaseModel):
    url: str = f"https://user:{SECRET}@host"


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    levels = {name: logging.getLogger(name).level for name in ("uvicorn.error", "websockets")}
    yield
    log_plainly()
    root.handlers[:] = handlers
    root.setLevel(level)
    for name, before in levels.items():
        logging.getLogger(name).setLevel(before)
    for name in CHATTY:
        logging.getLogger(name).filters.clear()


def written(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().err.splitlines()


def test_json_is_one_object_per_line_from_both_worlds(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(form="json")
    structlog.get_logger("floorgraph.test").warning("source status", source="north", status="DOWN")
    logging.getLogger("library").error("failed with %s", 7)
    first, second = map(json.loads, written(capsys))
    assert first.items() >= {"event": "source status", "level": "warning", "source": "north"}.items()
    assert second.items() >= {"event": "failed with 7", "level": "error"}.items()
    assert first["timestamp"].endswith("Z")


def test_auto_is_json_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs()
    structlog.get_logger().info("ready")
    assert json.loads(written(capsys)[0])["event"] == "ready"


def test_console_is_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(form="console")
    structlog.get_logger().info("ready", port=8000)
    (line,) = written(capsys)
    assert "ready" in line
    assert "port=8000" in line
    assert "\x1b" not in line


@pytest.mark.parametrize(("level", "told"), [("debug", 4), ("info", 3), ("warning", 2), ("error", 1)])
def test_the_level_decides_what_is_told(level: str, told: int, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(form="json", level=level)
    log = structlog.get_logger("floorgraph.levels")
    for weight in ("debug", "info", "warning", "error"):
        getattr(log, weight)("event")
    assert len(written(capsys)) == told


@pytest.mark.parametrize("form", ["json", "console"])
def test_secrets_are_hidden_by_their_type_however_deep(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(form=form)
    secret = SecretStr(SECRET)
    structlog.get_logger().info(
        "event",
        plain=secret,
        raw=SecretBytes(SECRET.encode()),
        body=SECRET.encode(),
        table=Settings(),
        nested={"list": [secret, ({"deep": secret},)], "set": {Settings}},
    )
    logging.getLogger("library").warning("with %s and %r", secret, secret)
    lines = "\n".join(written(capsys))
    assert SECRET not in lines
    assert "Settings" in lines
    assert "13 bytes" in lines


@pytest.mark.parametrize("form", ["json", "console"])
def test_tracebacks_show_no_local_variables(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(form=form)

    def failing(password: str) -> None:
        raise RuntimeError(f"{len(password)} characters")

    try:
        failing("".join(["must", "-not", "-show"]))
    except RuntimeError:
        structlog.get_logger().exception("resolver failed")
    text = capsys.readouterr().err
    assert "RuntimeError: 13 characters" in text
    assert SECRET not in text


def test_configured_again_the_latest_holds(capsys: pytest.CaptureFixture[str]) -> None:
    log = structlog.get_logger("floorgraph.again")
    configure_logs(form="console", level="error")
    log.info("unheard")
    configure_logs(form="json", level="info")
    log.info("heard")
    assert [json.loads(line)["event"] for line in written(capsys)] == ["heard"]


def test_a_chatty_logger_is_heard_once_in_a_while() -> None:
    now = 100.0
    seldom = Seldom(60, clock=lambda: now)

    def told() -> str | None:
        record = logging.LogRecord("strawberry.ws", logging.WARNING, "", 0, "origin %r", ("http://x",), None)
        return record.getMessage() if seldom.filter(record) else None

    assert [told() for _ in range(4)] == ["origin 'http://x'", None, None, None]
    now += 60
    assert told() == "origin 'http://x' (3 more before)"
    now += 60
    assert told() == "origin 'http://x'"


def test_websockets_from_other_sites_do_not_flood_the_log(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logs(form="json")
    for number in range(100):
        logging.getLogger("strawberry.ws").warning("Rejected WebSocket connection from origin %r", number)
    assert len(written(capsys)) == 1
