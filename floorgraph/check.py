"""`floorgraph check`: is the configuration right, and what do its sources answer?"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass

from rich.console import Console
from rich.table import Table

from floorgraph.advice import advice
from floorgraph.commands.checks import command_states
from floorgraph.model.source import CapabilityState, SourceCommand, SourceCondition, SourceStatus
from floorgraph.settings import Settings
from floorgraph.vendors.answers import AssumptionNote, PlanLine
from floorgraph.vendors.contract import Source
from floorgraph.vendors.failures import SourceFailure
from floorgraph.vendors.floor import offered_commands
from floorgraph.vendors.source_settings import SourceSettings


@dataclass(frozen=True, slots=True)
class Finding:
    """What asking one source showed; `failure` is None when it answered."""

    key: str
    vendor: str
    version: str | None
    capabilities: Sequence[CapabilityState]
    clock_skew_seconds: float | None
    condition: SourceCondition
    assumptions: Sequence[AssumptionNote]
    plan: Sequence[PlanLine]
    commands: Sequence[SourceCommand]
    lasting_log: bool
    failure: SourceFailure | None
    advice: str | None
    """What to do about the failure."""

    @property
    def wrong(self) -> bool:
        """Whether somebody has to do something about the source."""
        return self.failure is not None or self.condition.status is not SourceStatus.UP


async def check_sources(settings: Settings) -> list[Finding]:
    """Examine every configured source once, all at the same time."""
    floor = settings.floor()
    lasting = settings.server.state_dir is not None
    try:
        pairs = zip(floor, settings.sources, strict=True)
        return list(
            await asyncio.gather(*(_examine(source, table, lasting_log=lasting) for source, table in pairs))
        )
    finally:
        await floor.close()


async def _examine(source: Source, table: SourceSettings, *, lasting_log: bool) -> Finding:
    failure = None
    assumptions: Sequence[AssumptionNote] = ()
    try:
        await source.examine()
        assumptions = await source.assumptions()
    except SourceFailure as error:
        failure = error
    return Finding(
        key=source.key,
        vendor=source.vendor,
        version=source.version,
        capabilities=source.capabilities(),
        clock_skew_seconds=source.clock_skew_seconds,
        condition=source.condition(),
        assumptions=assumptions,
        plan=source.plan(),
        commands=command_states(source, offered_commands().get(source.vendor, ())),
        lasting_log=lasting_log,
        failure=failure,
        advice=None if failure is None else advice(failure, table),
    )


def described(finding: Finding) -> dict[str, object]:
    """A finding as JSON-ready values."""
    failure = finding.failure
    return {
        "source": finding.key,
        "vendor": finding.vendor,
        "version": finding.version,
        "clockSkewSeconds": finding.clock_skew_seconds,
        "status": finding.condition.status.value,
        "condition": finding.condition.failure,
        "failure": None if failure is None else failure.extensions() | {"message": str(failure)},
        "advice": finding.advice,
        "differences": [asdict(note) for note in finding.assumptions],
        "plan": [asdict(line) for line in finding.plan],
        "commands": [asdict(command) for command in finding.commands if command.allowed],
        "commandLogLasts": finding.lasting_log,
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
        _show_one(finding, console)


def _show_one(finding: Finding, console: Console) -> None:
    """What the table has no room for: what is wrong, what cannot be done, and what polling will cost."""

    def say(text: str, style: str | None = None) -> None:
        console.print(text, style=style, highlight=False, markup=False, soft_wrap=True)

    if finding.failure is not None:
        say(str(finding.failure), "red")
        if finding.advice is not None:
            say(f"  Next: {finding.advice}")
        return
    if finding.wrong:
        say(
            f"{finding.key} is {finding.condition.status.value}: {finding.condition.failure or 'in part'}",
            "red",
        )
    missing = [state for state in finding.capabilities if not state.available]
    if missing:
        say(f"{finding.key} cannot do:")
    for state in missing:
        say(f"  {state.name.value}: {state.reason or 'no reason given'}")
    _show_commands(finding, say)
    if finding.assumptions:
        say(f"{finding.key} says of itself what was not expected:")
    for note in finding.assumptions:
        say(f"  {note.subject}: expected {note.expected}, found {note.found}")
    if finding.plan:
        console.print(_planned(finding))


def _show_commands(finding: Finding, say: Callable[..., None]) -> None:
    """The commands that may be sent, and whether the server can do them."""
    allowed = [command for command in finding.commands if command.allowed]
    if not allowed:
        if finding.commands:
            say(f"{finding.key} takes no commands: the configuration allows none.")
        return
    say(f"{finding.key} takes commands:")
    for command in allowed:
        undo = ", cannot be undone" if command.destructive else ""
        say(f"  {command.name}{undo}: {'yes' if command.reason is None else command.reason}")
    if not finding.lasting_log:
        say("  Their log is kept in memory alone and lost with the process: set server.state_dir.", "yellow")


def _planned(finding: Finding) -> Table:
    """What following everything would cost a source with quotas."""
    table = Table(title=f"{finding.key}: calls per day while everything is watched", title_justify="left")
    for heading in (
        "Feed",
        "Endpoint",
        "Calls per poll",
        "Wanted every",
        "Affordable every",
        "Calls per day",
        "Quota",
    ):
        table.add_column(heading, justify="left" if heading in ("Feed", "Endpoint") else "right")
    for line in finding.plan:
        table.add_row(
            line.feed,
            line.endpoint,
            str(line.calls_per_poll),
            f"{line.wanted_interval:g} s",
            f"{line.interval:.0f} s",
            f"{line.calls_per_day:.0f}",
            "-" if line.limit is None else str(line.limit),
        )
    return table


def _row(finding: Finding) -> tuple[str, ...]:
    if finding.failure is not None:
        answer = f"[red]{finding.failure.code}[/red]"
    else:
        answer = f"[red]{finding.condition.status.value}[/red]" if finding.wrong else "[green]answers[/green]"
    skew = finding.clock_skew_seconds
    clock = "-" if skew is None else ("in step" if abs(skew) < 2 else f"{skew:+.0f} s")
    able = [state.name.value for state in finding.capabilities if state.available]
    shown = ", ".join(able) if finding.failure is None else "-"
    return finding.key, finding.vendor, answer, finding.version or "-", clock, shown
