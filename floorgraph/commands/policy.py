"""The bounds of commands, in one place. Times in seconds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandPolicy:
    """How long things may take, and how much is kept."""

    review_deadline: float = 30.0
    """Longest time for reading the records that a command is judged by."""
    deadline: float = 90.0
    """Longest time for sending a command; a last resort behind the source's own deadlines."""
    stopping: float = 5.0
    """Time that commands under way are given when the server stops."""
    settle_pause: float = 1.0
    """Wait before a command of unknown outcome is looked after; doubles up to `settle_cap`."""
    settle_cap: float = 30.0
    """Longest wait between two looks."""
    patience: float = 60.0
    """How long after its sending a command may still take effect: only then "not done" counts."""
    settle_limit: float = 3600.0
    """How long a source that does not answer is asked what became of a command."""
    follow_pause: float = 1.0
    """Wait before it is first asked how far an accepted command is; grows by half up to `follow_cap`."""
    follow_cap: float = 20.0
    """Longest wait between two such questions."""
    follow_limit: float = 7 * 86_400.0
    """How long an accepted command is followed."""
    entries: int = 100_000
    """Most commands that the log keeps."""
    days: float = 400.0
    """Days that the log keeps a command."""
