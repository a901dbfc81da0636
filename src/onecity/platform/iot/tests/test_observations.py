"""Reading observations by property and period, as series, and the newest of many devices."""

from datetime import timedelta

import numpy as np
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from onecity.kernel.actor import system_actor
from onecity.platform.iot.contracts import PeriodValue
from onecity.platform.iot.declare import Period
from onecity.platform.iot.rules.instants import micros
from onecity.platform.iot.selectors.observations import latest_by_device, latest_of_type, period_values, series
from onecity.platform.iot.services.devices import retire_device
from onecity.platform.iot.services.store import record
from onecity.platform.iot.tests.factories import NOW, make_batch, make_datastream, make_device

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def test_period_values_hold_begin_and_not_end() -> None:
    stream = make_datastream(period=Period.HOUR, sub_value="avg")
    record([make_batch(*[(stream.id, NOW - hour * HOUR, float(hour)) for hour in range(4)])], now=NOW)
    found = period_values([stream.device_id], period="hour", property_codes=["pm2_5"], since=NOW - 2 * HOUR, until=NOW)
    assert [(item.at, item.result) for item in found] == [(NOW - 2 * HOUR, 2.0), (NOW - HOUR, 1.0)]


def test_period_values_take_the_first_kind_of_value_that_came() -> None:
    device = make_device()
    mean, plain, highest = [make_datastream(device, period=Period.HOUR, sub_value=kind) for kind in ("avg", "", "max")]
    rows = [(mean.id, NOW, 1.0), (plain.id, NOW, 2.0), (highest.id, NOW, 9.0), (plain.id, NOW - HOUR, 3.0)]
    record([make_batch(*rows, quality="M")], now=NOW)
    found = period_values([device.id], period="hour", property_codes=["pm2_5"], since=NOW - HOUR, until=NOW + HOUR)
    assert found == [
        PeriodValue(device.id, "pm2_5", "", NOW - HOUR, 3.0, "M"),
        PeriodValue(device.id, "pm2_5", "avg", NOW, 1.0, "M"),
    ]


def test_period_values_of_many_devices_are_one_statement() -> None:
    streams = [make_datastream(period=Period.HOUR, sub_value="avg") for _ in range(3)]
    record([make_batch(*[(stream.id, NOW, 1.0) for stream in streams])], now=NOW)
    with CaptureQueriesContext(connection) as queries:
        found = period_values(
            [stream.device_id for stream in streams],
            period="hour",
            property_codes=["pm2_5", "co"],
            since=NOW,
            until=NOW + HOUR,
        )
    assert (len(found), len(queries)) == (3, 1)


def test_other_periods_and_properties_are_left_out() -> None:
    device = make_device()
    record([make_batch((make_datastream(device).id, NOW, 1.0))], now=NOW)
    assert period_values([device.id], period="hour", property_codes=["pm2_5"], since=NOW, until=NOW + HOUR) == []
    assert period_values([device.id], period="real_time", property_codes=["co"], since=NOW, until=NOW + HOUR) == []


def test_series_is_oldest_first_and_says_whether_it_is_whole() -> None:
    stream = make_datastream()
    record(
        [make_batch((stream.id, NOW, None), (stream.id, NOW - HOUR, 1.0), (stream.id, NOW - 2 * HOUR, 2.0))], now=NOW
    )
    whole = series(stream.id, since=NOW - 2 * HOUR, until=NOW + HOUR)
    assert whole.at.tolist() == [micros(NOW - 2 * HOUR), micros(NOW - HOUR), micros(NOW)]
    assert whole.result.tolist()[:2] == [2.0, 1.0]
    assert np.isnan(whole.result[2])
    assert whole.whole
    newest = series(stream.id, since=NOW - 2 * HOUR, until=NOW + HOUR, most=2)
    assert (newest.at.tolist(), newest.whole) == ([micros(NOW - HOUR), micros(NOW)], False)


def test_latest_of_type_gives_each_device_in_service_with_its_values() -> None:
    with_values, without, retired = make_device(place=(125.3, 43.9)), make_device(), make_device()
    make_device(type_code="gauge.meter")
    live, hourly = make_datastream(with_values), make_datastream(with_values, period=Period.HOUR, property_code="co")
    record([make_batch((live.id, NOW, 1.0), (live.id, NOW - HOUR, 0.0), (hourly.id, NOW, 2.0))], now=NOW)
    retire_device(system_actor("test"), device_id=retired.id, reason="", now=NOW)
    found = latest_of_type("gauge.air")
    assert [item.device.id for item in found] == [with_values.id, without.id]
    assert (found[0].device.longitude, found[0].device.latitude) == (125.3, 43.9)
    assert {item.datastream.id: item.result for item in found[0].values} == {live.id: 1.0, hourly.id: 2.0}
    assert found[1].values == ()


def test_latest_can_be_asked_for_by_property_and_period() -> None:
    device = make_device()
    live, hourly = make_datastream(device), make_datastream(device, period=Period.HOUR, property_code="co")
    record([make_batch((live.id, NOW, 1.0), (hourly.id, NOW, 2.0))], now=NOW)
    by_property = latest_by_device([device.id], property_codes=["co"])
    by_period = latest_by_device([device.id], periods=["real_time"])
    assert [item.datastream.id for item in by_property[device.id]] == [hourly.id]
    assert [item.datastream.id for item in by_period[device.id]] == [live.id]
