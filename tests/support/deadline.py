"""How long tests wait for what must come.

Only a failure uses a deadline up. So it is one for all and generous: whoever
runs the tests may have a slow machine that does other work beside them.
"""

DEADLINE = 120.0
"""In seconds."""
DEADLINE_MS = 1000 * DEADLINE
"""The same in milliseconds, for a browser."""
