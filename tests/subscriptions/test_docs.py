import re
from pathlib import Path

import subscriptions
from subscriptions.ladder import Rung

DOCUMENT = Path(subscriptions.__file__).parents[1] / "docs" / "engine.md"


def test_every_promise_names_tests_that_exist() -> None:
    promised = set(re.findall(r"`((?:test_|Test)\w+)`", DOCUMENT.read_text(encoding="utf-8")))
    folders = (Path(__file__).parent, Path(__file__).parents[1] / "server")
    written = "\n".join(
        path.read_text(encoding="utf-8") for folder in folders for path in folder.glob("test_*.py")
    )
    existing = set(re.findall(r"^(?:async )?def (test_\w+)|^(Test\w+) =", written, re.MULTILINE))
    assert len(promised) > 20
    assert promised <= {name for pair in existing for name in pair}


def test_every_rung_and_module_is_explained() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert all(f"| `{rung}` |" in text for rung in Rung)
    plumbing = {"__init__", "change", "ended", "newsroom", "pause", "policy"}
    modules = {path.stem for path in Path(subscriptions.__file__).parent.glob("*.py")} - plumbing
    assert all(f"`{module}`" in text for module in modules)
