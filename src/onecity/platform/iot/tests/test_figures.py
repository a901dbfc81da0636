"""What iot is measured by, and what the one map shows of it."""

from datetime import timedelta

import pytest
from django.db import connection

from onecity.kernel.actor import Actor, organisation_key, system_actor
from onecity.platform.identity.tests.factories import Organisation, plain_actor
from onecity.platform.indicators.declare import Measure, Period
from onecity.platform.iot.declarations.figures import INDICATORS
from onecity.platform.iot.declarations.layers import DEVICES_LAYER
from onecity.platform.iot.permissions import VIEW_ALARMS, VIEW_DEVICES
from onecity.platform.iot.selectors import figures
from onecity.platform.iot.selectors.layers import DEVICES_SQL
from onecity.platform.iot.services.devices import retire_device
from onecity.platform.iot.services.presence import mark_seen
from onecity.platform.iot.services.store import Store
from onecity.platform.iot.tests.factories import NOW, make_batch, make_datastream, make_device, make_rule

pytestmark = pytest.mark.django_db
SYSTEM = system_actor("test")
PERIOD = Period(NOW - timedelta(hours=12), NOW + timedelta(hours=12))


@pytest.fixture
def office(organisation: Organisation) -> Actor:
    return plain_actor(VIEW_DEVICES, VIEW_ALARMS, keys=frozenset({organisation_key(organisation.id)}))


def test_online_are_those_that_are_heard_of(office: Actor, organisation: Organisation) -> None:
    online, faulty, quiet, retired = [make_device(organisation=organisation) for _ in range(4)]
    make_device()
    mark_seen([online.id, faulty.id], faulty=[faulty.id], now=NOW)
    retire_device(SYSTEM, device_id=retired.id, reason="", now=NOW)
    assert figures.devices_online(office, PERIOD) == Measure(2.0, 2.0, 3.0)
    assert figures.devices_total(office, PERIOD) == Measure(3.0)
    assert {row[1] for row in figures.online_rows(office, PERIOD, 10).rows} == {online.key, faulty.key}
    shown = figures.devices_rows(office, PERIOD, 10)
    assert {row[1] for row in shown.rows} == {online.key, faulty.key, quiet.key}
    assert len(shown.links) == len(shown.rows)


def test_standing_alarms_are_counted_with_the_rows_behind(office: Actor, organisation: Organisation) -> None:
    make_rule()
    mine, other = make_datastream(make_device(organisation=organisation)), make_datastream()
    Store().record([make_batch((mine.id, NOW, 101.0), (other.id, NOW, 101.0))], now=NOW)
    assert figures.alarms_open(office, PERIOD) == Measure(1.0)
    assert figures.alarms_open(SYSTEM, PERIOD) == Measure(2.0)
    behind = figures.alarms_rows(office, PERIOD, 10)
    assert [row[3] for row in behind.rows] == [NOW]
    assert behind.links[0].startswith("/iot/alarms/")


def test_readings_of_the_period_are_counted(office: Actor, organisation: Organisation) -> None:
    mine, other = make_datastream(make_device(organisation=organisation)), make_datastream()
    rows = [(mine.id, NOW - timedelta(hours=hour), 1.0) for hour in (0, 1, 12, 13)]
    Store().record([make_batch(*rows, (other.id, NOW, 1.0))], now=NOW)
    assert figures.observations_today(office, PERIOD) == Measure(3.0)
    assert figures.observations_today(SYSTEM, PERIOD) == Measure(4.0)
    behind = figures.observations_rows(office, PERIOD, 10)
    assert [(row[2], row[3]) for row in behind.rows] == [(3, NOW)]
    assert behind.links == [f"/iot/devices/{mine.device_id}"]


def test_every_indicator_gives_a_value_to_whoever_sees_nothing() -> None:
    nobody = plain_actor()
    for item in INDICATORS:
        assert item.compute(nobody, PERIOD).value == 0.0, item.code
        assert list(item.rows(nobody, PERIOD, 5).rows) == [], item.code


def test_map_shows_an_alarm_before_the_state() -> None:
    make_rule()
    calm, loud = make_device(place=(125.3, 43.9)), make_device(place=(125.4, 43.9))
    make_device()
    retire_device(SYSTEM, device_id=make_device(place=(125.5, 43.9)).id, reason="", now=NOW)
    Store().record([make_batch((make_datastream(loud).id, NOW, 101.0))], now=NOW)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id, state FROM ({DEVICES_SQL}) layer")
        shown = dict(cursor.fetchall())
    assert shown == {calm.id: "registered", loud.id: "alarm"}


def test_layer_gives_every_declared_field() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM ({DEVICES_SQL}) layer")
        columns = {item.name for item in cursor.description}
    wanted = {field.name for field in DEVICES_LAYER.fields}
    assert wanted | {"id", "geom", "organisation_id", "division_code"} <= columns
