"""The leak check catches what it promises to catch, and nothing else.

One pytest run in its own process over `EXAMPLES`; each test here reads off
what came of one of them. Names beginning with `test_leaks_` must fail in
their tear-down with the words given; all others must pass.
"""

import os
import subprocess
import sys
import textwrap
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.support.deadline import DEADLINE

EXAMPLES = textwrap.dedent("""
    import asyncio
    import os
    import socket
    import tempfile
    import threading
    from contextlib import aclosing

    import pytest
    import pytest_asyncio

    from tests.support import leaks

    leaks.GRACE = 0.5
    kept = []
    let_go = threading.Event()


    async def numbers():
        yield 1
        yield 2


    async def hang_up(reader, writer):
        writer.close()
        await writer.wait_closed()


    async def forever():
        await asyncio.Event().wait()


    @pytest.fixture(scope="module")
    def wide_socket():
        with socket.socket() as opened:
            yield opened


    @pytest_asyncio.fixture(scope="module", loop_scope="module")
    async def wide_server():
        server = await asyncio.start_server(hang_up, "127.0.0.1", 0)
        async with server:
            yield server


    @pytest.fixture
    async def background():
        task = asyncio.create_task(forever())
        yield task
        task.cancel()
        await asyncio.wait([task])


    async def test_leaks_task():
        kept.append(asyncio.create_task(forever(), name="left alone"))


    @pytest.mark.asyncio(loop_scope="module")
    async def test_leaks_task_in_module_loop():
        kept.append(asyncio.create_task(forever(), name="left in the module"))


    async def test_leaks_generator():
        generator = numbers()
        kept.append(generator)
        assert await anext(generator) == 1


    async def test_leaks_dropped_generator():
        async for _ in numbers():
            break


    async def test_leaks_socket():
        kept.append(socket.socket())


    def test_leaks_socket_without_loop():
        kept.append(socket.socket())


    def test_leaks_pipe():
        kept.append(os.pipe())


    def test_leaks_file():
        kept.append(tempfile.TemporaryFile())


    def test_leaks_thread():
        threading.Thread(target=let_go.wait, args=(60,), name="left running", daemon=True).start()


    async def test_clean(background):
        async with aclosing(numbers()) as generator:
            async for _ in generator:
                break
        async with await asyncio.start_server(hang_up, "127.0.0.1", 0):
            pass
        assert await asyncio.to_thread(lambda: 1) == 1


    async def test_goes_away_soon():
        threading.Timer(0.02, lambda: None).start()
        kept.append(asyncio.create_task(asyncio.sleep(0.02)))


    def test_wide_fixture(wide_socket):
        assert wide_socket.fileno() > 0


    @pytest.mark.asyncio(loop_scope="module")
    async def test_wide_server(wide_server):
        reader, writer = await asyncio.open_connection(*wide_server.sockets[0].getsockname())
        writer.close()
        await writer.wait_closed()
""")

LEAKS = {
    "test_leaks_task": "task 'left alone' still runs forever",
    "test_leaks_task_in_module_loop": "task 'left in the module' still runs forever",
    "test_leaks_generator": "async generator numbers",
    "test_leaks_dropped_generator": "left to the garbage collector",
    "test_leaks_socket": "is open: socket:",
    "test_leaks_socket_without_loop": "is open: socket:",
    "test_leaks_pipe": "is open: pipe:",
    "test_leaks_file": "(deleted)",
    "test_leaks_thread": "thread 'left running' still runs",
}
CLEAN = ["test_clean", "test_goes_away_soon", "test_wide_fixture", "test_wide_server"]

CONFIGURATION = """
[pytest]
asyncio_mode = auto
asyncio_default_fixture_loop_scope = function
filterwarnings = error
"""


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Test name -> what was wrong with it; empty for a test that passed."""
    folder = tmp_path_factory.mktemp("leaks")
    (folder / "test_examples.py").write_text(EXAMPLES)
    (folder / "pytest.ini").write_text(CONFIGURATION)
    root = Path(__file__).resolve().parents[2]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.support.leaks", "--junitxml=result.xml", "-q"],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(root), "PYTEST_ADDOPTS": ""},
        capture_output=True,
        text=True,
        timeout=DEADLINE,
        check=False,
    )
    assert run.returncode == 1, run.stdout + run.stderr
    cases = ET.parse(folder / "result.xml").getroot().iter("testcase")  # noqa: S314
    found: dict[str, str] = {}
    for case in cases:
        wrong = "\n".join(child.text or "" for child in case if child.tag in ("failure", "error"))
        found[case.attrib["name"]] = found.get(case.attrib["name"], "") + wrong
    return found


@pytest.mark.parametrize(("name", "words"), LEAKS.items())
def test_a_leak_fails_the_test_that_made_it(outcomes: dict[str, str], name: str, words: str) -> None:
    assert words in outcomes[name]


@pytest.mark.parametrize("name", CLEAN)
def test_what_is_tidied_up_is_no_leak(outcomes: dict[str, str], name: str) -> None:
    assert outcomes[name] == ""


def test_every_example_is_looked_at(outcomes: dict[str, str]) -> None:
    assert set(outcomes) == {*LEAKS, *CLEAN}
