"""Runs a compiled operation: loads what waits, walks the levels that it leads to, and so on to the leaves."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from enum import Enum
from typing import Any, Final

from graphql import ExecutionResult
from graphql.execution.values import get_argument_values
from strawberry.schema.schema_converter import get_arguments

from floorgraph.execution.compiled import Bound, Compiled
from floorgraph.execution.completion import Completion, Waiting
from floorgraph.execution.faults import Place, Places, Search, is_nulled, settle
from floorgraph.execution.plan import Field
from floorgraph.execution.ways import Step
from floorgraph.vendors.contract import Ahead
from floorgraph.vendors.turns import parts
from loaders.scope import Scope, SoftError

TURNS: Final = 5
"""Turns of the event loop that an error takes in graphql-core to null what was not loaded with it."""

PARENTS: Final = 250
"""Parents whose values are completed before others get their turn."""

UNCHANGING: Final = frozenset({str, int, float, bool, type(None), datetime})
"""Types of arguments that are the same however often they are given."""


class _Stopped(Exception):
    """Nothing is left to answer: an error took the whole answer."""


class Run:
    """One operation, or one event, on its way."""

    def __init__(self, compiled: Compiled, variables: Bound, scope: Scope) -> None:
        self._compiled = compiled
        self._variables = variables
        self._scope = scope
        self._prepared: dict[Field, Any] = {}
        self._earlier = len(scope.soft_errors)
        self._waves = 0
        """Loads that have finished."""
        self.completion = Completion(compiled.schema, compiled.code)

    async def query(self, root_value: Any) -> ExecutionResult:
        """The result of a query."""
        answer = self.completion.begun(self._compiled.root, root_value)
        await self._go_on(self.completion.waiting)
        return ExecutionResult(answer, None) if self._flawless else self._settled(answer)

    async def event(self, payload: Any) -> ExecutionResult:
        """The result of one event of a subscription: the payload is the value of its one root field."""
        (answer,) = await self._answers([payload])
        return ExecutionResult(answer, None) if self._flawless else self._settled(answer)

    async def events(self, payloads: Sequence[Any]) -> list[dict[str, Any]] | None:
        """The data of events that are executed together: what they look up is looked up once for all.

        None when anything went wrong: whose error it is only each event by itself can tell.
        """
        answers = await self._answers(payloads)
        return answers if self._flawless else None

    @property
    def _flawless(self) -> bool:
        return not self.completion.faulty and len(self._scope.soft_errors) == self._earlier

    async def _answers(self, payloads: Sequence[Any]) -> list[dict[str, Any]]:
        (field,) = self._compiled.root.fields
        values, waiting = await self._complete(field, payloads)
        answers = [{field.key: value} for value in values]
        await self._go_on(waiting)
        return answers

    async def _go_on(self, waiting: Waiting) -> None:
        try:
            await self._begin(waiting)
        except* _Stopped:
            pass

    def _settled(self, answer: dict[str, Any]) -> ExecutionResult:
        soft = self._scope.soft_errors
        places = [note.path for note in soft if isinstance(note.path, Place)]
        found = Search(places, self.completion.chosen).of(answer, self._compiled.root)
        data, errors, nulled = settle(answer, found)
        soft[self._earlier :] = [note for note in soft[self._earlier :] if not _came_late(note, nulled)]
        return ExecutionResult(data, errors or None)

    async def _begin(self, waiting: Waiting) -> None:
        """Run all steps that wait, at the same time."""
        if self.completion.stopped:
            # Others that fail in this very moment are heard, as they are in graphql-core.
            for _ in range(TURNS):
                await asyncio.sleep(0)
            raise _Stopped
        if len(waiting) == 1:
            ((field, (parents, made)),) = waiting.items()
            await self._step(field, parents, made)
        elif waiting:
            async with asyncio.TaskGroup() as group:
                for field in sorted(waiting, key=_number):
                    group.create_task(self._step(field, *waiting[field]))

    async def _step(self, field: Field, parents: list[Any], made: list[dict[str, Any]]) -> None:
        prepared = self._arguments(field)
        early = self._early(field, prepared)
        if not early:
            await self._completed(field, prepared, parents, made)
            return
        async with _head_start(early):
            await self._completed(field, prepared, parents, made)

    async def _completed(
        self, field: Field, prepared: Any, parents: list[Any], made: list[dict[str, Any]]
    ) -> None:
        values = await self._values(field, prepared, parents, made)
        self._waves += 1
        completed, waiting = await self._complete(field, values)
        for owner, value in zip(made, completed, strict=True):
            owner[field.key] = value
        if waiting or self.completion.stopped:
            await self._begin(waiting)

    async def _complete(self, field: Field, values: Sequence[Any]) -> tuple[list[Any], Waiting]:
        """The completed values, and the steps that they lead to."""
        waiting: Waiting = {}
        wave = self._waves
        made: list[Any] = []
        for part in parts(values, PARENTS):
            if made:
                await asyncio.sleep(0)
            # Other steps may have had their turn; within a part they have none.
            self.completion.turn_to(wave, waiting)
            made += self.completion.complete(field, part)
        return made, waiting

    async def _values(
        self, field: Field, prepared: Any, parents: list[Any], made: list[dict[str, Any]]
    ) -> Sequence[Any]:
        if isinstance(prepared, Exception):
            return [prepared] * len(parents)
        paths = Places(made, field.key)
        try:
            return await field.step.access.values(self._scope, parents, prepared, paths)
        except Exception as failure:  # noqa: BLE001  it would be each parent's own, one after the other
            return [failure] * len(parents)
        finally:
            if len(self._scope.soft_errors) > self._earlier:
                paths.loaded(self._waves)

    def _arguments(self, field: Field) -> Any:
        """What the arguments come to; the same for all parents, and for as long as the operation lasts."""
        if field not in self._prepared:
            try:
                self._prepared[field] = self._prepare(field)
            except Exception as failure:  # noqa: BLE001  told at the place of every value
                self._prepared[field] = failure
        return self._prepared[field]

    def _prepare(self, field: Field) -> Any:
        way = field.step
        if not field.definition.args:
            return way.access.prepared()
        arguments = self._variables.arguments.get(field)
        if arguments is None:
            arguments = self._given(field)
            if all(type(value) in UNCHANGING or isinstance(value, Enum) for value in arguments.values()):
                self._variables.arguments[field] = arguments
        return way.access.prepared(**arguments)

    def _given(self, field: Field) -> Mapping[str, Any]:
        """The arguments by their Python names."""
        given = get_argument_values(field.definition, field.details[0].node, self._variables.values)
        config = self._compiled.settings
        nobody: Any = None
        _, arguments = get_arguments(
            field=field.step.field,
            source=None,
            info=nobody,
            kwargs=given,
            config=config.config,
            scalar_registry=config.scalar_registry,
        )
        for name in field.step.not_arguments:
            arguments.pop(name, None)
        return arguments

    def _early(self, field: Field, prepared: Any) -> list[Ahead]:
        """What the records of a field lead to, as far as it can be asked for before they are known."""
        if isinstance(prepared, Exception):
            return []
        access = field.step.access
        known = access.known_id(prepared)
        if known is None:
            return access.ahead(self._scope, prepared, field.loaders)
        steps = [below.way for selection in field.selections.values() for below in selection.fields]
        waiting = [way.access for way in steps if isinstance(way, Step) and way.access.starts_early]
        return [one.head_start(self._scope, known) for one in waiting]


def _number(field: Field) -> int:
    return field.number


@asynccontextmanager
async def _head_start(early: list[Ahead]) -> AsyncIterator[None]:
    """Begin with these, and end with what is done meanwhile."""
    tasks = [asyncio.create_task(_quietly(one)) for one in early]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for one in early:
            # What was given up before it began would complain that nobody waited for it.
            one.close()


async def _quietly(waiting: Ahead) -> None:
    # What fails here is asked for again, and told, at its own place.
    try:
        await waiting
    except Exception:  # noqa: BLE001
        return


def _came_late(note: SoftError, nulled: Any) -> bool:
    """Whether a soft error was found below a position that was null already."""
    place = note.path
    if not isinstance(place, Place) or not nulled:
        return False
    return any(
        is_nulled(place.path, {position: wave}) for position, wave in nulled.items() if wave <= place.wave
    )
