"""The folder: a file is there whole or not at all, and a full disk is told before it is full."""

import os
import subprocess
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.base import ContentFile

from onecity.platform.documents import api
from onecity.platform.documents.models import Document
from onecity.platform.documents.storage import DurableFileStorage
from onecity.platform.documents.tests import samples
from onecity.platform.documents.tests.conftest import SHELF
from onecity.platform.identity.tests.factories import make_actor

MIB = 1024 * 1024


def torn() -> Iterator[bytes]:
    """Yield content whose reading breaks off."""
    yield b"half"
    raise OSError("torn")


def files_below(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_torn_writing_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    storage = DurableFileStorage(location=tmp_path)
    content = ContentFile(b"half and half")
    monkeypatch.setattr(content, "chunks", torn)
    with pytest.raises(OSError, match="torn"):
        storage.save("ab/cdef", content)
    assert files_below(tmp_path) == []


def test_name_that_is_taken_is_not_overwritten(tmp_path: Path) -> None:
    storage = DurableFileStorage(location=tmp_path)
    first = storage.save("ab/cdef", ContentFile(b"one"))
    second = storage.save("ab/cdef", ContentFile(b"two"))
    assert first != second
    with storage.open(first) as file:
        assert file.read() == b"one"


def test_room_that_must_stay_free_is_not_used(tmp_path: Path, settings: Any) -> None:
    settings.ENV = SimpleNamespace(upload_mb=20, disk_reserve_mb=10**9)
    with pytest.raises(OSError, match="No space left") as refusal:
        DurableFileStorage(location=tmp_path).save("ab/cdef", ContentFile(b"one"))
    assert refusal.value.errno == 28
    assert files_below(tmp_path) == []


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 2 MB."""
    if os.geteuid() != 0:
        pytest.skip("needs root: mounts a small file system")
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", place], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip(f"cannot mount a small file system here: {mounted.stderr.decode().strip()}")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


@pytest.mark.django_db
@pytest.mark.parametrize("reserve_mb", [0, 1])
def test_full_disk_is_a_clear_stop(
    small_disk: Path, settings: Any, readers: set[tuple[str, int]], now: datetime, reserve_mb: int
) -> None:
    settings.ENV = SimpleNamespace(upload_mb=20, disk_reserve_mb=reserve_mb)
    storages = {**settings.STORAGES}
    storages["default"] = {**storages["default"], "OPTIONS": {"location": str(small_disk)}}
    settings.STORAGES = storages
    actor = make_actor()
    text = ContentFile("满".encode() * (MIB // 4), name="一.txt")
    stored = 0

    def fill() -> None:
        nonlocal stored
        while True:
            api.store(actor, holder=SHELF, holder_id=1, upload=text, now=now)
            stored += 1

    with pytest.raises(api.StorageFull, match="存储空间不足"):
        fill()
    assert stored >= 1 - reserve_mb
    assert Document.objects.count() == stored
    assert len(files_below(small_disk)) == stored


@pytest.mark.django_db
def test_disk_that_fills_while_writing_leaves_no_half_file(
    small_disk: Path, settings: Any, readers: set[tuple[str, int]], now: datetime
) -> None:
    """The room was there when it was looked at, and is gone when the bytes are written."""
    settings.ENV = SimpleNamespace(upload_mb=20, disk_reserve_mb=-100)
    storages = {**settings.STORAGES}
    storages["default"] = {**storages["default"], "OPTIONS": {"location": str(small_disk)}}
    settings.STORAGES = storages
    text = ContentFile(b"x" * 4 * MIB, name="一.txt")
    with pytest.raises(api.StorageFull):
        api.store(make_actor(), holder=SHELF, holder_id=1, upload=text, now=now)
    assert files_below(small_disk) == []
    api.store(make_actor(), holder=SHELF, holder_id=1, upload=ContentFile(samples.PDF, name="小.pdf"), now=now)
    assert len(files_below(small_disk)) == 1
