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
from onecity.platform.iot.models import Datastream, Observation, QuarantinedMessage
from onecity.platform.iot.tests.factories import make_device

pytestmark = pytest.mark.faults
PHONES = ("13800000091", "13800000092")
STORED = "SELECT datastream_id, count(*), count(DISTINCT phenomenon_at) FROM iot_observation GROUP BY 1"


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


def settle(load: Sequence[Vehicle], process: Process) -> int:
    """Let every vehicle hear its last answers; return how many reports there were."""
    for vehicle in load:
        vehicle.finish(within=60)
    process.stop()
    assert all(vehicle.answered == set(vehicle.sent) for vehicle in load)
    return sum(len(vehicle.sent) for vehicle in load)


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
    reports = settle(load, process)
    properties = Datastream.objects.count() // len(PHONES)
    assert properties >= 3
    assert Observation.objects.count() == properties * reports
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
        stored = cluster.sql(STORED)
        assert {(count, times) for _, count, times in stored} <= {(len(one.sent), len(one.sent)) for one in load}
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
        stored = cluster.sql(STORED)
        assert {(count, times) for _, count, times in stored} <= {(len(one.sent), len(one.sent)) for one in load}
        assert cluster.sql("SELECT count(*) FROM iot_quarantinedmessage") == [(0,)]
    finally:
        cluster.remove()


def _stands_still(load: Sequence[Vehicle]) -> bool:
    before = answered(load)
    time.sleep(1.5)
    return answered(load) == before
