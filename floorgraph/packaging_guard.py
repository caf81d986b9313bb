"""Makes sure that the packages with plain names are ours.

`schema`, `resolvers`, `loaders` and `subscriptions` lie beside `floorgraph`.
Other distributions use such names too (one named `schema` is widespread), and
one of them in the same environment hides ours in some ways of starting and
not in others. The start of the program asks here, before any of them is imported.
"""

from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from floorgraph.model.errors import FloorgraphError

NEIGHBOURS: Final = ("schema", "resolvers", "loaders", "subscriptions")
"""The packages that belong to this program beside `floorgraph` itself."""


class ForeignPackage(FloorgraphError):
    """One of our package names leads to another distribution's code, or nowhere.

    `name` is the package, `found` where Python finds it (None: nowhere) and
    `expected` the folder it should lie in.
    """

    code = "FOREIGN_PACKAGE"

    def __init__(self, name: str, found: Path | None, expected: Path) -> None:
        super().__init__(_explanation(name, found, expected))
        self.name = name
        self.found = found
        self.expected = expected


def check_neighbours() -> None:
    """Raise `ForeignPackage` unless all of `NEIGHBOURS` lie in the folder that holds `floorgraph`.

    Imports none of them: what an intruder does on import is not wanted here.
    """
    home = Path(__file__).resolve().parents[1]
    for name in NEIGHBOURS:
        found = _folder(find_spec(name))
        if found != home / name:
            raise ForeignPackage(name, found, home)


def _folder(spec: ModuleSpec | None) -> Path | None:
    """The folder of a package; for a plain module its file."""
    if spec is None:
        return None
    if spec.submodule_search_locations is not None:
        # A namespace package may be spread over several folders; the first one answers.
        return next((Path(place).resolve() for place in spec.submodule_search_locations), None)
    return Path(spec.origin).resolve() if spec.origin else None


def _explanation(name: str, found: Path | None, expected: Path) -> str:
    if found is None:
        return (
            f"The package '{name}' of Floorgraph is missing from {expected}: "
            "the installation is incomplete; install Floorgraph again."
        )
    return (
        f"Python finds another package under the name '{name}': {found}. "
        f"Floorgraph's own is in {expected}. Give Floorgraph an environment of its own, "
        "or uninstall the distribution that brought the other one and install Floorgraph again."
    )
