"""Counters that outlive the process."""

from pathlib import Path

from floorgraph.vendors.ledger import Ledger

COUNTERS: dict[str, dict[str, object]] = {"tree": {"day": "2026-03-02", "used": 12}}


def test_what_was_saved_is_there_after_a_restart(tmp_path: Path) -> None:
    Ledger(tmp_path / "state", "laser").save(COUNTERS)
    assert Ledger(tmp_path / "state", "laser").load() == COUNTERS
    assert Ledger(tmp_path / "state", "other").load() == {}


def test_without_a_folder_nothing_is_kept() -> None:
    ledger = Ledger(None, "laser")
    ledger.save(COUNTERS)
    assert ledger.load() == {}


def test_a_damaged_file_is_like_none_and_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "budgets-laser.json").write_bytes(b'{"tree": {"day":')
    ledger = Ledger(tmp_path, "laser")
    assert ledger.load() == {}
    ledger.save(COUNTERS)
    assert Ledger(tmp_path, "laser").load() == COUNTERS


def test_a_file_of_another_shape_is_like_none(tmp_path: Path) -> None:
    (tmp_path / "budgets-laser.json").write_bytes(b'[1, {"a": 2}]')
    assert Ledger(tmp_path, "laser").load() == {}


def test_unchanged_counters_are_not_written_again(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path, "laser")
    ledger.save(COUNTERS)
    (tmp_path / "budgets-laser.json").unlink()
    ledger.save({"tree": {"day": "2026-03-02", "used": 12}})
    assert not (tmp_path / "budgets-laser.json").exists()
    ledger.save({"tree": {"day": "2026-03-02", "used": 13}})
    assert (tmp_path / "budgets-laser.json").exists()


def test_a_write_that_fails_leaves_the_last_counters_and_no_exception(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path, "laser")
    ledger.save(COUNTERS)
    beside = tmp_path / "budgets-laser.new"
    beside.mkdir()  # the new file cannot be written where a folder stands
    ledger.save({"tree": {"day": "2026-03-02", "used": 13}})
    assert Ledger(tmp_path, "laser").load() == COUNTERS
    beside.rmdir()
    ledger.save({"tree": {"day": "2026-03-02", "used": 14}})
    assert Ledger(tmp_path, "laser").load() == {"tree": {"day": "2026-03-02", "used": 14}}


def test_no_half_written_file_stays_beside(tmp_path: Path) -> None:
    Ledger(tmp_path, "laser").save(COUNTERS)
    assert [path.name for path in tmp_path.iterdir()] == ["budgets-laser.json"]
