"""What does not come: alarms for missing data, devices marked silent, the ticks that look for both."""

from datetime import timedelta

import pytest

from onecity.kernel import clock
from onecity.kernel.actor import system_actor
from onecity.platform.iot.declare import Limits, Period
from onecity.platform.iot.models import Alarm, Device, DeviceCommand, Gateway, RuleState
from onecity.platform.iot.services import silence, upkeep
from onecity.platform.iot.services.commands import order
from onecity.platform.iot.services.devices import retire_device
from onecity.platform.iot.services.gateways import report
from onecity.platform.iot.services.presence import mark_seen
from onecity.platform.iot.services.silence import check_silence
from onecity.platform.iot.services.store import Store
from onecity.platform.iot.services.store.partitions import existing_days
from onecity.platform.iot.tests.factories import NOW, make_batch, make_datastream, make_device, make_rule

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
TWO_HOURS = Limits(silent_s=7200)


def test_datastream_that_gives_nothing_for_too_long_raises_one_alarm() -> None:
    number, stream = make_rule(kind="no_data", limits=TWO_HOURS, text="{device}{limit}"), make_datastream()
    Store().record([make_batch((stream.id, NOW, 1.0))], now=NOW)
    assert check_silence(NOW + 2 * HOUR) == 0
    late = NOW + 2 * HOUR + timedelta(seconds=1)
    assert (check_silence(late), check_silence(late + HOUR)) == (1, 0)
    alarm = Alarm.objects.get()
    assert (alarm.rule_id, alarm.value, alarm.raised_at, alarm.datastream_id) == (number, None, late, stream.id)
    assert alarm.text.endswith("120")


def test_reading_that_comes_back_ends_the_alarm_and_silence_may_return() -> None:
    make_rule(kind="no_data", limits=TWO_HOURS)
    stream = make_datastream()
    Store().record([make_batch((stream.id, NOW, 1.0))], now=NOW)
    check_silence(NOW + 3 * HOUR)
    back = NOW + 4 * HOUR
    Store().record([make_batch((stream.id, back, None), quality="D")], now=back)
    assert (Alarm.objects.get().cleared_at, RuleState.objects.exists()) == (back, False)
    assert check_silence(back + 3 * HOUR) == 1


def test_hourly_value_stands_for_its_hour_before_it_is_missed() -> None:
    make_rule(kind="no_data", limits=TWO_HOURS, period=Period.HOUR)
    stream = make_datastream(period=Period.HOUR)
    Store().record([make_batch((stream.id, NOW, 1.0))], now=NOW)
    assert check_silence(NOW + 3 * HOUR) == 0
    assert check_silence(NOW + 3 * HOUR + timedelta(seconds=1)) == 1


def test_what_never_came_and_what_is_retired_is_not_missed() -> None:
    make_rule(kind="no_data", limits=TWO_HOURS)
    make_datastream()
    stream = make_datastream()
    Store().record([make_batch((stream.id, NOW, 1.0))], now=NOW)
    retire_device(system_actor("test"), device_id=stream.device_id, reason="", now=NOW)
    assert check_silence(NOW + 9 * HOUR) == 0


def test_more_than_one_handful_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(silence, "MOST_AT_ONCE", 2)
    make_rule(kind="no_data", limits=TWO_HOURS)
    streams = [make_datastream() for _ in range(5)]
    Store().record([make_batch(*[(stream.id, NOW, 1.0) for stream in streams])], now=NOW)
    assert check_silence(NOW + 3 * HOUR) == 5


def test_tick_marks_devices_silent_and_raises_alarms() -> None:
    make_rule(kind="no_data", limits=TWO_HOURS)
    stream, before = make_datastream(), clock.city_now() - 3 * HOUR
    Store().record([make_batch((stream.id, before, 1.0))], now=before)
    mark_seen([stream.device_id], faulty=[], now=before)
    upkeep.watch_silence()
    assert (Device.objects.get().state, Alarm.objects.count()) == ("silent", 1)


def test_tick_closes_orders_that_nobody_answered() -> None:
    long_ago = clock.real_now() - HOUR
    order(system_actor("test"), device_id=make_device().id, code="set_time", argument=None, now=long_ago)
    upkeep.end_orders()
    assert DeviceCommand.objects.get().state == "expired"


def test_tick_makes_partitions_and_forgets_gateways_that_are_gone() -> None:
    now = clock.real_now()
    report("old", protocol="hj212", listens="", started=now, now=now - timedelta(days=2), figures={})
    report("new", protocol="hj212", listens="", started=now, now=now, figures={})
    upkeep.prepare_days()
    assert list(Gateway.objects.values_list("name", flat=True)) == ["new"]
    assert len(existing_days()) >= 4
