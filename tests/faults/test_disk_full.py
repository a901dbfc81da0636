"""A full disk: a clear stop, nothing half-written, and everything goes on once there is room."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.faults.clusters import Cluster
from tests.faults.disks import fill
from tests.faults.loads import FieldUnit
from tests.gateways.harness import Process, until

pytestmark = pytest.mark.faults
FACTORS = 2


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
