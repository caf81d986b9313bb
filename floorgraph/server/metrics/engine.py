"""What the polling engine tells: its feeds, its journal, and who follows."""

from collections import Counter
from collections.abc import Iterable

from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from floorgraph.server.metrics.families import Families, add_choice, words
from subscriptions.engine import Engine
from subscriptions.figures import Figures
from subscriptions.ladder import Rung


class EngineMetrics(Collector):
    """Reads an engine; changes nothing about it."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def collect(self) -> Iterable[Metric]:
        """All families."""
        found, figures = Families(), self._engine.figures()
        _feeds(found, figures)
        _kinds(found, figures)
        _followers(found, figures)
        return found


def _feeds(found: Families, figures: Figures) -> None:
    by = ("source", "feed")
    interval = found.gauge(
        "floorgraph_feed_interval_seconds", "Time between polls now; no sample while nobody asks.", *by
    )
    rung = found.gauge(
        "floorgraph_feed_rung",
        "1 for the reason why a feed is polled at its pace, 0 for the others.",
        *by,
        "rung",
    )
    subscribers = found.gauge("floorgraph_feed_subscribers", "Subscriptions that a feed serves.", *by)
    polled = found.gauge("floorgraph_feed_last_poll_timestamp_seconds", "When a feed's last poll ended.", *by)
    due = found.gauge(
        "floorgraph_feed_next_poll_timestamp_seconds",
        "When a feed's next poll is due; no sample while nobody asks.",
        *by,
    )
    cohorts = found.gauge("floorgraph_feed_cohorts", "Cohorts that a feed serves.", *by)
    failures = found.gauge(
        "floorgraph_feed_consecutive_failures", "Polls that failed since the last one that succeeded.", *by
    )
    polls = found.counter("floorgraph_feed_polls", "Polls that have ended, whatever came of them.", *by)
    failed = found.counter("floorgraph_feed_failed_polls", "Polls that failed.", *by)
    overruns = found.counter("floorgraph_feed_overruns", "Polls that took longer than the interval.", *by)
    held_back = found.gauge(
        "floorgraph_feed_removals_held_back", "Kinds whose removals wait for further confirmation.", *by
    )
    for source, states in figures.feeds.items():
        for state in states:
            labels = [source, state.name]
            if state.interval_seconds is not None:
                interval.add_metric(labels, state.interval_seconds)
            add_choice(rung, labels, state.reason, words(Rung))
            subscribers.add_metric(labels, state.subscribers)
            if state.last_polled_at is not None:
                polled.add_metric(labels, state.last_polled_at.timestamp())
            if state.next_poll_at is not None:
                due.add_metric(labels, state.next_poll_at.timestamp())
            cohorts.add_metric(labels, state.cohorts)
            failures.add_metric(labels, state.consecutive_failures)
            polls.add_metric(labels, state.polls)
            failed.add_metric(labels, state.failed_polls)
            overruns.add_metric(labels, state.overruns)
            held_back.add_metric(labels, len(state.held_back))


def _kinds(found: Families, figures: Figures) -> None:
    known = found.gauge("floorgraph_engine_records", "Records known from polls.", "kind")
    depth = found.gauge(
        "floorgraph_engine_journal_depth", "Changes kept for subscribers who come back.", "kind"
    )
    conflated = found.counter(
        "floorgraph_engine_conflated_changes", "Changes folded because subscribers were slower.", "kind"
    )
    resyncs = found.counter(
        "floorgraph_engine_resyncs", "Subscriptions that had to begin anew with RESYNC.", "kind"
    )
    for one in figures.kinds:
        labels = [str(one.kind)]
        known.add_metric(labels, one.known)
        depth.add_metric(labels, one.journal_depth)
        conflated.add_metric(labels, one.conflated)
        resyncs.add_metric(labels, one.resyncs)


def _followers(found: Families, figures: Figures) -> None:
    found.counter("floorgraph_engine_changes", "Changes found by polls.").add_metric([], figures.sequence)
    found.gauge("floorgraph_engine_subscriptions", "Live subscriptions to records.").add_metric(
        [], figures.demands
    )
    found.gauge("floorgraph_engine_pollers", "Feeds that are polled now.").add_metric([], figures.pollers)
    found.gauge("floorgraph_engine_mailboxes", "Mailboxes in use.").add_metric([], figures.seats)
    cohorts = found.gauge(
        "floorgraph_engine_cohorts",
        "Groups of subscriptions that share each event; `source` is of `sourceChanged`.",
        "kind",
    )
    members = found.gauge("floorgraph_engine_cohort_members", "Subscriptions in cohorts.", "kind")
    behind = found.gauge(
        "floorgraph_engine_cohort_members_behind", "Members that begin, or are behind the others.", "kind"
    )
    counts = [Counter[str](), Counter[str](), Counter[str]()]
    for one in figures.cohorts:
        for count, value in zip(counts, (1, one.members, one.members - one.riders), strict=True):
            count[str(one.kind)] += value
    for one_more in figures.circles:
        for count, value in zip(counts, (1, one_more.members, 0), strict=True):
            count["source"] += value
    for family, count in zip((cohorts, members, behind), counts, strict=True):
        for kind, value in count.items():
            family.add_metric([kind], value)
