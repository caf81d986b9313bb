"""D15: whatever happens in whatever order, subscribers end up with the vendor's truth."""

from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from floorgraph.model.ids import Kind
from floorgraph.model.job import Job
from floorgraph.model.record import Record
from floorgraph.vendors.answers import Listing
from subscriptions.comparison import Comparison
from subscriptions.difference import Difference
from subscriptions.journal import Journal, TooOld
from subscriptions.mailbox import Mailbox
from subscriptions.topic import Topic
from tests.subscriptions.faketime import START
from tests.subscriptions.toy import job

TOPIC = Topic(kind=Kind.JOB)
numbers = st.integers(0, 9)
Content = dict[str, tuple[str, object]]


def content(records: dict[str, Record]) -> Content:
    return {
        key: (record.name, record.created_at) for key, record in records.items() if isinstance(record, Job)
    }


def apply(state: dict[str, Record], difference: Difference) -> None:
    if difference.record is None:
        state.pop(difference.id, None)
    else:
        state[difference.id] = difference.record


class Shop(RuleBasedStateMachine):
    """A vendor that changes at random, polls that succeed or do not, and three sorts of subscribers."""

    @initialize(capacity=st.sampled_from([3, 1000]))
    def open(self, capacity: int) -> None:
        self.truth: dict[int, tuple[str, int]] = {}
        self.at = START
        self.last: Listing | None = None
        self.listed: list[set[str]] = []
        self.partly: set[str] = set()
        self.comparison = Comparison()
        self.journal = Journal(capacity)
        self.replayed: dict[str, Record] = {}
        self.slow: dict[str, Record] = {}
        self.returning: dict[str, Record] = {}
        self.seen_until = 0
        self.box = Mailbox(TOPIC, position=0, capacity=1000)

    @rule(number=numbers, name=st.sampled_from("abc"))
    def write(self, number: int, name: str) -> None:
        day = self.truth.get(number, ("", 0))[1]
        self.truth[number] = (name, day)

    @rule(number=numbers)
    def delete(self, number: int) -> None:
        self.truth.pop(number, None)

    @rule()
    def lose_everything(self) -> None:
        self.truth.clear()

    @rule(number=numbers)
    def reuse_id(self, number: int) -> None:
        if number in self.truth:
            name, day = self.truth[number]
            self.truth[number] = (name, day + 1)

    @rule()
    def poll(self) -> None:
        self._hear(self.listing(set(self.truth)))

    @rule(cut=st.sets(numbers))
    def poll_in_part(self, cut: set[int]) -> None:
        self._hear(self.listing(set(self.truth) - cut, complete=False))

    @rule()
    def same_answer_again(self) -> None:
        if self.last is not None:
            self._hear(self.last)

    @rule(letters=st.integers(1, 4))
    def slow_one_reads(self, letters: int) -> None:
        for _ in range(letters):
            for parcel in self.box.take_out(1):
                apply(self.slow, parcel.entry.difference)

    @rule()
    def slow_one_reconnects_where_it_stood(self) -> None:
        parcels = list(self.box.take_out(1))
        if not parcels:
            return
        # Of another thing with the same id only the end of the first one may have arrived.
        parcel = parcels[0]
        apply(self.slow, parcel.entry.difference)
        missed = self.journal.since(Kind.JOB, parcel.position)
        self.box = Mailbox(TOPIC, position=self.journal.sequence, capacity=1000)
        if isinstance(missed, TooOld):
            self.slow = dict(self.journal.known("north", Kind.JOB))
            return
        for entry in missed:
            apply(self.slow, entry.difference)

    @rule()
    def absent_one_returns(self) -> None:
        missed = self.journal.since(Kind.JOB, self.seen_until)
        if isinstance(missed, TooOld):
            self.returning = dict(self.journal.known("north", Kind.JOB))
        else:
            assert [entry.sequence for entry in missed] == list(
                range(self.seen_until + 1, self.journal.sequence + 1)
            )
            for entry in missed:
                apply(self.returning, entry.difference)
        self.seen_until = self.journal.sequence
        assert content(self.returning) == self.known()

    @rule()
    def quiet_for_three_polls(self) -> None:
        for _ in range(3):
            self._hear(self.listing(set(self.truth)))
        expected = {
            f"north:job:{n}": (name, START + timedelta(days=day)) for n, (name, day) in self.truth.items()
        }
        assert self.known() == expected

    @invariant()
    def replayed_events_give_the_snapshot(self) -> None:
        assert content(self.replayed) == self.known()

    @invariant()
    def the_slow_one_has_it_all_once_it_has_read(self) -> None:
        caught_up = dict(self.slow)
        waiting = [entry for held in self.box._waiting.values() for entry in held.entries]
        for entry in waiting:
            apply(caught_up, entry.difference)
        assert content(caught_up) == self.known()

    @invariant()
    def nothing_is_kept_but_the_truth_and_unconfirmed_removals(self) -> None:
        if self.listed:
            assert set(self.known()) - self.listed[-1] <= self.comparison.unconfirmed | self.partly

    def known(self) -> Content:
        return content(dict(self.journal.known("north", Kind.JOB)))

    def listing(self, numbers: set[int], *, complete: bool = True) -> Listing:
        self.at += timedelta(seconds=5)
        records = [
            job(
                str(n), name=self.truth[n][0], created_at=START + timedelta(days=self.truth[n][1]), at=self.at
            )
            for n in sorted(numbers)
        ]
        return Listing(records=records, complete=complete, observed_at=self.at)

    def _hear(self, listing: Listing) -> None:
        known = self.journal.known("north", Kind.JOB)
        found = {record.id for record in listing.records}
        if listing.complete and listing is not self.last:
            self.listed.append(found)
            self.partly.clear()
        elif not listing.complete:
            self.partly |= found
        self.last = listing
        compared = self.comparison.compare(known, listing)
        for difference in compared.differences:
            if difference.kind.name == "REMOVED" and difference.id not in found:
                # Never before two complete listings in a row lacked it.
                assert all(difference.id not in before for before in self.listed[-2:])
                assert len(self.listed) >= 2
        for entry in self.journal.record("north", Kind.JOB, compared, compared.differences, self.at):
            assert entry.difference.kind.name != "UPDATED" or entry.difference.changed_fields
            apply(self.replayed, entry.difference)
            self.box.offer(entry)


Shop.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestShop = Shop.TestCase
