"""Diagnostics: counted, bounded, and honest about what did not fit."""

from floorgraph.model.source import DriftNote, QuarantinedRecord, UnmappedWord
from floorgraph.vendors.diagnostics import Diagnostics
from tests.support.fakeclock import FakeClock


def test_words_are_counted() -> None:
    subject = Diagnostics(clock=FakeClock())
    for word in ("Warmup", "Rinse", "Warmup"):
        subject.unmapped("station state", word)
    assert subject.unmapped_words() == [
        UnmappedWord(vocabulary="station state", word="Warmup", count=2),
        UnmappedWord(vocabulary="station state", word="Rinse", count=1),
    ]


def test_repairs_appear_as_drift_of_the_whole_payload() -> None:
    subject = Diagnostics(clock=FakeClock())
    subject.repaired("stations", "surplus comma")
    subject.repaired("stations", "surplus comma")
    expected = DriftNote(payload="stations", field="*", change="surplus comma", count=2)
    assert subject.drift_notes() == [expected]


def test_a_full_table_counts_the_rest_together() -> None:
    subject = Diagnostics(clock=FakeClock(), limit=3)
    for number in range(10):
        subject.unmapped("state", f"w{number}")
        subject.drift("station", f"f{number}", "new")
    subject.unmapped("state", "w0")
    assert [(word.word, word.count) for word in subject.unmapped_words()] == [
        ("w0", 2),
        ("w1", 1),
        ("w2", 1),
        ("*", 7),
    ]
    assert [(note.field, note.count) for note in subject.drift_notes()][-1] == ("*", 7)
    assert len(subject.drift_notes()) == 4


def test_a_full_quarantine_says_how_many_more() -> None:
    clock = FakeClock()
    subject = Diagnostics(clock=clock, limit=2)
    for number in range(5):
        clock.advance(1)
        subject.quarantine("station", str(number), "Name: is missing")
    subject.quarantine("job", None, "odd")
    found = subject.quarantined()
    assert [(record.payload, record.remote_id, record.reason) for record in found] == [
        ("station", "0", "Name: is missing"),
        ("station", "1", "Name: is missing"),
        ("station", None, "and 3 more"),
        ("job", None, "odd"),
    ]
    assert found[2].at == clock.now()


def test_a_new_pass_clears_only_its_own_payload() -> None:
    clock = FakeClock()
    subject = Diagnostics(clock=clock)
    subject.quarantine("station", "1", "bad")
    subject.quarantine("job", "2", "bad")
    subject.begin("station")
    assert subject.quarantined() == [
        QuarantinedRecord(payload="job", remote_id="2", reason="bad", at=clock.now())
    ]
    subject.begin("job")
    assert not subject.has_quarantined


def test_texts_of_vendors_are_cut() -> None:
    subject = Diagnostics(clock=FakeClock())
    subject.unmapped("state", "x" * 10_000)
    subject.drift("station", "y" * 10_000, "new")
    subject.quarantine("station", "z" * 10_000, "r" * 10_000)
    (word,), (note,), (record,) = subject.unmapped_words(), subject.drift_notes(), subject.quarantined()
    assert record.remote_id is not None
    for text in (word.word, note.field, record.remote_id, record.reason):
        assert len(text) == 200
        assert text.endswith("…")
