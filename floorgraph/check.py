"""`floorgraph check`: is the configuration right, and what do its sources answer?"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from floorgraph.model.source import CapabilityState
from floorgraph.settings import Settings
from floorgraph.vendors.contract import Source
from floorgraph.vendors.failures import SourceFailure


@dataclass(frozen=True, slots=True)
class Finding:
    """What probing one source showed; `failure` is None when it answered."""

    key: str
    vendor: str
    version: str | None
    capabilities: Sequence[CapabilityState]
    clock_skew_seconds: float | None
    failure: SourceFailure | None


async def check_sources(settings: Settings) -> list[Finding]:
    """Probe every configured source once, all at the same time."""
    floor = settings.floor()
    try:
        return list(await asyncio.gather(*(_probe(source) for source in floor)))
    finally:
        await floor.close()


async def _probe(source: Source) -> Finding:
    failure = None
    try:
        await source.probe()
    except SourceFailure as error:
        failure = error
    return Finding(
        key=source.key,
        vendor=source.vendor,
        version=source.version,
        capabilities=source.capabilities(),
        clock_skew_seconds=source.clock_skew_seconds,
        failure=failure,
    )


def described(finding: Finding) -> dict[str, object]:
    """A finding as JSON-ready values."""
    failure = finding.failure
    return {
        "source": finding.key,
        "vendor": finding.vendor,
        "version": finding.version,
        "clockSkewSeconds": finding.clock_skew_seconds,
        "failure": None if failure is None else failure.extensions() | {"message": str(failure)},
        "capabilities": [
            {"name": state.name.value, "available": state.available, "reason": state.reason}
            for state in finding.capabilities
        ],
    }


def show(findings: Sequence[Finding], console: Console) -> None:
    """Print what was found as a table, and below it what each source cannot do and why."""
    table = Table(title="Sources", title_justify="left")
    for heading in ("Source", "Vendor", "Answer", "Version", "Clock", "Can do"):
        table.add_column(heading, overflow="fold")
    for finding in findings:
        table.add_row(*_row(finding))
    console.print(table)
    for finding in findings:
        if finding.failure is not None:
            console.print(f"[red]{finding.key}[/red]: {finding.failure}", highlight=False)
            continue
        missing = [state for state in finding.capabilities if not state.available]
        if missing:
            console.print(f"{finding.key} cannot do:", highlight=False)
        for state in missing:
            console.print(f"  {state.name.value}: {state.reason or 'no reason given'}", highlight=False)


def _row(finding: Finding) -> tuple[str, ...]:
    answer = "[green]answers[/green]" if finding.failure is None else f"[red]{finding.failure.code}[/red]"
    skew = finding.clock_skew_seconds
    clock = "-" if skew is None else ("in step" if abs(skew) < 2 else f"{skew:+.0f} s")
    able = [state.name.value for state in finding.capabilities if state.available]
    shown = ", ".join(able) if finding.failure is None else "-"
    return finding.key, finding.vendor, answer, finding.version or "-", clock, shown
