"""Websockets behind the door: nobody without credentials, nobody too often, no more than allowed at once."""

import asyncio
import math
from typing import Any, cast

from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler
from strawberry.subscriptions.protocols.graphql_transport_ws.types import (
    ConnectionInitMessage,
    SubscribeMessage,
)

from floorgraph.server.access.calling import credentials_in, recognise
from floorgraph.server.access.documents import TrustedDocuments
from floorgraph.server.access.door import Door
from floorgraph.server.access.gatekeeper import FORBIDDEN, TRY_AGAIN_LATER
from floorgraph.server.access.refusals import Refusal, TooManyOperations, TooManyRequests, Unauthenticated
from floorgraph.server.wire import Wire


class GuardedHandler(BaseGraphQLTransportWSHandler[Any, Any]):
    """One websocket. Its view has the `door`."""

    @property
    def _door(self) -> Door:
        door: Door = self.view.door  # type: ignore[attr-defined]
        return door

    @property
    def _wire(self) -> Wire:
        return cast("Wire", self.websocket)

    async def with_document(self, message: Any) -> tuple[bool, Any]:
        """A message with the document that it names by its id; true when it was refused and that was told."""
        payload = message.get("payload") if isinstance(message, dict) else None
        if not isinstance(payload, dict) or message.get("type") != "subscribe":
            return False, message
        documents: TrustedDocuments = self.view.documents  # type: ignore[attr-defined]
        try:
            found = documents.query(payload) if documents.concerns(payload) else payload.get("query")
        except Refusal as refused:
            key = message.get("id")
            if not self.connection_acknowledged or not isinstance(key, str) or key in self.operations:
                # Whatever is wrong besides weighs more.
                return False, {**message, "payload": {**payload, "query": ""}}
            errors: Any = [refused.error()]
            await self.send_message({"id": key, "type": "error", "payload": errors})
            return True, message
        return False, {**message, "payload": {**payload, "query": found}}

    async def handle_connection_init(self, message: ConnectionInitMessage) -> None:
        """Recognise who is on the socket before it is acknowledged; close it with 4403 otherwise.

        1013 stands for what may be otherwise soon, so that clients try again.
        """
        if not self.connection_init_received and not self.connection_timed_out:
            if self.connection_init_timeout_task is not None:
                self.connection_init_timeout_task.cancel()
            try:
                await self._recognise(message)
            except Refusal as refused:
                code = TRY_AGAIN_LATER if refused.retryable else FORBIDDEN
                await self.websocket.close(code=code, reason=_reason(refused))
                return
        await super().handle_connection_init(message)

    async def handle_connection_init_timeout(self) -> None:
        """Close with 4408 who says nothing in time, where that is enforced."""
        bounds, seconds = self._door.bounds, self.connection_init_wait_timeout.total_seconds()
        if bounds.enforced:
            await super().handle_connection_init_timeout()
        else:
            await asyncio.sleep(seconds)
        if not self.connection_init_received:
            bounds.refuse("init_seconds", math.nextafter(seconds, math.inf))

    async def handle_subscribe(self, message: SubscribeMessage) -> None:
        """Run an operation unless there are too many at once or within a second."""
        refused = self._refusal() if self.connection_acknowledged else None
        if refused is None or message["id"] in self.operations:
            await super().handle_subscribe(message)
            return
        payload: Any = [refused.error()]
        await self.send_message({"id": message["id"], "type": "error", "payload": payload})

    async def _recognise(self, message: ConnectionInitMessage) -> None:
        credentials = credentials_in(message.get("payload") or {}, self._wire.authorization)
        recognise(self.context, await self._door.open(self._wire.session, credentials))

    def _refusal(self) -> Refusal | None:
        bounds = self._door.bounds
        if bounds.refuse("operations_per_socket", len(self.operations) + 1):
            most = bounds.limits.operations_per_socket
            return TooManyOperations(f"At most {most} operations on one websocket at the same time.")
        session = self._wire.session
        if session.identity is None:
            return Unauthenticated("Nobody is on this socket.")
        try:
            self._door.admit(session.identity, session.address)
        except TooManyRequests as refused:
            return refused
        return None


def _reason(refused: Refusal) -> str:
    """A close reason: at most 123 bytes."""
    return f"{refused.code}: {refused}".encode()[:123].decode(errors="ignore")
