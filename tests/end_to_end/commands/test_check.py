"""`floorgraph check` tells which commands a source takes, and the demo takes harmless ones."""

import io
from pathlib import Path
from typing import Any

from rich.console import Console

from floorgraph.check import check_sources, described, show
from floorgraph.demo import demo_instances
from floorgraph.settings import settings_of
from floorgraph.vendors.floor import offered_commands
from tests.end_to_end.commands.shop import Vendor, configured


async def told(
    vendor: Vendor, server: dict[str, Any] | None = None, **table: Any
) -> tuple[str, dict[str, Any]]:
    settings = settings_of(
        {"server": server or {}, "sources": [configured(vendor, **table)]}, "the test", Path("/nowhere")
    )
    findings = await check_sources(settings)
    console = Console(file=io.StringIO(), width=200)
    show(findings, console)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    return text, described(findings[0])


async def test_what_may_be_sent_and_what_stands_against_it(vendor: Vendor) -> None:
    vendor.change(version="1.8")
    try:
        text, found = await told(
            vendor, commands=["changeStationState", "resetPartCount", "submitProgramVersion"]
        )
    finally:
        vendor.change(version="1.16")
    assert "north takes commands:" in text
    assert "submitProgramVersion: needs `exchange_dir`" in text
    assert "resetPartCount: needs CWork API 1.13" in text
    assert "memory alone" in text
    assert [one["name"] for one in found["commands"]] == [
        "changeStationState",
        "resetPartCount",
        "submitProgramVersion",
    ]


async def test_a_log_that_lasts_and_commands_that_cannot_be_undone(vendor: Vendor, tmp_path: Path) -> None:
    text, found = await told(vendor, {"state_dir": str(tmp_path)}, commands=["deleteProgram"])
    assert "deleteProgram, cannot be undone: yes" in text
    assert "memory" not in text
    assert found["commandLogLasts"] is True


async def test_a_source_that_takes_none(vendor: Vendor) -> None:
    text, found = await told(vendor, commands=[])
    assert "north takes no commands" in text
    assert found["commands"] == []


def test_whoever_opens_the_demo_can_try_commands_of_every_vendor() -> None:
    tables = [one.source_settings("http://127.0.0.1:1") for one in demo_instances()]
    settings = settings_of({"sources": tables}, "the demo")
    tried: dict[str, set[str]] = {}
    for one in settings.sources:
        tried.setdefault(one.vendor, set()).update(one.commands)
        source = settings.source(one)
        kinds = [kind for kind in offered_commands()[one.vendor] if kind.word() in one.commands]
        assert {kind.word(): source.lacking(kind) for kind in kinds} == dict.fromkeys(one.commands)
    harmless = {
        vendor: {kind.word() for kind in kinds if not kind.destructive}
        for vendor, kinds in offered_commands().items()
    }
    harmless["cwork"].discard("submitProgramVersion")  # needs a folder that both sides reach
    assert tried == harmless


def test_the_demo_allows_only_what_can_be_undone() -> None:
    tables = [one.source_settings("http://127.0.0.1:1") for one in demo_instances()]
    settings = settings_of({"sources": tables}, "the demo")
    allowed = {(one.vendor, name) for one in settings.sources for name in one.commands}
    assert allowed
    destructive = {
        (vendor, kind.word())
        for vendor, kinds in offered_commands().items()
        for kind in kinds
        if kind.destructive
    }
    assert not allowed & destructive
    assert not any(one.destructive_commands for one in settings.sources)
