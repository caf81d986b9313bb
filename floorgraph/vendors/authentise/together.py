"""Several reads at the same time: all are awaited, whatever becomes of the others."""

import asyncio
from collections.abc import Awaitable, Iterable
from typing import Any, TypeVar, overload

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")


async def together(work: Iterable[Awaitable[A]]) -> list[A]:
    """All results; what succeeds is done even when something else fails. Raises the first failure."""
    outcomes = await asyncio.gather(*work, return_exceptions=True)
    found: list[A] = []
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome
        found.append(outcome)
    return found


@overload
async def both(first: Awaitable[A], second: Awaitable[B], /) -> tuple[A, B]: ...
@overload
async def both(first: Awaitable[A], second: Awaitable[B], third: Awaitable[C], /) -> tuple[A, B, C]: ...
@overload
async def both(
    first: Awaitable[A], second: Awaitable[B], third: Awaitable[C], fourth: Awaitable[D], /
) -> tuple[A, B, C, D]: ...
async def both(*work: Awaitable[Any]) -> tuple[Any, ...]:
    """Two to four results of different kinds. Raises the first failure."""
    return tuple(await together(work))
