"""Reads the explanations of fields and enum values from the source.

A string that stands alone under an assignment explains it (the convention
of PEP 258 and of the websockets and pydantic projects). Python throws such
strings away, so they are read from the class's source once and cached.
"""

import ast
import inspect
import itertools
import textwrap
from enum import Enum
from functools import cache


@cache
def own_documentation(owner: type) -> dict[str, str]:
    """The attribute explanations written in one class body, without its bases.

    Returns attribute name -> text with line breaks folded into spaces.
    Raises `OSError` when the class has no source file.
    """
    tree = ast.parse(textwrap.dedent(inspect.getsource(owner)))
    body = next(node.body for node in tree.body if isinstance(node, ast.ClassDef))
    found: dict[str, str] = {}
    for statement, following in itertools.pairwise(body):
        name = _assigned_name(statement)
        if name and isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant):
            text = following.value.value
            if isinstance(text, str):
                found[name] = " ".join(inspect.cleandoc(text).split())
    return found


def _assigned_name(statement: ast.stmt) -> str | None:
    if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
        return statement.target.id
    if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
        return statement.targets[0].id
    return None


def documentation(owner: type) -> dict[str, str]:
    """The attribute explanations of a class and of its bases; the nearest one wins."""
    found: dict[str, str] = {}
    for base in reversed(owner.__mro__):
        if base is object or base.__module__.partition(".")[0] in ("enum", "builtins", "typing", "msgspec"):
            continue
        found.update(own_documentation(base))
    return found


def summary(owner: type) -> str:
    """The class docstring as one paragraph per blank-line-separated block."""
    text = inspect.cleandoc(owner.__doc__ or "")
    return "\n\n".join(" ".join(block.split()) for block in text.split("\n\n"))


def enum_values(owner: type[Enum]) -> dict[str, str]:
    """Enum value name -> explanation, in order of declaration."""
    texts = documentation(owner)
    return {member.name: texts.get(member.name, "") for member in owner}
