"""When Python looks for cycles that nothing refers to any more: seldom, and not among what is there for good.

Records and payloads come and go in tens of thousands and form no cycles;
counting references frees them at once. Looking through all of them takes
longer than the event loop may be kept, so that is done a hundred times less.
"""

import gc
from typing import Final

YOUNG: Final = 20_000
"""Objects made, less those freed, between two looks at the youngest."""
OLDER: Final = 20
"""Looks at the youngest between two at those that outlived one."""
OLDEST: Final = 100
"""Looks at those between two at everything."""


def settle() -> None:
    """What is there now stays; to be called once, when the application is made and before it serves."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, OLDER, OLDEST)
