"""What every subscription of an engine draws on."""

from dataclasses import dataclass

from floorgraph.model.time import Clock
from subscriptions.audience import Audience
from subscriptions.cursor import Signet
from subscriptions.demand import Demand
from subscriptions.heartbeat import Heartbeats
from subscriptions.journal import Journal
from subscriptions.pause import Bell, Sleep
from subscriptions.policy import EnginePolicy
from subscriptions.polling import Polling
from subscriptions.tally import Tally


@dataclass(frozen=True, slots=True)
class Newsroom:
    """The parts of an engine that its subscriptions use."""

    audience: Audience
    bell: Bell
    clock: Clock
    demand: Demand
    heartbeats: Heartbeats
    journal: Journal
    policy: EnginePolicy
    polling: Polling
    signet: Signet
    sleep: Sleep
    tally: Tally
