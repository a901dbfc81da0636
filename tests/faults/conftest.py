"""Fault tests know the same types of devices as iot's own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.faults.disks import mounted_disk

from onecity.platform.iot.tests.conftest import _gauges

__all__ = ["_gauges"]


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A disk that is soon full."""
    with mounted_disk() as folder:
        yield folder
