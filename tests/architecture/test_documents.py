"""What the documents name exists: files, commands, settings, links, addresses of pages."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from django.core.management import get_commands
from django.urls import Resolver404, resolve

from onecity.project.env import PREFIX, SETTINGS
from onecity.project.roads import ROADS

PAGES = sorted(
    [
        *(Path(name) for name in ("ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", "docs/README.md")),
        *Path("docs/guides").rglob("*.md"),
        *Path("deploy").rglob("*.md"),
        *Path("examples").rglob("*.md"),
    ]
)
FOLDERS = ("src", "docs", "deploy", "tests", "examples", "benchmarks")
THE_LAUNCHERS = {"ONECITY_STATE", "ONECITY_ROOT", "ONECITY_BACKUP_JOBS", "ONECITY_STANDARDS"}
OF_POSTGRESQL = {"pg_hba.conf", "postgresql.conf"}


@cache
def files() -> frozenset[str]:
    below = (path for folder in FOLDERS for path in Path(folder).rglob("*") if path.is_file())
    return frozenset(f"/{path}" for path in (*below, *Path().glob("*.*")))


def named_files(text: str) -> Iterator[str]:
    for quoted in re.findall(r"`([^`\n]+)`", text):
        if re.fullmatch(r"[\w./…-]+\.(py|md|csv|toml|conf|yml|service|html|js)", quoted):
            yield quoted.removeprefix("…/")


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_named_files_exist(page: Path) -> None:
    names = set(named_files(page.read_text(encoding="utf-8"))) - OF_POSTGRESQL
    assert {name for name in names if not any(path.endswith(f"/{name}") for path in files())} == set()


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_links_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8"))
    assert [item for item in targets if "://" not in item and not (page.parent / item).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_named_commands_exist(page: Path) -> None:
    commands = set(re.findall(r"(?:onecity|`)\s?manage ([a-z_0-9]+)", page.read_text(encoding="utf-8")))
    assert commands - set(get_commands()) == set()


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_named_settings_exist(page: Path) -> None:
    known = {f"{PREFIX}{item.name}" for item in SETTINGS} | THE_LAUNCHERS
    assert set(re.findall(r"ONECITY_[A-Z0-9_]+", page.read_text(encoding="utf-8"))) - known == set()


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_named_addresses_exist(page: Path) -> None:
    addresses = re.findall(r"`(?:GET )?(/[a-z][a-z0-9/_-]*)`", page.read_text(encoding="utf-8"))
    roads = {road.path for road in ROADS}
    assert [item for item in addresses if item not in roads and not resolves(item)] == []


def resolves(address: str) -> bool:
    if address.startswith(("/etc/", "/var/", "/opt/", "/primary")):
        return True  # a folder or another program's address
    try:
        resolve(address)
    except Resolver404:
        return False
    return True


@pytest.mark.parametrize("unit", sorted(Path("deploy/systemd").glob("onecity-*.service")), ids=str)
def test_units_start_what_exists(unit: Path) -> None:
    text = unit.read_text(encoding="utf-8")
    assert set(re.findall(r"manage\.py (\w+)", text)) <= set(get_commands())
    known = {f"{PREFIX}{item.name}" for item in SETTINGS}
    example = Path("deploy/systemd/onecity.env.example").read_text(encoding="utf-8")
    used = set(re.findall(r"\$\{(ONECITY_[A-Z0-9_]+)\}", text))
    assert used <= known
    assert all(f"\n{name}=" in example for name in used)
