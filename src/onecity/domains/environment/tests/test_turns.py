"""Two workers at once: the city's mean sees all stations, whoever comes last."""

import threading
from datetime import datetime

import pytest
from django.db import connection

from onecity.domains.environment.models import CityHour, StationHour
from onecity.domains.environment.rules.times import HOUR
from onecity.domains.environment.services.assessing import assess
from onecity.domains.environment.tests.factories import make_station, measure

pytestmark = pytest.mark.django_db(transaction=True)


def test_workers_at_once_leave_the_mean_of_all_stations(now: datetime) -> None:
    stations = [make_station(f"站{number}", now=now) for number in range(4)]
    hours = [now - back * HOUR for back in (3, 2, 1)]
    for station in stations:
        for at in hours:
            measure(station, at, now=now)
    start = threading.Barrier(len(stations))
    failures: list[BaseException] = []

    def work(station: int) -> None:
        try:
            start.wait()
            for at in hours:
                assess([station], hours=[at], now=now)
        except BaseException as error:  # noqa: BLE001  # handed to the test
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(station,)) for station in stations]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert StationHour.objects.filter(aqi=40, told_at=now).count() == 12
    assert list(CityHour.objects.values_list("count", "aqi")) == [(4, 40)] * 3
