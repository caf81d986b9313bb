"""The probe: does the gateway answer, for both APIs, at a cost that a quota can bear?"""

from floorgraph.vendors.cloudnest.endpoints import (
    CURRENT_ALARMS,
    CURRENT_WORK,
    CUT_STATE,
    DAILY_ALARM_TIME,
    DEVICE,
    DEVICE_STATES,
    DRAWINGS,
    JOB_INFO,
    JOB_LAYOUTS,
    JOB_LIST,
    JOB_PARTS,
    LAYOUT_DETAILS,
    LAYOUT_DRAWINGS,
    MATERIAL_LIST,
    PART_LAYOUTS,
    PART_LIST,
    PLAN_DETAIL,
    PLATE_LIST,
    PLATE_USED,
    SCHEDULE,
    SCRAP_HIERARCHY,
    STATISTICS,
    TIME_PERIODS,
)
from floorgraph.vendors.cloudnest.gateway import Gateway, Question
from floorgraph.vendors.cloudnest.jobs import TREE, Jobs
from floorgraph.vendors.cloudnest.machines import LIST, MachineList
from floorgraph.vendors.failures import SourceFailure, Unsupported
from floorgraph.vendors.gate import Freshness

OF_JOBS = (
    PLAN_DETAIL,
    PLATE_USED,
    SCHEDULE,
    JOB_INFO,
    JOB_PARTS,
    JOB_LAYOUTS,
    LAYOUT_DETAILS,
    LAYOUT_DRAWINGS,
    PART_LAYOUTS,
    DRAWINGS,
)
"""Endpoints that are asked about jobs."""
PROBED = 600.0
"""Seconds for which an answer proves that the gateway answers: a probe a minute were 1,440 calls a day."""
WRITTEN = "%Y-%m-%d %H:%M:%S"


async def probe(gateway: Gateway) -> None:
    """Ask for the machines and for the job tree, unless both answered within the last ten minutes.

    Returns when one of them answers; raises the `SourceFailure` when none does.
    """
    failures: list[SourceFailure] = []
    answered = False
    for question in (LIST, TREE):
        age = max(PROBED, gateway.affordable(question.endpoint))
        try:
            observed = await gateway.read(question, Freshness(max_age=age))
        except SourceFailure as failure:
            failures.append(failure)
            continue
        answered = answered or observed.failure is None
        if observed.failure is not None:
            failures.append(observed.failure)
    if not answered:
        raise _worst(failures)


async def examine(gateway: Gateway, jobs: Jobs, machines: MachineList) -> None:
    """Ask every other endpoint once, about the first machine and job, to learn what is granted.

    Costs one call of each endpoint's quota. What fails shows in the capabilities.
    """
    cards: list[str] = []
    leaves: list[int] = []
    try:
        cards = (await machines.read(Freshness())).cards()
        leaves = await jobs.leaves(Freshness())
    except SourceFailure:
        pass  # `probe` has said so
    for question in _samples(gateway, cards, leaves):
        if gateway.grants.has(question.endpoint):
            try:
                await gateway.read(question, Freshness())
            except SourceFailure:
                continue


def _samples(gateway: Gateway, cards: list[str], leaves: list[int]) -> list[Question]:
    questions = [Question(name) for name in (PLATE_LIST, MATERIAL_LIST, SCRAP_HIERARCHY, PART_LIST, JOB_LIST)]
    if leaves:
        body = {"job_id": leaves[:1]}
        questions += [Question(name, body) for name in OF_JOBS]
    if cards:
        now = gateway.frame(gateway.vendor_now(), machines=True)
        local = now.observed_at.astimezone(now.zone)
        day = int(f"{local:%Y%m%d}")
        card = {"cardId": cards[0]}
        span = {"startTime": local.strftime("%Y-%m-%d 00:00:00"), "endTime": local.strftime(WRITTEN)}
        days = {"startDate": day, "endDate": day}
        questions.append(Question(DEVICE_STATES, {"cardIds": cards[: gateway.settings.chunk]}))
        questions += [Question(name, card) for name in (DEVICE, CURRENT_ALARMS, CURRENT_WORK, CUT_STATE)]
        questions.append(Question(TIME_PERIODS, {**card, **span}))
        questions += [Question(name, {**card, **days}) for name in (STATISTICS, DAILY_ALARM_TIME)]
    return questions


def _worst(failures: list[SourceFailure]) -> SourceFailure:
    """What stands in the way, rather than what was never asked."""
    asked = [failure for failure in failures if not isinstance(failure, Unsupported)]
    return (asked or failures)[0]
