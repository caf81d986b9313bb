"""What a test with parameters is called: the same in every process and at every time.

pytest-xdist refuses to begin when two of its processes collected different names. pytest spells
bytes out in a name, and packed bytes may hold the second at which they were packed.
"""


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Call bytes by the name of their parameter; pytest numbers those that are called alike."""
    return argname if isinstance(val, bytes) else None
