"""Kill -9, a dead database and a full disk under vehicles that report: nothing acknowledged is lost or doubled."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection
from tests.faults.clusters import Cluster
from tests.faults.disks import fill
from tests.faults.vehicles import Vehicle
from tests.gateways.harness import Process, until
from tests.servers.ports import free_port

from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.models import Observation, QuarantinedMessage
from onecity.platform.iot.tests.factories import make_device

pytestmark = pytest.mark.faults
PHONES = ("13800000091", "13800000092")
EACH_REPORT = ("longitude", "latitude", "speed")
"""Alarm and state bits are told only when they change, and once on each new line; these are in every report."""
STORED = f"""
    SELECT d.key, count(*), count(DISTINCT o.phenomenon_at) FROM iot_observation o
    JOIN iot_datastream s ON s.id = o.datastream_id JOIN iot_device d ON d.id = s.device_id
    WHERE s.wire_name IN {EACH_REPORT} GROUP BY 1
"""


def yesterday() -> datetime:
    return datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=1)


def gateway(port: int, *, database_url: str = "") -> Process:
    settings = {
        "ONECITY_FIELD_PORTS": f"jt808={port}",
        "ONECITY_FIELD_FRAMES_PER_SECOND": "1000000",
        "ONECITY_FIELD_DEVICE_FRAMES_PER_SECOND": "1000000",
    }
    return Process("jt808", command="gateway_field", settings=settings, database_url=database_url)


def vehicles(port: int) -> list[Vehicle]:
    found = [Vehicle(phone, yesterday(), port) for phone in PHONES]
    for vehicle in found:
        vehicle.start()
    return found


def answered(load: Sequence[Vehicle]) -> int:
    return sum(len(vehicle.answered) for vehicle in load)


def expected(load: Sequence[Vehicle]) -> set[tuple[object, ...]]:
    """Return what every vehicle's reports must have become."""
    return {(one.phone, len(EACH_REPORT) * len(one.sent), len(one.sent)) for one in load}


def settle(load: Sequence[Vehicle], process: Process) -> None:
    """Let every vehicle hear its last answers."""
    for vehicle in load:
        vehicle.finish(within=60)
    process.stop()
    assert all(vehicle.answered == set(vehicle.sent) for vehicle in load)


@pytest.mark.django_db(transaction=True)
def test_killed_field_gateway_loses_and_doubles_nothing() -> None:
    for phone in PHONES:
        make_device(phone, protocol=Protocol.JT808)
    connection.close()
    port = free_port()
    process = gateway(port)
    load = vehicles(port)
    for kills in range(1, 4):
        until(lambda kills=kills: answered(load) >= 300 * kills, within=60)  # type: ignore[misc]
        process.kill()
        process.start()
    settle(load, process)
    with connection.cursor() as cursor:
        cursor.execute(STORED)
        assert {tuple(row) for row in cursor.fetchall()} == expected(load)
    assert set(Observation.objects.values_list("phenomenon_at", flat=True)) == {
        at for vehicle in load for at in vehicle.sent.values()
    }
    assert QuarantinedMessage.objects.count() == 0


def test_killed_database_loses_and_doubles_nothing_of_vehicles() -> None:
    cluster = Cluster()
    try:
        cluster.prepare(*PHONES, protocol=Protocol.JT808)
        port = free_port()
        process = gateway(port, database_url=cluster.url)
        load = vehicles(port)
        for kills in range(1, 3):
            until(lambda kills=kills: answered(load) >= 300 * kills, within=60)  # type: ignore[misc]
            cluster.kill()
            cluster.start()
        settle(load, process)
        assert set(cluster.sql(STORED)) == expected(load)
        assert cluster.sql("SELECT count(*) FROM iot_quarantinedmessage") == [(0,)]
    finally:
        cluster.remove()


def test_full_disk_stops_the_answers_to_vehicles_and_nothing_is_half_written(small_disk: Path) -> None:
    cluster = Cluster(small_disk)
    try:
        cluster.prepare(*PHONES, protocol=Protocol.JT808)
        port = free_port()
        process = gateway(port, database_url=cluster.url)
        load = vehicles(port)
        until(lambda: answered(load) >= 200, within=60)
        filler = fill(small_disk)
        until(lambda: _stands_still(load), within=60, what="the stop")
        filler.unlink()
        if not cluster.answers():
            cluster.start()
        before = answered(load)
        until(lambda: answered(load) > before + 100, within=60)
        settle(load, process)
        assert set(cluster.sql(STORED)) == expected(load)
        assert cluster.sql("SELECT count(*) FROM iot_quarantinedmessage") == [(0,)]
    finally:
        cluster.remove()


def _stands_still(load: Sequence[Vehicle]) -> bool:
    before = answered(load)
    time.sleep(1.5)
    return answered(load) == before
