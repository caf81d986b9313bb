"""Memory that comes and goes: when Python looks for cycles, and what goes back to the system.

Records and payloads come and go in tens of thousands and form no cycles;
counting references frees them at once. A look for cycles stops everything for as long as
it takes, up to a microsecond for each object, so that it must be at few
objects: new ones are looked at once and again, and then as good as never. A large
answer is made of fewer objects than lead to a look, and gone before there are as many.

What is freed is wanted again with the next answer. Given back to the system
in between, each page of it would have to be asked for and cleared anew, which
takes as long as reading the answer.
"""

import ctypes
import gc
import sys
from typing import Final

YOUNG: Final = 50_000
"""Objects made, less those freed, between two looks at the youngest."""
OLDER: Final = 1
"""Looks at the youngest between two at those that outlived one."""
OLDEST: Final = 1_000
"""Looks at those between two at everything: hours, with fifty thousand records polled."""

KEPT_BYTES: Final = 64 * 1024 * 1024
"""Freed memory at the end of the heap that stays with the process."""
MAPPED_BYTES: Final = 32 * 1024 * 1024
"""Size from which a piece of memory is asked for, and given back, by itself; glibc allows no more."""
_TRIM_THRESHOLD: Final = -1
_MMAP_THRESHOLD: Final = -3


def settle() -> None:
    """What is there now stays; to be called once, when the application is made and before it serves."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, OLDER, OLDEST)
    _keep_what_is_freed()


def _keep_what_is_freed() -> None:
    """Tell the C library, where it is glibc; others have ways of their own."""
    if not sys.platform.startswith("linux"):
        return
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError):
        return
    mallopt(_TRIM_THRESHOLD, KEPT_BYTES)
    mallopt(_MMAP_THRESHOLD, MAPPED_BYTES)
