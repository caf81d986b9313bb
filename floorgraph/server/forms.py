"""Renderers by what tells their subscriptions apart: a form is prepared once, however often it is asked."""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Final

import strawberry

from floorgraph.server.planning import Plan
from floorgraph.server.rendering import Renderer
from resolvers.environment import Caller

MOST: Final = 256
"""Forms that are remembered; the one that was not asked for longest is forgotten."""


class Forms:
    """The renderers in use and those used lately."""

    def __init__(self, schema: strawberry.Schema) -> None:
        self._schema = schema
        self._renderers: OrderedDict[Hashable, Renderer] = OrderedDict()

    def renderer(self, plan: Plan, caller: Caller) -> Renderer:
        """The renderer for a plan; callers whose plans have the same key get the same answers."""
        if caller.trace:
            # Traces tell of one caller's own operation: nobody else ever has its key.
            return Renderer(self._schema, plan, caller)
        found = self._renderers.get(plan.key)
        if found is None:
            found = self._renderers[plan.key] = Renderer(self._schema, plan, caller)
            while len(self._renderers) > MOST:
                self._renderers.popitem(last=False)
        self._renderers.move_to_end(plan.key)
        return found
