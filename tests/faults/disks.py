"""A disk of one's own that may be filled."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOM_MB = 400


@contextmanager
def mounted_disk() -> Iterator[Path]:
    """Mount a small disk; skip where that is not allowed."""
    folder = Path(tempfile.mkdtemp(prefix="onecity-disk-"))
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={ROOM_MB}m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        folder.rmdir()
        pytest.skip("needs the right to mount a small disk (tmpfs)")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=False)
    folder.rmdir()


def fill(disk: Path) -> Path:
    """Leave no room on a disk."""
    filler = disk / "filler"
    free = os.statvfs(disk)
    with filler.open("wb") as file:
        try:
            file.write(bytes(free.f_bavail * free.f_frsize))
        except OSError:
            return filler
    return filler
