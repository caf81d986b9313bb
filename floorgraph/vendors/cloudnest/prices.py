"""Prices: the calls that a question causes at most (section 7). Pure."""

from dataclasses import dataclass

from floorgraph.model.ids import Kind
from floorgraph.vendors.cloudnest.endpoints import (
    DEVICE_STATES,
    DEVICES,
    JOB_TREE,
    MATERIAL_LIST,
    PLAN_DETAIL,
    PLATE_LIST,
    PLATE_USED,
)
from floorgraph.vendors.cloudnest.grants import Grants
from floorgraph.vendors.pricing import Ask, Price, Read
from floorgraph.vendors.questions import By

FREE = Price()
WORK = frozenset({Kind.JOB, Kind.LAYOUT, Kind.PIECE})


@dataclass(frozen=True, slots=True)
class Prices:
    """The price list of one account; `jobs` and `machines` are None while nothing was read."""

    grants: Grants
    jobs: int | None
    machines: int | None

    def of(self, ask: Ask) -> Price:
        """The calls for a question, at most."""
        if ask.read is Read.RECORDS:
            return self._records(ask)
        if ask.read is Read.CURRENT_JOBS:
            return self._work()
        if ask.read in (Read.LIVE, Read.DETAILS):
            # An alarming machine is asked for its alarms, a working one for its cutting, others for nothing.
            each = self._bounded(ask.count, self.machines) if ask.read is Read.DETAILS else 0
            return Price(self._states(), each)
        if ask.read in (Read.STATES, Read.KPIS):
            return Price(self._once(DEVICES), (2 if ask.read is Read.KPIS else 1) * (ask.count or 0))
        if ask.read is Read.PARTS:
            return Price(self._work().once, self._bounded(ask.count, None))
        return FREE

    def _records(self, ask: Ask) -> Price:
        if ask.kind is Kind.STATION:
            known = self.grants.has(DEVICES) or bool(self.grants.settings.machines)
            return Price(self._once(DEVICES)) if known else self._work()
        if ask.kind is Kind.JOB_FOLDER:
            return Price(self._once(JOB_TREE))
        if ask.kind in WORK:
            # A single parent's children may take a call of their own, see `plan`.
            alone = ask.count == 1 and ask.by in (By.PARENT.value, By.JOB.value)
            return Price(self._work().once, 1 if alone else 0)
        if ask.kind is Kind.BATCH:
            return self._plates(ask)
        if ask.kind is Kind.ALARM:
            return Price(self._states(), self._bounded(ask.count, self.machines))
        return FREE

    def _plates(self, ask: Ask) -> Price:
        tree = self._once(JOB_TREE)
        if ask.by == By.JOB.value:
            return Price(tree, self._bounded(ask.count, self.jobs))
        if ask.by not in (By.ALL.value, By.ID.value):
            return FREE
        return Price(tree | self._chunks(PLATE_USED, self.jobs) | self._once(PLATE_LIST, MATERIAL_LIST))

    def _work(self) -> Price:
        return Price(self._once(JOB_TREE) | self._chunks(PLAN_DETAIL, self.jobs))

    def _states(self) -> frozenset[str]:
        return self._once(DEVICES) | self._chunks(DEVICE_STATES, self.machines)

    def _once(self, *names: str) -> frozenset[str]:
        return frozenset(name for name in names if self.grants.has(name))

    def _chunks(self, name: str, count: int | None) -> frozenset[str]:
        if not self.grants.has(name):
            return frozenset()
        settings = self.grants.settings
        calls = settings.calls_per_question if count is None else -(-count // settings.chunk)
        return frozenset(f"{name} {index}" for index in range(min(calls, settings.calls_per_question)))

    def _bounded(self, *counts: int | None) -> int:
        return min(
            self.grants.settings.calls_per_question, *(one for one in counts if one is not None), 10**9
        )
