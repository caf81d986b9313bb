"""How long a peer has given no sign of life, as far as this process can blame it for that. Pure.

A peer is looked at every few seconds. Whoever looks late was busy itself, and
may have been too busy to send what the peer would have read, or to read what
it answered. So a look counts for as many seconds as it was planned to cover,
less those that it came late, and for no more than have passed: a process that
stands still, or a machine that is short of time, never adds up to a peer that
does not read.
"""

from dataclasses import dataclass


@dataclass(slots=True)
class Silence:
    """The silence of one peer; all times are monotonic seconds."""

    limit: float
    """Seconds of silence that are too long."""
    step: float
    """Seconds from one look to the next, as planned."""
    looked_at: float
    """When it was last looked, or when the silence began."""
    counted: float = 0.0
    """Seconds of silence so far."""

    def look(self, now: float, *, alive: bool) -> bool:
        """Whether the silence is too long; `alive` says that there was a sign of life since the last look."""
        passed = now - self.looked_at
        late = max(0.0, passed - self.step)
        self.looked_at = now
        self.counted = 0.0 if alive else self.counted + max(0.0, min(passed, self.step - late))
        # A rounding error must not cost another look.
        return self.counted >= self.limit - 1e-6
