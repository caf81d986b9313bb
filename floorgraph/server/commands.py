"""The desk for commands, put together from the settings."""

from floorgraph.commands.desk import CommandDesk
from floorgraph.commands.policy import CommandPolicy
from floorgraph.model.time import Clock
from floorgraph.server.access.rates import Buckets, Rate
from floorgraph.settings import Settings
from floorgraph.vendors.floor import Floor, offered_commands
from subscriptions.engine import Engine


def command_desk(
    settings: Settings, floor: Floor, engine: Engine, clock: Clock, policy: CommandPolicy | None = None
) -> CommandDesk:
    """The desk of one app; the settings say how much it takes and keeps, `policy` the rest."""
    server, per_minute = settings.server, settings.limits.commands_per_minute
    buckets = Buckets(Rate(per_minute / 60, per_minute), clock)
    kept = {"entries": server.command_log_entries, "days": server.command_log_days}
    return CommandDesk(
        floor,
        offered_commands(),
        effects=engine,
        clock=clock,
        admit=buckets.take,
        policy=CommandPolicy(**kept) if policy is None else policy,
        state_dir=server.state_dir,
    )
