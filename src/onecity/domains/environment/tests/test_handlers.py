"""From a recorded batch through the queue to indices and alarms, as it runs in the city."""

from collections.abc import Callable
from datetime import datetime

import pytest

from onecity.domains.environment.handlers import assess_recorded
from onecity.domains.environment.models import StationHour
from onecity.domains.environment.rules.editions import Pollutant
from onecity.domains.environment.rules.times import HOUR
from onecity.domains.environment.tests.factories import CLEAN, make_station, measure
from onecity.kernel import clock
from onecity.kernel.actor import system_actor
from onecity.platform.iot import api as iot

Queue = Callable[[], int]


def test_recorded_readings_become_indices_and_alarms(
    now: datetime, run_queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "city_now", lambda: now)
    station = make_station("岱山公园", now=now)
    for hour in (3, 2, 1):
        measure(station, now - hour * HOUR, now=now, values=CLEAN | {Pollutant.PM2_5: 151.0})
    assert run_queue() > 0
    run_queue()
    assert list(StationHour.objects.values_list("aqi", flat=True)) == [201, 201, 201]
    alarms = iot.alarms(system_actor("test"), iot.AlarmQuery(state="standing")).rows
    assert {item.rule_code for item in alarms} == {"environment.aqi_heavy"}  # the lesser alarm stands under it
    assert {item.text for item in alarms} >= {"岱山公园空气质量指数达到201，高于200（2026-03-10 09:00）"}


def test_alarm_clears_below_its_lower_level(now: datetime, run_queue: Queue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "city_now", lambda: now)
    station = make_station(now=now)
    for hour, pm2_5 in ((5, 70.0), (4, 70.0), (3, 58.0), (2, 50.0)):
        measure(station, now - hour * HOUR, now=now, values=CLEAN | {Pollutant.PM2_5: pm2_5})
        while run_queue():
            pass
    (alarm,) = iot.alarms(system_actor("test"), iot.AlarmQuery()).rows
    assert (alarm.rule_code, alarm.raised_at, alarm.cleared_at) == (
        "environment.aqi_polluted",
        now - 4 * HOUR,
        now - 2 * HOUR,
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    "payload",
    [
        {"device_type": "gauge.air", "device_ids": [1], "hours": ["2026-03-10T00:00:00+00:00"]},
        {"device_type": "environment.air_station", "device_ids": None, "hours": []},
        {"device_type": "environment.air_station", "device_ids": [1], "hours": None},
    ],
)
def test_event_of_others_is_passed_over(payload: dict[str, object]) -> None:
    assess_recorded(payload)
    assert not StationHour.objects.exists()
