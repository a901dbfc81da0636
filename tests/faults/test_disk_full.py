"""A full disk: a clear stop, nothing half-written, and everything goes on once there is room."""

import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.faults.clusters import Cluster
from tests.faults.loads import FieldUnit
from tests.gateways.harness import Process, until

pytestmark = pytest.mark.faults
ROOM_MB = 400
FACTORS = 2


@pytest.fixture
def small_disk() -> Iterator[Path]:
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


def test_full_disk_stops_the_answers_and_nothing_is_half_written(small_disk: Path) -> None:
    cluster = Cluster(small_disk)
    try:
        cluster.prepare("MN1")
        process = Process("hj212", "--host", "127.0.0.1", "--port", "0", database_url=cluster.url)
        load = FieldUnit("MN1", datetime.now(UTC) - timedelta(days=1), process.port)
        load.start()
        until(lambda: len(load.answered) >= 200)
        filler = fill(small_disk)
        until(lambda: _stands_still(load), within=60, what="the stop")
        filler.unlink()
        if not cluster.answers():
            cluster.start()
        before = len(load.answered)
        until(lambda: len(load.answered) > before + 100, within=60)
        load.finish(within=30)
        process.stop()
        assert load.answered == set(load.sent)
        halves = "SELECT phenomenon_at FROM iot_observation GROUP BY 1 HAVING count(*) <> 2"
        assert cluster.sql(halves) == []
        assert cluster.sql("SELECT count(*) FROM iot_observation") == [(FACTORS * len(load.sent),)]
        assert cluster.sql("SELECT count(*) FROM iot_quarantinedmessage") == [(0,)]
    finally:
        cluster.remove()


def _stands_still(load: FieldUnit) -> bool:
    before = len(load.answered)
    time.sleep(1.5)
    return len(load.answered) == before
