"""The exchange folder, through which files travel: never in the JSON."""

from hashlib import md5, sha1
from pathlib import Path
from string import ascii_letters, digits

from floorgraph.simulators.dice import Dice

LENT_SECONDS = 600
"""After how long the server deletes a file it has put there."""


class Exchange:
    """The folder, made when the server starts; None when there is none."""

    def __init__(self, folder: Path | None, dice: Dice) -> None:
        self._folder = folder
        self._dice = dice
        self._lent: dict[Path, float] = {}
        if folder:
            folder.mkdir(parents=True, exist_ok=True)

    def lend(self, content: bytes, now: float) -> dict[str, str] | None:
        """Put a copy there under a random name; `md5` is a SHA-1, as in the document's examples."""
        if self._folder is None:
            return None
        name = "".join(self._dice.pick(ascii_letters + digits) for _ in range(10))
        path = self._folder / name
        path.write_bytes(content)
        self._lent[path] = now + LENT_SECONDS
        return {"url": name, "md5": sha1(content, usedforsecurity=False).hexdigest().upper()}

    def take(self, name: str) -> bytes | None:
        """The content of a file a client has put there; None when there is no such file."""
        if self._folder is None or not name or Path(name).name != name:
            return None
        path = self._folder / name
        return path.read_bytes() if path.is_file() else None

    def tidy(self, now: float) -> None:
        """Delete what was lent too long ago."""
        for path, until in list(self._lent.items()):
            if until <= now:
                path.unlink(missing_ok=True)
                del self._lent[path]


def agrees(content: bytes, digest: str) -> bool:
    """Whether the digest is the content's: 32 digits are an MD5, others a SHA-1; none always agrees."""
    if not digest:
        return True
    kind = md5 if len(digest) == 32 else sha1
    return kind(content, usedforsecurity=False).hexdigest().upper() == digest.upper()
