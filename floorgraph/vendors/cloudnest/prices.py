"""Prices: the calls that a question causes at most (section 7). Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from floorgraph.model.ids import Kind
from floorgraph.vendors.cloudnest.endpoints import (
    CURRENT_ALARMS,
    CUT_STATE,
    DAILY_ALARM_TIME,
    DEVICE_STATES,
    DEVICES,
    JOB_INFO,
    JOB_LIST,
    JOB_TREE,
    LAYOUT_JOB,
    LAYOUT_PARTS,
    MATERIAL_LIST,
    PART_LIST,
    PART_ORDER,
    PLAN_DETAIL,
    PLATE_LIST,
    PLATE_USED,
    SCHEDULE,
    SCRAP_HIERARCHY,
    STATISTICS,
    TASK_DETAILS,
    TIME_PERIODS,
)
from floorgraph.vendors.cloudnest.grants import Grants
from floorgraph.vendors.pricing import Ask, Price, Read, total
from floorgraph.vendors.questions import By, Part

FREE = Price()
WORK = frozenset({Kind.JOB, Kind.LAYOUT, Kind.PIECE})


@dataclass(frozen=True, slots=True)
class Prices:
    """The price list of one account; `jobs` and `machines` are None while nothing was read."""

    grants: Grants
    jobs: int | None
    machines: int | None
    nesting: Callable[[Kind], Sequence[str]] = lambda _: ()
    """The endpoints that are asked for layouts or pieces besides the plan."""
    left: Callable[[str], int | None] = lambda _: None
    """Calls that an endpoint's quota has left today; None without a limit."""

    def of(self, ask: Ask) -> Price:
        """The calls for a question, at most."""
        if ask.read is Read.RECORDS:
            return self._records(ask)
        if ask.read is Read.CURRENT_JOBS:
            return self._work(Kind.JOB)
        if ask.read is Read.LIVE:
            return self._states()
        if ask.read is Read.DETAILS:
            # A machine is asked for its alarms or for its cutting, or for nothing.
            return total((self._states(), self._each(ask.count, self.machines, CUT_STATE, CURRENT_ALARMS)))
        if ask.read is Read.STATES:
            return total((self._once(DEVICES), self._all(ask.count, TIME_PERIODS)))
        if ask.read is Read.KPIS:
            figures = (self._all(ask.count, name) for name in (STATISTICS, DAILY_ALARM_TIME))
            return total((self._once(DEVICES), *figures)) if self.grants.has(STATISTICS) else FREE
        if ask.read is Read.PARTS and ask.part in (None, Part.PLACEMENTS.value):
            return total((self._work(Kind.LAYOUT), self._each(ask.count, None, PART_ORDER)))
        return FREE

    def _records(self, ask: Ask) -> Price:
        if ask.kind is Kind.STATION:
            known = self.grants.has(DEVICES) or bool(self.grants.settings.machines)
            return self._once(DEVICES) if known else self._work(Kind.JOB)
        if ask.kind is Kind.JOB_FOLDER:
            return self._tree()
        if ask.kind in WORK:
            return total((self._work(ask.kind), *self._in_particular(ask)))
        if ask.kind is Kind.BATCH:
            return self._plates(ask)
        if ask.kind is Kind.ALARM:
            return total((self._states(), self._each(ask.count, self.machines, CURRENT_ALARMS)))
        return FREE

    def _in_particular(self, ask: Ask) -> list[Price]:
        """What some jobs, layouts and pieces cost beyond all of them."""
        found: list[Price] = []
        if ask.count == 1 and ask.by in (By.PARENT.value, By.JOB.value):
            # A single parent's children may take a call of their own, see `plan`.
            found.append(self._each(1, None, PLAN_DETAIL))
        if ask.by == By.ALL.value:
            return found
        if ask.kind is Kind.JOB and ask.by == By.ID.value:
            found.append(self._each(1, None, JOB_INFO))
        if ask.by in (By.LAYOUT.value, By.ID.value) and ask.kind is not Kind.JOB:
            found.append(self._each(ask.count, self._calls_for(self.jobs), LAYOUT_JOB))
        if ask.by != By.LAYOUT.value:
            found.append(self._each(1, None, TASK_DETAILS))
        elif ask.kind is Kind.PIECE:
            found.append(self._each(ask.count, None, LAYOUT_PARTS))
        return found

    def _plates(self, ask: Ask) -> Price:
        if ask.by == By.JOB.value:
            return total((self._tree(), self._each(ask.count, self.jobs, PLATE_USED)))
        if ask.by == By.LAYOUT.value:
            orders = self._each(ask.count, None, PART_ORDER)
            return total((self._work(Kind.LAYOUT), orders, self._each(None, self.jobs, PLATE_USED)))
        if ask.by in (By.PARENT.value, By.CHILD.value):
            return self._once(SCRAP_HIERARCHY)
        if ask.by not in (By.ALL.value, By.ID.value):
            return FREE
        stock = self._once(PLATE_LIST, MATERIAL_LIST) if self.grants.has(PLATE_LIST) else FREE
        return total((self._tree(), self._chunks(PLATE_USED), stock))

    def _work(self, kind: Kind) -> Price:
        plan = PLAN_DETAIL if self.grants.has(PLAN_DETAIL) else SCHEDULE
        further = [
            self._once(PART_LIST) if name == PART_LIST else self._chunks(name) for name in self.nesting(kind)
        ]
        return total((self._tree(), self._chunks(plan), *further))

    def _tree(self) -> Price:
        return self._once(JOB_TREE if self.grants.has(JOB_TREE) else JOB_LIST)

    def _states(self) -> Price:
        calls = self._calls_for(self.machines)
        return total((self._once(DEVICES), self._named(DEVICE_STATES, calls)))

    def _once(self, *names: str) -> Price:
        return total(self._named(name, 1) for name in names)

    def _chunks(self, name: str) -> Price:
        return self._named(name, self._calls_for(self.jobs))

    def _calls_for(self, count: int | None) -> int:
        """Calls for so many ids; as many as one question may make while their number is not known."""
        settings = self.grants.settings
        calls = settings.calls_per_question if count is None else -(-count // settings.chunk)
        return min(calls, settings.calls_per_question)

    def _named(self, name: str, calls: int) -> Price:
        """Calls that are made once, however often an operation asks."""
        if not self.grants.has(name):
            return FREE
        return Price(frozenset(f"{name} {index}" for index in range(self._affordable(name, calls))))

    def _each(self, count: int | None, most: int | None, *names: str) -> Price:
        """A call for each key, at one of some endpoints, as far as one question goes at each of them."""
        able = [name for name in names if self.grants.has(name)]
        asked = self.grants.settings.calls_per_question * len(able)
        bounds = [one for one in (count, most, asked) if one is not None]
        left = [self.left(name) for name in able]
        known = [one for one in left if one is not None]
        calls = min(bounds)
        return Price(each=min(calls, sum(known)) if len(known) == len(left) else calls)

    def _all(self, count: int | None, name: str) -> Price:
        """A call for each key, however many."""
        return Price(each=self._affordable(name, count or 0) if self.grants.has(name) else 0)

    def _affordable(self, name: str, calls: int) -> int:
        left = self.left(name)
        return calls if left is None else min(calls, left)
