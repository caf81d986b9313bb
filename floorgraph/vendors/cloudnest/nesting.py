"""Nesting: layouts and parts of jobs beyond what production tasks tell, where the paths are configured.

The vendor names these calls without telling where they lie (section 5.3), so
none of them is made unless the configuration says where. Each adds what it
knows to the same layouts and pieces.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from floorgraph.model.ids import Kind
from floorgraph.vendors.cloudnest.client import Payload
from floorgraph.vendors.cloudnest.endpoints import (
    DRAWINGS,
    JOB_LAYOUTS,
    JOB_PARTS,
    LAYOUT_DETAILS,
    LAYOUT_DRAWINGS,
    LAYOUT_PARTS,
    PART_LAYOUTS,
    PART_LIST,
)
from floorgraph.vendors.cloudnest.gateway import Gateway, Question
from floorgraph.vendors.cloudnest.mapping.nested import (
    Link,
    NestedLayout,
    PlacedPart,
    WholePart,
    links,
    nested_layouts,
    placed_parts,
    whole_parts,
)
from floorgraph.vendors.cloudnest.mapping.task import PlannedPart, planned_parts
from floorgraph.vendors.cloudnest.per_job import WANTED, PerJob
from floorgraph.vendors.failures import Forbidden, NotApplicable, NotFound, SourceFailure, Unsupported
from floorgraph.vendors.gate import Freshness, Observed

LASTS = 6 * 3600.0
"""Seconds: a computed layout does not change."""
SILENT = (Unsupported, Forbidden, NotFound, NotApplicable)


@dataclass(frozen=True, eq=False)
class Extras:
    """What is known of layouts and parts besides tasks, by guid."""

    layouts: Mapping[str, NestedLayout] = field(default_factory=dict)
    parts: Mapping[str, WholePart] = field(default_factory=dict)
    on_layout: Mapping[str, Sequence[PlannedPart]] = field(default_factory=dict)
    """Layout -> its parts, where these were asked for by themselves."""
    copies: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """Layout -> part -> copies on one sheet."""
    layout_links: Mapping[str, str] = field(default_factory=dict)
    drawing_links: Mapping[str, str] = field(default_factory=dict)

    def parts_on(self, layout: str) -> dict[str, int]:
        """The parts on a layout with their copies on one sheet, from whatever tells them."""
        found = dict(self.copies.get(layout, {}))
        nested = self.layouts.get(layout)
        told = self.on_layout.get(layout) or (nested.parts if nested else None) or ()
        return found | {part.guid: part.amount for part in told}


NOTHING = Extras()


class Nesting:
    """What one account's nesting has. `extras` is another object whenever something may have changed."""

    def __init__(self, gateway: Gateway) -> None:
        self.extras = NOTHING
        self._gateway = gateway
        self._details: PerJob[NestedLayout] = PerJob(gateway, LAYOUT_DETAILS, nested_layouts)
        self._layouts: PerJob[NestedLayout] = PerJob(gateway, JOB_LAYOUTS, nested_layouts)
        self._parts: PerJob[WholePart] = PerJob(gateway, JOB_PARTS, whole_parts)
        self._placed: PerJob[PlacedPart] = PerJob(gateway, PART_LAYOUTS, placed_parts)
        self._layout_links: PerJob[Link] = PerJob(gateway, LAYOUT_DRAWINGS, links)
        self._drawing_links: PerJob[Link] = PerJob(gateway, DRAWINGS, links)
        self._all_parts: Mapping[str, WholePart] = {}
        self._on_layout: dict[str, Sequence[PlannedPart]] = {}
        self._polled_at: dict[str, float] = {}

    def endpoints(self, kind: Kind) -> list[str]:
        """The endpoints that are asked for layouts, or for pieces, as things stand; none for other kinds."""
        return [one.endpoint for one in self._sheaves(kind)] + (
            [PART_LIST] if kind is Kind.PIECE and self._lists_all_parts else []
        )

    async def read(self, kind: Kind, jobs: Sequence[int], freshness: Freshness) -> SourceFailure | None:
        """See to it that jobs' layouts or pieces are known as fresh as asked; why they are not, if so."""
        failures = await asyncio.gather(*(one.read(jobs, freshness) for one in self._sheaves(kind)))
        failure = next((one for one in failures if one is not None), None)
        if kind is Kind.PIECE and self._lists_all_parts:
            failure = await self._read_all_parts(freshness) or failure
        self._gather()
        return failure

    async def poll(self, kind: Kind, jobs: Sequence[int], freshness: Freshness) -> SourceFailure | None:
        """Ask anew about the jobs that were asked about longest ago, 50 of them.

        Before it is time again, only about those that a command was about.
        """
        main = next(iter(self._sheaves(kind)), None)
        if main is None:
            return await self.read(kind, jobs, freshness)
        gateway, haste = self._gateway, self._gateway.haste
        now, floor = gateway.clock.monotonic(), gateway.floor(main.endpoint, 1)
        if now - self._polled_at.get(main.endpoint, float("-inf")) >= floor:
            chosen = main.oldest(jobs, haste.jobs(main.endpoint))
            self._polled_at[main.endpoint] = now
            return await self.read(kind, chosen, replace(freshness, max_age=floor))
        hasty = haste.due(main.endpoint, jobs, main.is_outdated) if gateway.calls_left(main.endpoint) else []
        return await self.read(kind, hasty[: gateway.settings.chunk], freshness) if hasty else None

    def is_whole(self, kind: Kind, jobs: Sequence[int]) -> bool:
        """Whether all of these jobs were asked about, as far as that is possible."""
        return all(one.knows(jobs) for one in self._sheaves(kind))

    async def read_layouts(self, guids: Iterable[str], freshness: Freshness) -> SourceFailure | None:
        """The parts on layouts of which nothing tells them otherwise, a call for each."""
        if not self._gateway.grants.has(LAYOUT_PARTS):
            return None
        failure: SourceFailure | None = None
        for guid in sorted(guids)[: self._gateway.settings.calls_per_question]:
            question = Question(LAYOUT_PARTS, {"guid": guid}, LASTS)
            try:
                observed = await self._gateway.read(question, freshness)
            except SILENT:
                continue
            except SourceFailure as error:
                failure = error
                break
            self._on_layout[guid] = self._parts_of(question.key, observed)
            failure = failure or observed.failure
        self._gather()
        return failure

    def _parts_of(self, key: str, observed: Observed[Payload]) -> Sequence[PlannedPart]:
        def read() -> Sequence[PlannedPart]:
            return tuple(planned_parts(observed.value.items(), self._gateway.frame(observed.at)))

        return self._gateway.derived.of(key, (observed.value,), read)

    def outdate(self) -> None:
        """Let nothing that is known, or under way, answer for now: a command may have changed it."""
        for sheaf in self._all:
            sheaf.outdate()

    def keep_only(self, jobs: Iterable[int]) -> None:
        """Forget what belongs to jobs that are gone."""
        kept = set(jobs)
        for sheaf in self._all:
            sheaf.keep_only(kept)
        self._gather()

    @property
    def _lists_all_parts(self) -> bool:
        return self._gateway.grants.has(PART_LIST) and not self._parts.available

    @property
    def _all(self) -> tuple[PerJob[Any], ...]:
        return (
            self._details,
            self._layouts,
            self._parts,
            self._placed,
            self._layout_links,
            self._drawing_links,
        )

    def _sheaves(self, kind: Kind) -> list[PerJob[Any]]:
        """Those that tell of a kind; what lists the same with less is not asked."""
        layouts = self._details if self._details.available else self._layouts
        wanted: dict[Kind, tuple[PerJob[Any], ...]] = {
            Kind.LAYOUT: (layouts, self._layout_links),
            Kind.PIECE: (
                self._parts,
                layouts if self._details.available else self._placed,
                self._drawing_links,
            ),
        }
        return [one for one in wanted.get(kind, ()) if one.available]

    async def _read_all_parts(self, freshness: Freshness) -> SourceFailure | None:
        try:
            observed = await self._gateway.read(Question(PART_LIST, wanted=WANTED), freshness)
        except SILENT:
            return None
        except SourceFailure as failure:
            return failure
        frame = self._gateway.frame(observed.at)
        self._all_parts = self._gateway.derived.of(
            PART_LIST,
            (observed.value,),
            lambda: {one.guid: one for one in whole_parts(observed.value.items(), frame)},
        )
        return observed.failure

    def _gather(self) -> None:
        rows = tuple(one.rows for one in self._all)
        on_layout = tuple(self._on_layout.values())
        self.extras = self._gateway.derived.of("extras", (*rows, self._all_parts, *on_layout), self._gathered)

    def _gathered(self) -> Extras:
        copies: dict[str, dict[str, int]] = {}
        for part in self._placed.rows.values():
            for layout, amount in part.copies.items():
                copies.setdefault(layout, {})[part.guid] = amount
        return Extras(
            layouts={**self._layouts.rows, **self._details.rows},
            parts={**self._all_parts, **self._parts.rows},
            on_layout=dict(self._on_layout),
            copies=copies,
            layout_links={one.guid: one.url for one in self._layout_links.rows.values() if one.url},
            drawing_links={one.guid: one.url for one in self._drawing_links.rows.values() if one.url},
        )
