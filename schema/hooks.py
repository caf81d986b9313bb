"""Runs the hooks of extensions around the steps of an operation, at a small part of Strawberry's own cost.

Strawberry looks at every hook anew for every operation and wraps each into a
context manager. Here a hook is the generator that it is: begun before the
step, and told how the step ended.
"""

from collections.abc import AsyncGenerator, Generator, Sequence
from types import TracebackType
from typing import Any

from strawberry.extensions import SchemaExtension
from strawberry.extensions.runner import SchemaExtensionsRunner

Hook = Generator[None, None, None] | AsyncGenerator[None, None]


class Around:
    """The hooks of all extensions around one step, in their order and out of it in reverse."""

    __slots__ = ("_begun", "_hooks")

    def __init__(self, extensions: Sequence[SchemaExtension], name: str, *arguments: Any) -> None:
        unused = getattr(SchemaExtension, name)
        self._hooks: list[Hook] = [
            getattr(extension, name)(*arguments)
            for extension in extensions
            if getattr(type(extension), name) is not unused
        ]
        self._begun: list[Hook] = []

    async def __aenter__(self) -> None:
        try:
            for hook in self._hooks:
                if isinstance(hook, AsyncGenerator):
                    await anext(hook)
                else:
                    next(hook)
                self._begun.append(hook)
        except BaseException as error:
            await self._ended(error)
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # As with Strawberry, a hook may put another error in place of one, but not take it away.
        del kind, trace
        last = await self._ended(error)
        if last is not None and last is not error:
            raise last

    async def _ended(self, error: BaseException | None) -> BaseException | None:
        """Tell the hooks how the step ended; what they make of it goes to the ones around them."""
        while self._begun:
            hook = self._begun.pop()
            try:
                if isinstance(hook, AsyncGenerator):
                    await (anext(hook) if error is None else hook.athrow(error))
                elif error is None:
                    next(hook)
                else:
                    hook.throw(error)
            except (StopIteration, StopAsyncIteration):
                error = None
            except BaseException as raised:  # noqa: BLE001  raised in the end, by whoever began the step
                error = raised
        return error


class Runner(SchemaExtensionsRunner):
    """Strawberry's runner of hooks; for asynchronous operations, which are all there are here."""

    def operation(self) -> Any:
        """Around everything."""
        return Around(self.extensions, "on_operation")

    def validation(self) -> Any:
        """Around validation."""
        return Around(self.extensions, "on_validate")

    def parsing(self) -> Any:
        """Around parsing."""
        return Around(self.extensions, "on_parse")

    def executing(self) -> Any:
        """Around execution."""
        return Around(self.extensions, "on_execute")

    def on_stream_result(self, result: Any) -> Any:
        """Around one result of a stream."""
        return Around(self.extensions, "on_stream_result", result)
