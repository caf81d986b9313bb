"""The writer: sends one command to the gateway, and tells a clear answer from one that is none."""

from collections.abc import Iterable, Mapping
from typing import Any

from floorgraph.vendors.cloudnest.endpoints import (
    CURRENT_WORK,
    CUT_STATE,
    DEVICE_STATES,
    DRAWING_STATUS,
    DRAWINGS,
    JOB_INFO,
    JOB_LAYOUTS,
    JOB_LIST,
    JOB_PARTS,
    JOB_TREE,
    LAYOUT_DETAILS,
    LAYOUT_DRAWINGS,
    LAYOUT_JOB,
    LAYOUT_PARTS,
    PART_LAYOUTS,
    PART_LIST,
    PLAN_DETAIL,
    PLATE_LIST,
    PLATE_USED,
    SCHEDULE,
    SCRAP_HIERARCHY,
    TASK_DETAILS,
)
from floorgraph.vendors.cloudnest.gateway import Gateway
from floorgraph.vendors.cloudnest.jobs import Jobs
from floorgraph.vendors.failures import SourceFailure
from floorgraph.vendors.http import Form

ALL_ABOUT_WORK = frozenset(
    {
        JOB_TREE,
        JOB_LIST,
        JOB_INFO,
        PLAN_DETAIL,
        SCHEDULE,
        TASK_DETAILS,
        JOB_LAYOUTS,
        LAYOUT_DETAILS,
        LAYOUT_DRAWINGS,
        LAYOUT_JOB,
        LAYOUT_PARTS,
        PART_LAYOUTS,
        JOB_PARTS,
        PART_LIST,
        DRAWINGS,
        DRAWING_STATUS,
        PLATE_USED,
    }
)
"""Endpoints whose answers may be other ones after a command on jobs."""
STOCK = frozenset({PLATE_LIST, SCRAP_HIERARCHY})
LIVE = frozenset({DEVICE_STATES, CURRENT_WORK, CUT_STATE})


class Writer:
    """Sends commands to one account."""

    def __init__(self, gateway: Gateway, jobs: Jobs) -> None:
        self._gateway = gateway
        self._jobs = jobs

    def lacking(self, endpoint: str) -> str | None:
        """Why an endpoint cannot be sent to; None when nothing speaks against it."""
        return self._gateway.grants.lacking(endpoint)

    async def post(
        self, endpoint: str, body: Mapping[str, Any] | Form, affects: frozenset[str], jobs: Iterable[int] = ()
    ) -> Any:
        """Send a command and give the data of its answer.

        `affects` are the endpoints whose answers may be other ones afterwards, and `jobs` the nesting
        jobs of which they tell something else then. Raises `OutcomeUnknown` where it may have been
        carried out, and another `SourceFailure` where it certainly was not.
        """
        sent = True
        try:
            return await self._gateway.write(endpoint, body, lambda key: key.partition(" ")[0] in affects)
        except SourceFailure as failure:
            sent = failure.sent
            raise
        finally:
            if sent:
                self._changed(affects, jobs)

    def outdate(self, affects: frozenset[str], jobs: Iterable[int]) -> None:
        """Something that went on after a command ended: ask afresh for what it may have changed."""
        self._gateway.outdate(lambda key: key.partition(" ")[0] in affects)
        self._changed(affects, jobs)

    def _changed(self, affects: frozenset[str], jobs: Iterable[int]) -> None:
        if PLAN_DETAIL in affects:
            self._jobs.outdate()
        self._gateway.hasten(affects, jobs)
