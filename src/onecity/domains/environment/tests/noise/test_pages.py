"""Pages of noise: for everybody and for staff."""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from onecity.domains.environment.models import NoiseDay, NoiseStation
from onecity.domains.environment.permissions import MANAGE_NOISE, VIEW_STANDARDS
from onecity.domains.environment.rules.times import HOUR
from onecity.domains.environment.selectors.noise.figures import day_share, kept_rows, night_share
from onecity.domains.environment.services.noise.assessing import assess_noise
from onecity.domains.environment.tests.surroundings import ALL, make_noise_station, record
from onecity.domains.environment.tests.water.test_pages import page, staff
from onecity.kernel import clock
from onecity.platform.indicators.declare import Period

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _city_time(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "city_now", lambda: now)


def station(name: str, now: datetime, *, leq: float = 52.0, area: str = "1") -> int:
    number = make_noise_station(name, now=now, area=area)
    times = [now - back * HOUR for back in range(1, 31)]
    for at in times:
        record(number, at, {"leq": leq}, now=now)
    assess_noise([number], at=times, now=now)
    return number


def test_city_without_stations_says_so() -> None:
    assert "本市还没有接入噪声站" in page("/noise")


def test_passer_by_sees_levels_beside_limits_the_loudest_first(now: datetime) -> None:
    station("安静处", now)
    loud = station("吵闹处", now, leq=58.0)
    station("未登记处", now, area="")
    text = page("/noise")
    assert "最近一小时可以评价的 2 个站点中，1 个超过限值。" in text
    assert text.index("吵闹处") < text.index("安静处")
    assert f'href="/noise/stations/{loud}"' in text
    assert "功能区未登记" in text


def test_station_shows_two_days_and_its_days(now: datetime) -> None:
    number = station("吵闹处", now, leq=58.0)
    text = page(f"/noise/stations/{number}")
    for expected in (
        "58.0",
        "超标",
        "1类（居住、医疗、文教、科研、行政办公）",
        'id="noise-hours"',
        "2026-03-09",
        "55 / 45",
    ):
        assert expected in text
    assert "2026-03-09" in page(f"/noise/stations/{number}?format=csv")
    assert "这段时间没有日数据" in page(f"/noise/stations/{number}?until=2026-01-01", fragment=True)
    page("/noise/stations/0", status=404)


def test_days_go_on_where_the_page_ended(now: datetime) -> None:
    number = station("吵闹处", now)
    row = NoiseDay.objects.order_by("date")[0]
    for back in range(1, 4):
        row.pk, row.date = None, row.date - timedelta(days=1)
        row.save(force_insert=True)
        assert back
    first = page(f"/noise/stations/{number}?size=2", fragment=True)
    after = first.split("after=")[1].split('"')[0].split("&")[0]
    second = page(f"/noise/stations/{number}?size=2&after={after}", fragment=True)
    assert "2026-03-10" in first
    assert "2026-03-10" not in second
    assert "2026-03-08" in second


def test_station_that_is_silent_says_so(now: datetime) -> None:
    number = make_noise_station(now=now)
    text = page(f"/noise/stations/{number}")
    assert "最近三小时没有噪声数据" in text
    assert "最近48小时没有数据" in text


def test_staff_list_stations_and_say_where_they_stand(now: datetime) -> None:
    number = station("未登记处", now, area="")
    client = staff(VIEW_STANDARDS, MANAGE_NOISE)
    assert "未登记" in page("/environment/noise", client=client)
    assert "未登记处" not in page("/environment/noise?area=1", client=client, fragment=True)
    page(f"/noise/stations/{number}/change", client=client)
    assert client.post(f"/noise/stations/{number}/change", {"area_code": "2"}).status_code == 302
    assert NoiseStation.objects.get().area_code == "2"
    assert client.post(f"/noise/stations/{number}/change", {"area_code": "9"}).status_code == 422
    assert staff().get("/environment/noise").status_code == 403


def test_page_speaks_english(now: datetime) -> None:
    number = station("Square", now, leq=58.0)
    client = Client()
    client.cookies["onecity_language"] = "en"
    text = page(f"/noise/stations/{number}", client=client)
    assert "Equivalent level" in text
    assert "等效声级" not in text


def test_indicators_are_shares_of_days_and_nights(now: datetime) -> None:
    period = Period(now, now)
    assert (day_share(ALL, period).value, night_share(ALL, period).value) == (None, None)
    station("安静处", now, leq=40.0)
    station("吵闹处", now, leq=50.0)
    assert day_share(ALL, period).value == 100.0
    assert night_share(ALL, period).value == 50.0
    evidence = kept_rows(ALL, period, 10)
    assert {row[1] for row in evidence.rows} == {"安静处", "吵闹处"}
