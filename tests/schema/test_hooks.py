"""Hooks of extensions run around steps as Strawberry's own runner runs them."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from strawberry.extensions import SchemaExtension
from strawberry.extensions.runner import SchemaExtensionsRunner

from schema.hooks import Runner


class Telling(SchemaExtension):
    """Tells what happens around execution."""

    def __init__(self, name: str, told: list[str]) -> None:
        self.name = name
        self.told = told

    def on_execute(self) -> Iterator[None]:
        self.told.append(f"{self.name} before")
        try:
            yield
        except ValueError:
            self.told.append(f"{self.name} failed")
            raise
        self.told.append(f"{self.name} after")


class Asynchronous(Telling):
    async def on_execute(self) -> AsyncIterator[None]:  # type: ignore[override]
        self.told.append(f"{self.name} before")
        yield
        self.told.append(f"{self.name} after")


class Forgiving(Telling):
    def on_execute(self) -> Iterator[None]:
        try:
            yield
        except ValueError:
            self.told.append(f"{self.name} forgave")


class Replacing(Telling):
    def on_execute(self) -> Iterator[None]:
        try:
            yield
        except ValueError:
            raise KeyError("instead") from None


class Refusing(Telling):
    def on_execute(self) -> Iterator[None]:
        if self.told:
            raise ValueError("not begun")
        yield


def fail() -> None:
    raise ValueError("the step failed")


EXTENSIONS: list[list[type[Telling]]] = [
    [Telling, Telling],
    [Telling, Asynchronous],
    [Asynchronous, Telling],
    [Telling, Forgiving, Telling],
    [Telling, Replacing],
    [],
]


async def told_by(
    runner: type[SchemaExtensionsRunner], kinds: list[type[Telling]], *, fails: bool
) -> list[str]:
    told: list[str] = []
    extensions: list[SchemaExtension] = [kind(str(place), told) for place, kind in enumerate(kinds)]
    context: Any = None
    try:
        async with runner(execution_context=context, extensions=extensions).executing():
            told.append("step")
            if fails:
                fail()
    except Exception as error:  # noqa: BLE001  what comes out is compared
        told.append(repr(error))
    return told


@pytest.mark.parametrize("kinds", EXTENSIONS)
@pytest.mark.parametrize("fails", [False, True])
async def test_hooks_run_as_with_strawberry(kinds: list[type[Telling]], fails: bool) -> None:
    ours = await told_by(Runner, kinds, fails=fails)
    assert ours == await told_by(SchemaExtensionsRunner, kinds, fails=fails)


async def test_a_hook_that_does_not_begin_ends_those_that_have() -> None:
    told = await told_by(Runner, [Telling, Refusing], fails=False)
    assert told == ["0 before", "0 failed", "ValueError('not begun')"]


async def test_steps_without_hooks_do_nothing() -> None:
    context: Any = None
    async with Runner(execution_context=context, extensions=[Telling("0", [])]).parsing():
        pass
