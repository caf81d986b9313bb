"""What is brought to the front is there."""

from pathlib import Path

from tests.support.order import LONGEST


def test_every_file_that_takes_long_is_there() -> None:
    root = Path(__file__).parents[2]
    assert [name for name in LONGEST if not (root / name).is_file()] == []
