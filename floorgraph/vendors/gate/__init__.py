"""The gate: the one way in which a source is called, written once for all vendors.

Identical reads share one call, answers young enough come from the snapshot,
budgets and breakers bound what is sent, and every failure is remembered.
"""

from floorgraph.vendors.gate.breaker import Breaker, BreakerPolicy
from floorgraph.vendors.gate.budget import Budget, BudgetPolicy
from floorgraph.vendors.gate.call import Call, Freshness, Observed
from floorgraph.vendors.gate.derived import Derivations
from floorgraph.vendors.gate.gate import Gate, GatePolicy
from floorgraph.vendors.gate.health import Health
from floorgraph.vendors.gate.tally import Tally, Traffic
from floorgraph.vendors.gate.trace import UpstreamCall, recording

__all__ = [
    "Breaker",
    "BreakerPolicy",
    "Budget",
    "BudgetPolicy",
    "Call",
    "Derivations",
    "Freshness",
    "Gate",
    "GatePolicy",
    "Health",
    "Observed",
    "Tally",
    "Traffic",
    "UpstreamCall",
    "recording",
]
