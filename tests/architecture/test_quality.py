"""Every domain says how far it has come, and shows it."""

import tomllib
from pathlib import Path

import pytest

DOMAINS = sorted(path.parent for path in Path("src/onecity/domains").glob("*/README.md"))
GRADES = ("declared", "working", "proven")


@pytest.mark.parametrize("domain", DOMAINS, ids=lambda path: path.name)
def test_every_item_has_its_evidence_or_its_reason(domain: Path) -> None:
    grades = tomllib.loads((domain / "quality.toml").read_text(encoding="utf-8"))
    assert tuple(grades) == GRADES[: len(grades)]
    assert len(grades) > 0
    unproved = [
        f"{grade}.{item}"
        for grade, items in grades.items()
        for item, shown in items.items()
        if not (shown.get("exempt", "").strip() if isinstance(shown, dict) else (domain / shown).exists())
    ]
    assert unproved == []
