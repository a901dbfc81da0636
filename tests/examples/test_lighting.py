"""The developer's guide holds: the example becomes a domain by its folder and two lines, and its tests pass there."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).parents[2]
MODULE_LINE = '"onecity.domains.urban_management"'
URL_LINE = 'path("", include("onecity.domains.urban_management.urls")),'


@pytest.fixture
def city(tmp_path: Path) -> Path:
    """A copy of the house with one more domain."""
    for name in ("src", "manage.py", "conftest.py", "pyproject.toml"):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, tmp_path / name)
    shutil.copytree(ROOT / "examples" / "lighting", tmp_path / "src/onecity/domains/lighting")
    add(tmp_path / "src/onecity/project/modules.py", after=MODULE_LINE, text=', "onecity.domains.lighting"')
    add(
        tmp_path / "src/onecity/project/urls.py",
        after=URL_LINE,
        text='\n    path("", include("onecity.domains.lighting.urls")),',
    )
    return tmp_path


def add(file: Path, *, after: str, text: str) -> None:
    content = file.read_text(encoding="utf-8")
    assert after in content
    file.write_text(content.replace(after, after + text), encoding="utf-8")


def test_example_domain_runs_in_the_city(city: Path) -> None:
    url = urlsplit(os.environ["ONECITY_DATABASE_URL"])._replace(path=f"/onecity_example_{os.getpid()}").geturl()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV"))},
        "ONECITY_DATABASE_URL": url, "ONECITY_ROOT": str(city), "PYTHONPATH": str(city / "src"),
    }  # fmt: skip
    command = [sys.executable, "-m", "pytest", "-q", "src/onecity/domains/lighting"]
    done = subprocess.run(command, cwd=city, env=environment, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]
    assert "6 passed" in done.stdout
