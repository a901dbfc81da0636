"""The English catalogue is complete: whatever people can read, they can read in English."""

import re
from pathlib import Path

import pytest

from onecity.project.messages import PACKAGE, catalogue_path, missing, modules, read

PLACES = re.compile(r"%\(\w+\)[sd]|\{\w+\}")


@pytest.mark.parametrize("module", modules(), ids=lambda module: str(module.relative_to(PACKAGE)))
def test_every_message_has_its_english(module: Path) -> None:
    assert missing(module) == []


@pytest.mark.parametrize("module", modules(), ids=lambda module: str(module.relative_to(PACKAGE)))
def test_places_in_a_message_are_kept_in_its_english(module: Path) -> None:
    faults = [
        entry.id
        for entry in read(catalogue_path(module))
        if entry.id and sorted(PLACES.findall(str(entry.id))) != sorted(PLACES.findall(str(entry.string)))
    ]
    assert faults == []
