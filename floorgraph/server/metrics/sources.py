"""What the sources tell: how they are doing, what was sent to them, and what is left of their budgets."""

from collections.abc import Iterable

from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from floorgraph.model.source import SourceStatus
from floorgraph.server.metrics.families import Families, add_choice, add_durations, words
from floorgraph.vendors.contract import Source
from floorgraph.vendors.floor import Floor


class SourceMetrics(Collector):
    """Reads the sources of a floor; asks nothing of their servers."""

    def __init__(self, floor: Floor) -> None:
        self._floor = floor

    def collect(self) -> Iterable[Metric]:
        """All families, with samples of every source."""
        found = Families()
        _condition(found, self._floor)
        _calls(found, self._floor)
        _budgets(found, self._floor)
        _oddities(found, self._floor)
        return found


def _condition(found: Families, floor: Iterable[Source]) -> None:
    info = found.gauge(
        "floorgraph_source_info",
        "A configured source and what it is; always 1.",
        "source",
        "vendor",
        "version",
    )
    status = found.gauge(
        "floorgraph_source_status",
        "1 for the status that a source has, 0 for the others.",
        "source",
        "status",
    )
    answered = found.gauge(
        "floorgraph_source_last_answer_timestamp_seconds", "When a source last answered.", "source"
    )
    skew = found.gauge(
        "floorgraph_source_clock_skew_seconds", "By how much a source's clock is ahead of ours.", "source"
    )
    for source in floor:
        condition = source.condition()
        info.add_metric([source.key, source.vendor, source.version or ""], 1.0)
        add_choice(status, [source.key], condition.status.value.lower(), words(SourceStatus))
        if condition.last_answer_at is not None:
            answered.add_metric([source.key], condition.last_answer_at.timestamp())
        if source.clock_skew_seconds is not None:
            skew.add_metric([source.key], source.clock_skew_seconds)


def _calls(found: Families, floor: Iterable[Source]) -> None:
    reads = found.counter(
        "floorgraph_upstream_reads",
        "Questions to the gate, by how they were answered.",
        "source",
        "endpoint",
        "outcome",
    )
    calls = found.counter(
        "floorgraph_upstream_calls",
        "Calls sent to vendors, retries included, by what came of them.",
        "source",
        "endpoint",
        "outcome",
    )
    durations = found.durations(
        "floorgraph_upstream_call_duration_seconds",
        "Time from sending a call to its end, whatever came of it.",
        "source",
        "endpoint",
    )
    blocked = found.gauge(
        "floorgraph_upstream_breaker_open",
        "1 while nothing is sent to an endpoint class after failures; '*' is the source as a whole.",
        "source",
        "endpoint",
    )
    for source in floor:
        traffic = source.traffic()
        for (endpoint, outcome), count in traffic.tally.reads.items():
            reads.add_metric([source.key, endpoint, outcome], count)
        for (endpoint, outcome), count in traffic.tally.calls.items():
            calls.add_metric([source.key, endpoint, outcome.lower()], count)
        for endpoint, taken in traffic.tally.durations.items():
            add_durations(durations, [source.key, endpoint], taken)
        for endpoint, is_blocked in traffic.blocked.items():
            blocked.add_metric([source.key, endpoint], float(is_blocked))


def _budgets(found: Families, floor: Iterable[Source]) -> None:
    used = found.gauge(
        "floorgraph_upstream_budget_used",
        "Calls counted since the budget's last reset; since the start without a daily limit.",
        "source",
        "endpoint",
    )
    limit = found.gauge(
        "floorgraph_upstream_budget_limit",
        "Calls per day that a budget has; no sample without a daily limit.",
        "source",
        "endpoint",
    )
    reset = found.gauge(
        "floorgraph_upstream_budget_reset_timestamp_seconds",
        "When a daily budget starts again.",
        "source",
        "endpoint",
    )
    for source in floor:
        for budget in source.budgets():
            labels = [source.key, budget.endpoint]
            used.add_metric(labels, budget.used)
            if budget.limit is not None:
                limit.add_metric(labels, budget.limit)
            if budget.reset_at is not None:
                reset.add_metric(labels, budget.reset_at.timestamp())


def _oddities(found: Families, floor: Iterable[Source]) -> None:
    words_met = found.counter(
        "floorgraph_source_unmapped_words", "Vendors' words met that have no counterpart here.", "source"
    )
    drift = found.counter(
        "floorgraph_source_payload_drift",
        "Differences met between expected payloads and real ones.",
        "source",
    )
    quarantined = found.gauge(
        "floorgraph_source_quarantined_records", "Records left out now because they cannot be read.", "source"
    )
    for source in floor:
        seen = source.diagnostics
        words_met.add_metric([source.key], sum(word.count for word in seen.unmapped_words()))
        drift.add_metric([source.key], sum(note.count for note in seen.drift_notes()))
        quarantined.add_metric([source.key], len(seen.quarantined()))
