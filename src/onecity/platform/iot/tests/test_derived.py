"""Values that the platform computes: stored once, put right when they change, judged like a device's."""

from datetime import timedelta

import pytest

from onecity.kernel.errors import NotFound
from onecity.platform.iot.contracts import DatastreamKey, Derived, DerivedValue
from onecity.platform.iot.declare import Limits, Period
from onecity.platform.iot.models import Alarm, Datastream, Latest, QuarantinedMessage
from onecity.platform.iot.services.derived import datastreams_for, record_derived
from onecity.platform.iot.tests.factories import NOW, make_datastream, make_device, make_rule, table

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def test_datastream_is_made_once_with_its_propertys_unit() -> None:
    key = DatastreamKey(make_device().id, "pm2_5", Period.HOUR, "avg")
    first = datastreams_for([key, key], now=NOW)
    assert datastreams_for([key], now=NOW) == first
    assert list(Datastream.objects.values_list("id", "unit", "mapped")) == [(first[key], "ug/m3", True)]


def test_datastream_of_a_property_that_the_type_does_not_know_is_unmapped() -> None:
    key = DatastreamKey(make_device().id, "aqi", Period.HOUR)
    datastreams_for([key], now=NOW)
    assert list(Datastream.objects.values_list("unit", "mapped")) == [("", False)]


def test_datastream_of_no_device_is_refused() -> None:
    with pytest.raises(NotFound):
        datastreams_for([DatastreamKey(987_654, "aqi", Period.HOUR)], now=NOW)


def test_derived_values_are_stored() -> None:
    stream = make_datastream(period=Period.HOUR)
    values = [DerivedValue(stream.id, NOW, 55.0), DerivedValue(stream.id, NOW - HOUR, None, "X")]
    assert record_derived(values, now=NOW) == Derived(stored=2, corrected=0)
    assert table() == {(stream.id, NOW, 55.0, "N"), (stream.id, NOW - HOUR, None, "X")}


def test_same_value_again_changes_nothing() -> None:
    stream = make_datastream(period=Period.HOUR)
    record_derived([DerivedValue(stream.id, NOW, 55.0)], now=NOW)
    assert record_derived([DerivedValue(stream.id, NOW, 55.0)], now=NOW) == Derived(stored=0, corrected=0)


@pytest.mark.parametrize("corrected", [60.0, None])
def test_another_value_puts_the_old_one_right(corrected: float | None) -> None:
    stream = make_datastream(period=Period.HOUR)
    record_derived([DerivedValue(stream.id, NOW - HOUR, 50.0), DerivedValue(stream.id, NOW, 55.0)], now=NOW)
    assert record_derived([DerivedValue(stream.id, NOW, corrected)], now=NOW) == Derived(stored=0, corrected=1)
    assert table() == {(stream.id, NOW - HOUR, 50.0, "N"), (stream.id, NOW, corrected, "N")}
    assert Latest.objects.get(datastream_id=stream.id).result == corrected
    assert not QuarantinedMessage.objects.exists()


def test_correction_of_an_older_value_leaves_the_latest() -> None:
    stream = make_datastream(period=Period.HOUR)
    record_derived([DerivedValue(stream.id, NOW - HOUR, 50.0), DerivedValue(stream.id, NOW, 55.0)], now=NOW)
    record_derived([DerivedValue(stream.id, NOW - HOUR, 51.0)], now=NOW)
    assert Latest.objects.get(datastream_id=stream.id).result == 55.0


def test_derived_value_raises_an_alarm() -> None:
    make_rule(limits=Limits(upper=100.0), period=Period.HOUR)
    record_derived([DerivedValue(make_datastream(period=Period.HOUR).id, NOW, 101.0)], now=NOW)
    assert Alarm.objects.get().value == 101.0
