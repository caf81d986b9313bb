import asyncio
import json

from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode
from websockets.streams import StreamReader

from floorgraph.server.delivery import QueuedOutlet, frames_of, segments, texts
from subscriptions.outlet import CHUNK, Batch, Event


def parsed(frames: bytes) -> list[Frame]:
    """The frames as an independent reader has them."""
    reader = StreamReader()
    reader.feed_data(frames)
    reader.feed_eof()
    found: list[Frame] = []
    while not _at_end(reader):
        parser = Frame.parse(reader.read_exact, mask=False)
        try:
            while True:
                next(parser)
        except StopIteration as end:
            found.append(end.value)
    return found


def _at_end(reader: StreamReader) -> bool:
    steps = reader.at_eof()
    try:
        next(steps)
    except StopIteration as end:
        return bool(end.value)
    return False


@given(
    st.text(min_size=1, max_size=300),
    st.lists(st.sampled_from([0, 1, 10, 80, 125, 126, 400, 65_500, 65_536, 70_000]), min_size=1, max_size=5),
)
def test_frames_joined_by_an_id_are_the_messages_of_its_operation(operation: str, sizes: list[int]) -> None:
    events = [Event("c", json.dumps("x" * size).encode()) for size in sizes]
    key = json.dumps(operation, ensure_ascii=False).encode("utf-8", "surrogatepass")
    frames = parsed(key.join(segments(events, len(key))))
    assert [frame.opcode for frame in frames] == [Opcode.TEXT] * len(sizes)
    assert all(frame.fin for frame in frames)
    for frame, size in zip(frames, sizes, strict=True):
        message = json.loads(bytes(frame.data).decode("utf-8", "surrogatepass"))
        assert message == {"id": operation, "type": "next", "payload": "x" * size}


def test_messages_for_other_servers_are_the_same() -> None:
    (text,) = texts([Event("c", b'{"data":1}')], 'a"b')
    assert json.loads(text) == {"id": 'a"b', "type": "next", "payload": {"data": 1}}
    assert frames_of({}) is None
    assert frames_of({"extensions": None}) is None


def test_what_a_transport_makes_of_a_batch_is_made_once() -> None:
    batch, made = Batch([Event("c", b"1")]), []
    for _ in range(3):
        batch.shaped("shape", lambda events: made.append(events))
    assert len(made) == 1


@given(st.lists(st.integers(0, CHUNK + 10), max_size=12))
def test_parts_of_a_batch_are_all_of_it_in_order(sizes: list[int]) -> None:
    batch = Batch([Event(str(place), b"x" * size) for place, size in enumerate(sizes)])
    chunks = batch.chunks()
    assert [event for chunk in chunks for event in chunk.events] == list(batch.events)
    assert all(sum(len(event.payload) for event in chunk.events[:-1]) < CHUNK for chunk in chunks)
    # The same ones to everybody: what transports made of them is kept with them.
    assert all(again is chunk for again, chunk in zip(batch.chunks(), chunks, strict=True))


async def test_a_queue_is_clear_when_its_last_part_was_sent() -> None:
    outlet = QueuedOutlet("shape", lambda events: [event.payload for event in events])
    outlet.write(Batch([Event("c", b"1"), Event("c", b"2")]))
    assert not outlet.clear
    assert [await outlet.take(), await outlet.take()] == [b"1", b"2"]
    assert not outlet.clear
    waiting = asyncio.ensure_future(outlet.take())
    await outlet.drained()
    outlet.finish()
    assert await waiting is None
