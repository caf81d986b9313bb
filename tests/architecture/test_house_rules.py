"""Rules of this code base that no linter knows."""

import ast
from collections.abc import Iterator

import pytest

from tests.architecture.code import ROOT, ROOT_PACKAGES, Module, dotted, modules

LONGEST_MODULE = 400
LONGEST_FUNCTION = 60

DECODER = "floorgraph.vendors.jsontext"
DECODES = {
    "json.load",
    "json.loads",
    "json.JSONDecoder",
    "orjson.loads",
    "msgspec.json.decode",
    "msgspec.json.Decoder",
}
STARTS_A_TASK = ("asyncio.create_task", "asyncio.ensure_future", "loop.create_task")


def functions(module: Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def imported_names(module: Module) -> dict[str, str]:
    """Local name -> what it stands for, so that `from json import loads` hides nothing."""
    found: dict[str, str] = {}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            found |= {alias.asname: alias.name for alias in node.names if alias.asname}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return found


def full_name(called: ast.expr, names: dict[str, str]) -> str:
    first, _, rest = dotted(called).partition(".")
    return ".".join(filter(None, (names.get(first, first), rest)))


def calls_by_name(module: Module) -> Iterator[tuple[str, ast.Call]]:
    names = imported_names(module)
    for call in module.calls():
        yield full_name(call.func, names), call


def test_there_is_code_to_look_at() -> None:
    assert len(modules()) > len(ROOT_PACKAGES)


def test_no_module_is_too_long() -> None:
    too_long = {
        module.where: lines
        for module in modules()
        if (lines := len(module.path.read_text("utf-8").splitlines())) > LONGEST_MODULE
    }
    assert too_long == {}


def test_no_function_is_too_long() -> None:
    too_long = {
        f"{module.at(function)} {function.name}": lines
        for module in modules()
        for function in functions(module)
        if (lines := (function.end_lineno or 0) - function.lineno + 1) > LONGEST_FUNCTION
    }
    assert too_long == {}


def test_no_time_without_a_zone() -> None:
    naive = [
        module.at(call)
        for module in modules()
        for name, call in calls_by_name(module)
        if name.endswith(("datetime.utcnow", "datetime.utcfromtimestamp"))
        or (name.endswith("datetime.now") and not call.args and not call.keywords)
    ]
    assert naive == []


def test_vendors_answers_are_decoded_in_one_place() -> None:
    elsewhere = [
        f"{module.at(call)} {name}"
        for module in modules()
        if module.name.startswith("floorgraph.vendors") and module.name != DECODER
        for name, call in calls_by_name(module)
        if name in DECODES
    ]
    assert elsewhere == []


def test_no_task_is_started_and_forgotten() -> None:
    """A task needs an owner that awaits or cancels it; a task group is one."""
    forgotten = [
        module.at(statement)
        for module in modules()
        for names in [imported_names(module)]
        for statement in ast.walk(module.tree)
        if isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Call)
        and full_name(statement.value.func, names).endswith(STARTS_A_TASK)
    ]
    assert forgotten == []


def test_types_of_the_schema_are_read_at_run_time() -> None:
    """Strawberry resolves annotations itself and needs them as they are written."""
    postponed = [
        module.at(node)
        for module in modules()
        if module.name.split(".")[0] == "schema"
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom) and node.module == "__future__"
    ]
    assert postponed == []


@pytest.mark.parametrize("package", ROOT_PACKAGES)
def test_every_root_package_says_that_it_is_typed(package: str) -> None:
    assert (ROOT / package / "__init__.py").is_file()
    assert (ROOT / package / "py.typed").is_file()
