"""Benches are not run by the tests, but they must fit the code that they measure."""

import os
from importlib import import_module
from pathlib import Path

import pytest

MODULES = sorted(
    path.stem for path in (Path(__file__).parents[2] / "benchmarks").glob("*.py") if path.stem != "__main__"
)


@pytest.mark.parametrize("name", MODULES)
def test_bench_can_be_imported(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", os.environ["DJANGO_SETTINGS_MODULE"])  # one names settings of its own
    assert import_module(f"benchmarks.{name}")
