"""Borders between modules that import contracts cannot express."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import grimp
from django.apps import apps

ROOT = "onecity"
SOURCE = Path("src") / ROOT
PUBLIC = frozenset({"api", "contracts", "declare", "events"})
RANK = {"kernel": 0, "web": 1, "platform": 2, "domains": 3, "scenarios": 4, "portals": 5, "demo": 6, "project": 7}
MODULE_FOLDERS = frozenset({"platform", "domains", "scenarios"})
# The same order as the import contract "Capabilities are ordered", lowest first.
CAPABILITIES = (
    ("identity",),
    ("jobs",),
    ("geo",),
    ("documents", "messages"),
    ("cases",),
    ("registers", "ledger", "cloud"),
    ("exchange", "iot"),
    ("indicators",),
)
LEVEL = {name: level for level, names in enumerate(CAPABILITIES) for name in names}
PLACES_OF_COMPOSITION = (f"{ROOT}.project",)

Home = tuple[str, str]


def home_of(dotted: str) -> Home | None:
    """Name the module a dotted path belongs to, as (folder, name); None outside modules."""
    parts = dotted.split(".")
    if len(parts) > 2 and parts[0] == ROOT and parts[1] in MODULE_FOLDERS:
        return parts[1], parts[2]
    return None


def lies_below(there: Home, here: Home) -> bool:
    """Say whether `here` may hold a foreign key to `there`."""
    if there[0] == here[0] == "platform":
        return LEVEL[there[1]] < LEVEL[here[1]]
    return RANK[there[0]] < RANK[here[0]]


@cache
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(ROOT, cache_dir=None)


def border_faults() -> Iterator[str]:
    """Yield imports that cross a module's border and land on a private file."""
    for importer in sorted(graph().modules):
        if importer.startswith(PLACES_OF_COMPOSITION):
            continue
        for target in sorted(graph().find_modules_directly_imported_by(importer)):
            there = home_of(target)
            if there is None or there == home_of(importer):
                continue
            leaf = target.split(".")[3] if target.count(".") > 2 else ""
            if leaf == "seed" and importer.startswith(f"{ROOT}.demo"):
                continue  # the demonstration city calls each module's own seed
            if ".tests." in importer and target.endswith(".tests.factories"):
                continue  # tests build their neighbours' objects with their neighbours' factories
            if leaf not in PUBLIC:
                yield f"{importer} imports {target}"


def relation_faults() -> Iterator[str]:
    """Yield relations that point sideways or up, are generic, or leave a reverse name below."""
    for model in apps.get_models():
        here = home_of(model.__module__)
        for field in model._meta.get_fields() if here else ():
            if not field.auto_created and field.is_relation:
                fault = relation_fault(field, here)
                if fault:
                    yield f"{model._meta.label}.{field.name}: {fault}"


def relation_fault(field: Any, here: Home) -> str:
    """Say what is wrong with one relation; nothing, when it is right."""
    if field.related_model is None:
        return "a generic relation can reach any table"
    there = home_of(field.related_model.__module__)
    if there is None or there == here:
        return ""
    if not lies_below(there, here):
        return f"points at {field.related_model._meta.label}"
    return "" if field.remote_field.hidden else "set related_name='+'"


def lookup_faults() -> Iterator[str]:
    """Yield `get_model` calls outside migrations: they reach any table without an import."""
    for path in code():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "get_model":
                yield f"{path}:{node.lineno}: get_model"


def migration_faults() -> Iterator[str]:
    """Yield migrations that depend on a module beside or above."""
    for path in sorted(SOURCE.glob("*/*/migrations/0*.py")):
        here = (path.parts[2], path.parts[3])
        for label in re.findall(r'\("(\w+)", "\d{4}_', path.read_text(encoding="utf-8")):
            there = home_of(apps.get_app_config(label).name + ".x") if label != here[1] else here
            if there and there != here and not lies_below(there, here):
                yield f"{path} depends on {label}"


def table_faults() -> Iterator[str]:
    """Yield SQL that names the table of another module: data crosses a border through `api`, not through a join."""
    owners = {model._meta.db_table: home_of(model.__module__) for model in apps.get_models()}
    pattern = re.compile(r"\b(?:FROM|JOIN|INTO|UPDATE|TABLE)\s+(?:ONLY\s+)?\"?([a-z_]+_[a-z_]+)\b")
    for path in code():
        here = home_of(f"{ROOT}." + ".".join(path.relative_to(SOURCE).with_suffix("").parts))
        if here is None:
            continue
        for table in pattern.findall(path.read_text(encoding="utf-8")):
            owner = owners.get(table)
            if owner and owner != here:
                yield f"{path}: {table} belongs to {owner[1]}"


def url_faults() -> Iterator[str]:
    """Yield templates that link into a module that theirs may not know."""
    for path in sorted(SOURCE.glob("**/templates/**/*.html")):
        here = home_of(f"{ROOT}." + ".".join(path.relative_to(SOURCE).parts))
        for label in re.findall(r"{% url '(\w+):", path.read_text(encoding="utf-8")):
            there = home_of(apps.app_configs[label].name + ".x") if label in apps.app_configs else None
            if here and there and there != here and not lies_below(there, here):
                yield f"{path} links to {label}"


def code() -> list[Path]:
    """Return the Python files that run in production."""
    return [path for path in sorted(SOURCE.rglob("*.py")) if not {"migrations", "tests"} & set(path.parts)]


def test_imports_land_on_public_files() -> None:
    assert list(border_faults()) == []


def test_relations_point_down() -> None:
    assert list(relation_faults()) == []


def test_no_lookup_by_name() -> None:
    assert list(lookup_faults()) == []


def test_migrations_depend_downwards() -> None:
    assert list(migration_faults()) == []


def test_sql_stays_within_its_module() -> None:
    assert list(table_faults()) == []


def test_templates_link_downwards() -> None:
    assert list(url_faults()) == []
