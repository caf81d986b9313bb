"""How a subscription begins: where it goes on from, and what must be known before a snapshot is sent."""

import asyncio

from floorgraph.model.ids import Kind
from floorgraph.vendors.contract import Source
from subscriptions.audience import Seat
from subscriptions.crossing import Crossing
from subscriptions.cursor import OtherInstance
from subscriptions.journal import Entry, TooOld
from subscriptions.mailbox import Mailbox
from subscriptions.newsroom import Newsroom
from subscriptions.pause import Pause
from subscriptions.topic import Topic


def resumed(room: Newsroom, topic: Topic) -> list[Entry] | str | None:
    """What was missed since `topic.after`, why that cannot be told, or None without `after`.

    Raises `BadCursor` for a forged cursor.
    """
    if topic.after is None:
        return None
    try:
        position = room.signet.open(topic.kind, topic.after)
    except OtherInstance:
        return "the server was restarted, or the cursor comes from another server"
    if position.topic != topic.fingerprint():
        return "the cursor belongs to another filter or another caller"
    if position.partial:
        return "the snapshot had not been sent to its end"
    return since(room, topic, position.sequence)


def since(room: Newsroom, topic: Topic, sequence: int) -> list[Entry] | str:
    """The changes after a position, or why they cannot be told."""
    found: list[tuple[Kind, Entry]] = []
    for kind in topic.kinds:
        entries = room.journal.since(kind, sequence)
        if isinstance(entries, TooOld):
            return f"the cursor is older than the latest {entries.kept} changes"
        found.extend((kind, entry) for entry in entries)
    if not topic.ways:
        return [entry for _, entry in found]
    found.sort(key=lambda one: one[1].sequence)
    return Crossing(topic, room.journal).since(found)


async def first_polls(room: Newsroom, topic: Topic) -> None:
    """Wait for first polls, within bounds: a source that does not answer keeps nobody waiting.

    Raises `SubscriptionEnded` when the engine stops meanwhile.
    """
    began = room.clock.monotonic()
    if _all_settled(room, topic, began):
        return
    pause = Pause(room.sleep)
    # One timer for all of the wait: the bell rings whenever anything was polled, and thousands may wait.
    timer = asyncio.ensure_future(room.sleep(room.policy.first_wait))
    timer.add_done_callback(lambda _: pause.wake())
    room.bell.add(pause)
    try:
        while not (timer.done() or _all_settled(room, topic, began)):
            await pause.wait()
    finally:
        room.bell.remove(pause)
        timer.cancel()
        await asyncio.gather(timer, return_exceptions=True)


def _all_settled(room: Newsroom, topic: Topic, began: float) -> bool:
    room.audience.check()
    sources = room.polling.sources(topic.concerned())
    return all(_settled(room, topic, source, began) for source in sources)


def _settled(room: Newsroom, topic: Topic, source: Source, began: float) -> bool:
    return room.heartbeats.heard(source.key) and all(
        room.polling.settled(source, kind, began) for kind in topic.kinds
    )


def seat_at(room: Newsroom, topic: Topic, position: int) -> Seat:
    """A seat that hears every change from now on, with an empty mailbox that stands at a position."""
    mailbox = Mailbox(topic, position=position, capacity=room.policy.waiting_records)
    seat = Seat(mailbox, Pause(room.sleep), Crossing(topic, room.journal) if topic.ways else None)
    room.audience.join(seat)
    return seat
