"""Hours and days of noise, from minutes over MQTT's period to alarms."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest

from onecity.domains.environment.contracts import NewNoiseLimit
from onecity.domains.environment.models import NoiseDay, NoiseHour, NoiseStation
from onecity.domains.environment.permissions import MANAGE_NOISE
from onecity.domains.environment.rules.times import HOUR
from onecity.domains.environment.services.noise.assessing import Assessed, assess_noise, reassess
from onecity.domains.environment.services.noise.describing import add_noise_limit, place_station
from onecity.domains.environment.services.noise.following import refresh_now
from onecity.domains.environment.services.water.describing import LimitStands
from onecity.domains.environment.tests.surroundings import ALL, make_noise_station, record
from onecity.kernel import clock
from onecity.kernel.errors import Invalid, NotFound, NotPermitted
from onecity.platform.identity.tests.factories import make_actor, plain_actor
from onecity.platform.iot import api as iot
from onecity.platform.iot.declare import Period

pytestmark = pytest.mark.django_db
D = Decimal
MINUTE = timedelta(minutes=1)


def hour(station: int, at: datetime, leq: float, *, now: datetime, peak: float | None = None) -> Assessed:
    record(station, at, {"leq": leq}, now=now)
    if peak is not None:
        record(station, at, {"lmax": peak}, now=now, sub_value="max")
    return assess_noise([station], at=[at], now=now)


def minutes(station: int, begins: datetime, levels: list[float], *, now: datetime, quality: str = "N") -> None:
    for number, level in enumerate(levels):
        at = begins + number * MINUTE
        record(
            station, at, {"leq": level, "lmax": level + 9}, now=now, period=Period.MINUTE, sub_value="", quality=quality
        )


def test_hour_is_the_energy_mean_of_its_minutes(now: datetime) -> None:
    station = make_noise_station(now=now)
    minutes(station, now - HOUR, [50.0] * 30 + [60.0] * 30, now=now)
    done = assess_noise([station], at=[now - HOUR], now=now)
    assert (done.hours, done.told) == (1, 1)
    row = NoiseHour.objects.get()
    assert (row.leq_db, row.peak_db, row.minutes, row.limit_db, row.excess_db) == (
        D("57.4"),
        D("69.0"),
        60,
        D("55.0"),
        D("2.4"),
    )
    assert row.peak_excess_db is None  # noon


def test_too_few_minutes_leave_no_level(now: datetime) -> None:
    station = make_noise_station(now=now)
    minutes(station, now - HOUR, [50.0] * 44, now=now)
    assess_noise([station], at=[now - HOUR], now=now)
    row = NoiseHour.objects.get()
    assert (row.leq_db, row.minutes, row.excess_db, row.told_at) == (None, 44, None, None)
    minutes(station, now - HOUR + 44 * MINUTE, [50.0], now=now)
    assess_noise([station], at=[now - HOUR], now=now)
    assert NoiseHour.objects.get().leq_db == D("50.0")


def test_minutes_under_maintenance_do_not_count(now: datetime) -> None:
    station = make_noise_station(now=now)
    minutes(station, now - HOUR, [99.0] * 60, now=now, quality="M")
    assess_noise([station], at=[now - HOUR], now=now)
    assert not NoiseHour.objects.exists()


def test_hour_that_the_station_sent_itself_goes_before_its_minutes(now: datetime) -> None:
    station = make_noise_station(now=now)
    minutes(station, now - HOUR, [50.0] * 60, now=now)
    hour(station, now - HOUR, 52.5, now=now)
    assert (NoiseHour.objects.get().leq_db, NoiseHour.objects.get().minutes) == (D("52.5"), 0)


def test_day_and_the_night_after_it_are_judged_together(now: datetime) -> None:
    station = make_noise_station(now=now, area="2")
    morning = now.replace(hour=22) - timedelta(days=2)  # 06:00 in the city
    for number in range(24):
        record(station, morning + number * HOUR, {"leq": 58.0 if number < 16 else 52.0}, now=now)
    record(station, morning + 20 * HOUR, {"lmax": 66.2}, now=now, sub_value="max")
    done = assess_noise([station], at=[morning + number * HOUR for number in range(24)], now=now)
    assert (done.hours, done.days, done.told) == (24, 1, 24)
    day = NoiseDay.objects.get()
    assert (day.date, day.ld_db, day.ln_db, day.day_hours, day.night_hours) == (
        date(2026, 3, 9),
        D("58.0"),
        D("52.0"),
        16,
        8,
    )
    assert (day.day_exceeds_db, day.night_exceeds_db, day.peak_exceeds_db) == (D("-2.0"), D("2.0"), D("1.2"))
    assert (day.ldn_db, day.leq_db) == (D("59.8"), D("56.8"))


def test_station_without_an_area_is_heard_but_not_judged_until_it_has_one(now: datetime) -> None:
    station = make_noise_station(now=now, area="")
    hour(station, now - HOUR, 57.0, now=now)
    assert (NoiseHour.objects.get().leq_db, NoiseHour.objects.get().excess_db) == (D("57.0"), None)
    assert not NoiseDay.objects.exists()
    place_station(make_actor(MANAGE_NOISE, everywhere=True), station_id=station, area_code="1", now=now)
    assert NoiseHour.objects.get().excess_db == D("2.0")
    assert NoiseDay.objects.get().area_code == "1"


def test_station_without_hours_has_nothing_to_judge_anew(now: datetime) -> None:
    station = make_noise_station(now=now)
    assert reassess(NoiseStation.objects.get(device_id=station), now=now) == Assessed()
    assert assess_noise([station], at=[], now=now) == Assessed()


def test_area_must_exist_and_so_must_the_station(now: datetime) -> None:
    station = make_noise_station(now=now)
    with pytest.raises(Invalid):
        place_station(ALL, station_id=station, area_code="5", now=now)
    with pytest.raises(NotFound):
        place_station(ALL, station_id=0, area_code="1", now=now)
    with pytest.raises(NotPermitted):
        place_station(plain_actor(), station_id=station, area_code="1", now=now)


def new_limit(**changes: object) -> NewNoiseLimit:
    values: dict[str, object] = {
        "area_code": "1",
        "valid_from": date(2026, 3, 10),
        "edition_code": "新版",
        "day_db": D(50),
        "night_db": D(40),
        "source": "公告",
    }
    return NewNoiseLimit(**{**values, **changes})  # type: ignore[arg-type]  # a row of cases


def test_new_limits_hold_from_their_day_on_and_are_never_changed(now: datetime) -> None:
    station = make_noise_station(now=now)
    add_noise_limit(make_actor(MANAGE_NOISE, everywhere=True), new=new_limit(), now=now)
    hour(station, now - HOUR, 52.0, now=now)
    hour(station, now - timedelta(days=1), 52.0, now=now)
    assert list(NoiseHour.objects.order_by("begins_at").values_list("excess_db", flat=True)) == [D("-3.0"), D("2.0")]
    with pytest.raises(LimitStands):
        add_noise_limit(ALL, new=new_limit(), now=now)


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"area_code": "9"}, "area_code"), ({"night_db": D(60)}, "night_db"), ({"source": ""}, "source")],
)
def test_limits_that_make_no_sense_are_refused(now: datetime, changes: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as error:
        add_noise_limit(ALL, new=new_limit(**changes), now=now)
    assert set(error.value.fields) == {field}


def test_whoever_may_not_manage_noise_adds_no_limits(now: datetime) -> None:
    with pytest.raises(NotPermitted):
        add_noise_limit(plain_actor(), new=new_limit(), now=now)


def test_station_follows_its_device(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "city_now", lambda: now)
    station = make_noise_station(now=now)
    iot.retire_device(ALL, device_id=station, reason="拆除", now=now)
    refresh_now()
    row = NoiseStation.objects.get()
    assert (row.in_service, row.area_code) == (False, "1")


def test_two_loud_hours_raise_one_alarm(
    now: datetime, run_queue: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "city_now", lambda: now)
    station = make_noise_station("文教区", now=now)
    for back, leq in ((5, 57.0), (4, 57.0), (3, 57.0), (2, 51.0)):
        record(station, now - back * HOUR, {"leq": leq}, now=now)
        while run_queue():
            pass
    (alarm,) = iot.alarms(ALL, iot.AlarmQuery()).rows
    assert (alarm.rule_code, alarm.cleared_at) == ("environment.noise_excess", now - 2 * HOUR)
    assert alarm.text.startswith("文教区等效声级超出限值2")
