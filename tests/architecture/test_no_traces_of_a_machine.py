"""The repository names no folder of the machine it was written on and no package registry's host.

What is looked for is put together here, so that this file does not contain it.
"""

import re
from pathlib import Path

import pytest

from tests.architecture.code import ROOT, kept_files

FOLDERS = ["/" + "/".join(parts) for parts in (["work", ""], ["root", ""], ["tmp", "fg"], ["opt", "pypi"])]
HOSTS = [
    ".".join(parts)
    for parts in (
        ["pypi", "org"],
        ["files", "pythonhosted", "org"],
        ["registry", "npmjs", "org"],
        ["deb", "debian", "org"],
        ["proxy", "golang", "org"],
    )
]
TRACE = re.compile(
    "|".join(
        [rf"(?<![\w.~)}}-]){re.escape(folder)}" for folder in FOLDERS] + [re.escape(host) for host in HOSTS]
    )
)


def traces(path: Path) -> list[str]:
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError:
        return []  # an image or a font
    return [
        f"{path.relative_to(ROOT)}:{text.count(chr(10), 0, hit.start()) + 1}: {hit[0]}"
        for hit in TRACE.finditer(text)
    ]


@pytest.mark.parametrize(
    "trace", [f'open("{folder}x")' for folder in FOLDERS] + [f"https://{host}/" for host in HOSTS]
)
def test_a_trace_would_be_seen(trace: str) -> None:
    assert TRACE.search(trace)


@pytest.mark.parametrize("harmless", ["framework/", "/CAPI/work/1", "grass-roots/root/", "./work/"])
def test_an_ordinary_word_is_no_trace(harmless: str) -> None:
    assert not TRACE.search(harmless)


def test_no_file_names_a_machine_or_a_registry() -> None:
    found = [trace for path in kept_files() for trace in traces(path)]
    assert found == []
