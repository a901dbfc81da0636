"""The shape of modules and files, as STYLE has it."""

import ast
import csv
import json
import re
from pathlib import Path

import pytest
from django.apps import apps

from onecity.kernel.registry import domains
from onecity.project import env
from onecity.project.management.commands import adr_index

SOURCE = Path("src/onecity")
MODULES = sorted(
    path
    for folder in ("platform", "domains", "portals", "scenarios")
    for path in (SOURCE / folder).glob("*/")
    if (path / "__init__.py").exists()
)
CODE = [path for path in sorted(SOURCE.rglob("*.py")) if "migrations" not in path.parts]
PRODUCTION = [path for path in CODE if "tests" not in path.parts]
# Dotted names of the outermost loops, the only places where a bare `Exception` may be caught.
OUTERMOST_LOOPS = {
    "platform/iot/gateways/field/rosters.py",
    "platform/iot/gateways/field/servicing.py",
    "platform/iot/gateways/subscriptions/lane.py",
    "platform/jobs/ticker.py",
    "web/hot.py",
}
FORBIDDEN_NAMES = ("utils", "helpers", "common", "manager", "misc")
LONGEST_FILE, LONGEST_FUNCTION = 400, 50
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|NotImplementedError)\b")


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def test_only_the_kernel_knows_the_way_from_an_instant_to_a_day() -> None:
    """An instant's own `.date()` is the day in UTC, where the city's morning is still yesterday."""
    days = [
        f"{path}:{node.lineno}"
        for path in PRODUCTION
        if path.parts[2] != "kernel"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "date"
        if not (node.args or node.keywords or path.name == "expressions.py")  # Ibis: a column's day
    ]
    assert days == []


@pytest.mark.parametrize("module", MODULES, ids=str)
def test_module_has_its_readme_and_its_place(module: Path) -> None:
    assert (module / "README.md").exists()
    if any(module.glob("models*")) or module.parent.name != "portals":
        assert (module / "apps.py").exists()


def test_no_file_is_too_long() -> None:
    assert [str(path) for path in CODE if len(path.read_text(encoding="utf-8").splitlines()) > LONGEST_FILE] == []


def test_no_function_is_too_long() -> None:
    long = [
        f"{path}:{node.lineno} {node.name}"
        for path in CODE
        for node in functions(path)
        if (node.end_lineno or 0) - node.lineno >= LONGEST_FUNCTION
    ]
    assert long == []


def test_no_file_has_a_name_that_says_nothing() -> None:
    assert [str(path) for path in CODE if path.stem in FORBIDDEN_NAMES or path.parent.name in FORBIDDEN_NAMES] == []


def test_nothing_is_left_unfinished() -> None:
    assert [str(path) for path in PRODUCTION if UNFINISHED.search(path.read_text(encoding="utf-8"))] == []


def test_bare_exception_is_caught_only_in_outermost_loops() -> None:
    found = {
        str(path.relative_to(SOURCE))
        for path in PRODUCTION
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or (isinstance(node.type, ast.Name) and node.type.id == "Exception"))
    }
    assert found <= OUTERMOST_LOOPS


def test_only_edges_read_the_clock() -> None:
    """Rules, contracts, models and selectors are given the time; they never look."""
    pure = {"rules", "contracts", "models", "codecs", "declare"}
    found = [
        str(path)
        for path in PRODUCTION
        if pure & {path.stem, *path.parts}
        and re.search(r"\b(city_now|real_now|datetime\.now|time\.time)\(", path.read_text())
    ]
    assert found == []


def test_only_web_turns_errors_into_http() -> None:
    allowed = {"web", "views", "hot", "hot.py", "operations", "middleware.py", "interface"}
    found = [
        str(path)
        for path in PRODUCTION
        if "django.http" in path.read_text(encoding="utf-8")
        and not allowed & set(path.relative_to(SOURCE).parts)
        and path.stem not in {"views", "hot", "middleware", "http", "operations"}
    ]
    assert found == []


def test_declared_codes_are_those_on_record() -> None:
    """Codes are forever: a change of this file shows in review. Write it anew with `manage declared`."""
    current = {
        domain.code: sorted(f"{type(item).__name__} {item.code}" for item in domain.items) for domain in domains()
    }
    recorded = json.loads(Path("tests/architecture/declared.json").read_text(encoding="utf-8"))
    assert current == recorded


def test_sources_in_docstrings_are_in_the_list_of_standards() -> None:
    with Path("docs/standards.csv").open(encoding="utf-8") as file:
        known = {row["code"] for row in csv.DictReader(file)}
    unknown = set()
    for path in PRODUCTION:
        for line in re.findall(r"^\s+Source: (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE):
            if line.lower().startswith("house rule"):
                continue
            if not any(line.startswith(code) for code in known):
                unknown.add(f"{path}: {line}")
    assert unknown == set()


def test_settings_page_is_current() -> None:
    assert Path("docs/settings.md").read_text(encoding="utf-8") == env.reference()


def test_every_model_has_a_chinese_name() -> None:
    chinese = re.compile(r"[\u4e00-\u9fff]")
    lacking = [
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        if model.__module__.startswith("onecity.")
        for field in model._meta.fields
        if not field.primary_key and field.name != "password" and not chinese.search(str(field.verbose_name))
    ]
    assert lacking == []


def test_templates_hold_no_inline_script_or_style() -> None:
    inline = re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")|<style|\sstyle=|\son[a-z]+=", re.IGNORECASE
    )
    found = [str(path) for path in SOURCE.rglob("*.html") if inline.search(path.read_text(encoding="utf-8"))]
    assert found == []


def test_migration_names_say_what_they_do() -> None:
    assert [str(path) for path in SOURCE.rglob("migrations/0*.py") if "auto" in path.stem] == []


def test_index_of_decisions_is_current() -> None:
    assert Path("docs/adr/README.md").read_text(encoding="utf-8") == adr_index.index()


def test_decisions_are_numbered_without_gap() -> None:
    numbers = [int(path.name[:4]) for path in sorted(Path("docs/adr").glob("0*.md"))]
    assert numbers == list(range(1, len(numbers) + 1))


def test_comments_of_templates_stay_on_their_line() -> None:
    """Django prints a `{# … #}` that spans lines."""
    open_comments = [
        f"{path}:{number}"
        for path in sorted(SOURCE.rglob("*.html"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if line.count("{#") != line.count("#}")
    ]
    assert open_comments == []
