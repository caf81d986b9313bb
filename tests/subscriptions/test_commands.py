from subscriptions.change import ChangeCause
from subscriptions.commands import Commands
from subscriptions.difference import added
from tests.subscriptions.toy import station

ID = "north:station:1"


def told(commands: Commands, began: float, remote: str = "1") -> str | None:
    (difference,) = commands.explain([added(station(remote))], began)
    assert (difference.cause is ChangeCause.COMMAND) == (difference.command_id is not None)
    return difference.command_id


def test_the_first_change_of_the_record_confirms_the_command() -> None:
    commands = Commands(patience=60)
    commands.issued("c1", [ID], 100)
    assert commands.awaiting("north", 100)
    assert told(commands, 101, "2") is None
    assert told(commands, 101) == "c1"
    assert told(commands, 102) is None
    assert not commands.awaiting("north", 102)


def test_what_was_asked_before_the_command_does_not_confirm_it() -> None:
    commands = Commands(patience=60)
    commands.issued("c1", [ID], 100)
    assert told(commands, 99) is None
    assert told(commands, 100) == "c1"


def test_patience_ends() -> None:
    commands = Commands(patience=60)
    commands.issued("c1", [ID], 100)
    assert commands.awaiting("north", 159)
    assert not commands.awaiting("north", 160)
    assert told(commands, 160) is None


def test_patience_with_what_is_still_worked_on() -> None:
    commands = Commands(patience=60)
    commands.issued("c1", [ID, "north:station:2"], 100)
    assert told(commands, 110, "2") == "c1"
    commands.renewed("c2", 150)
    commands.renewed("c1", 150)
    assert commands.awaiting("north", 200)
    assert told(commands, 200) == "c1"
    assert told(commands, 200, "2") is None, "it has changed by it already"
    assert not commands.awaiting("north", 200)


def test_sources_whose_keys_begin_alike_are_not_mixed_up() -> None:
    commands = Commands(patience=60)
    commands.issued("c1", ["north-2:station:1"], 100)
    assert not commands.awaiting("north", 100)


def test_a_later_command_takes_the_place_of_an_earlier_one_and_old_ones_are_forgotten() -> None:
    commands = Commands(patience=60)
    commands.issued("c1", [ID, "north:station:9"], 100)
    commands.issued("c2", [ID], 161)
    assert told(commands, 162) == "c2"
    assert not commands._awaited


def test_polls_that_a_command_overtook_say_nothing_of_its_records() -> None:
    commands = Commands(patience=60)
    commands.issued("c1", [ID], 100)
    assert commands.overtaken(99) == {ID}
    assert commands.overtaken(100) == frozenset()
    assert told(commands, 101) == "c1"
    assert commands.overtaken(99) == frozenset()


def test_a_command_that_changed_nothing_is_forgotten() -> None:
    commands = Commands(patience=60)
    commands.issued("c1", [ID], 100)
    commands.withdrawn("c2")
    assert commands.awaiting("north", 100)
    commands.withdrawn("c1")
    assert not commands.awaiting("north", 100)
    assert told(commands, 101) is None
