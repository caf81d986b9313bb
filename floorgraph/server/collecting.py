"""When Python looks for cycles that nothing refers to any more: at few things, not at what is there for good.

Records and payloads come and go in tens of thousands and form no cycles;
counting references frees them at once. A look stops everything for as long as
it takes, up to a microsecond for each object, so that it must be at few
objects: new ones are looked at once and again, and then as good as never.
"""

import gc
from typing import Final

YOUNG: Final = 5_000
"""Objects made, less those freed, between two looks at the youngest."""
OLDER: Final = 2
"""Looks at the youngest between two at those that outlived one."""
OLDEST: Final = 4_000
"""Looks at those between two at everything: hours, with fifty thousand records polled."""


def settle() -> None:
    """What is there now stays; to be called once, when the application is made and before it serves."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, OLDER, OLDEST)
