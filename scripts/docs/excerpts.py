"""Files of the repository shown in pages, so that what is shown is what is tested."""

from pathlib import Path

from scripts.docs.blocks import ROOT

LANGUAGES = {".ts": "ts", ".tsx": "tsx", ".py": "python", ".yaml": "yaml", ".toml": "toml", ".json": "json"}


def file(words: str) -> str:
    """A whole file, by its path in the repository."""
    path = Path(words)
    text = (ROOT / path).read_text(encoding="utf-8").rstrip()
    return f"```{LANGUAGES[path.suffix]}\n{text}\n```"


def commands(words: str) -> str:
    """The shell commands of an example's README, by its path: all, or `path#2` the second block alone."""
    path, _, number = words.partition("#")
    lines = (ROOT / path).read_text(encoding="utf-8").split("```sh\n")[1:]
    blocks = ["```sh\n" + part.partition("```")[0] + "```" for part in lines]
    return blocks[int(number) - 1] if number else "\n\n".join(blocks)
