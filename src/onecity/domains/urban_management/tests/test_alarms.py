"""One alarm, one case: in the grid cell of its station, under the class that is set, told of its end once."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import transaction

from onecity.domains.urban_management.models import AlarmCase
from onecity.domains.urban_management.services.alarms import (
    OUTSIDE_GRID,
    note_alarm_over,
    open_alarm_case,
    open_wanted_case,
)
from onecity.domains.urban_management.services.configuring import set_alarm_class, set_centre
from onecity.domains.urban_management.tests.factories import GRID, INSIDE, SYSTEM, Offices, make_city_case, shown
from onecity.kernel import bus
from onecity.platform.cases.api import case_id, history, merge_cases
from onecity.platform.geo.tests.factories import CITY, COUNTY, SOUTH, WEST, make_cell, make_tree
from onecity.platform.identity.tests.factories import make_organisation
from onecity.platform.iot.events import ALARM_CLEARED, ALARM_RAISED

pytestmark = pytest.mark.django_db
RAISED_AT = "2026-03-10T03:00:00+00:00"


def alarm(**facts: object) -> dict[str, Any]:
    given: dict[str, Any] = {
        "alarm_id": 7,
        "rule_code": "environment.aqi_high",
        "severity": "warning",
        "device_id": 3,
        "device_key": "22010001",
        "device_name": "净月站",
        "device_type": "environment.air_station",
        "property_code": "aqi",
        "value": 163.0,
        "unit": "",
        "text": "净月站空气质量指数达到163，高于150",
        "at": RAISED_AT,
        "organisation_id": None,
        "division_code": COUNTY,
        "longitude": INSIDE[0],
        "latitude": INSIDE[1],
        **facts,
    }
    return given


def opened(payload: dict[str, Any], *, now: datetime) -> str:
    found = open_alarm_case(payload, now=now)
    assert found is not None
    return found.number


def notes(number: str) -> list[str]:
    return [item.text for item in history(SYSTEM, number) if item.kind == "note"]


def test_alarm_opens_one_case_in_the_grid_cell_of_its_station(offices: Offices, now: datetime) -> None:
    first = open_alarm_case(alarm(), now=now)
    again = open_alarm_case(alarm(), now=now)
    assert first is not None
    assert again is not None
    assert (first.id, first.created, again.created) == (again.id, True, False)
    found = shown(first.number, now=now)
    assert (found.row.division_code, found.row.organisation_id) == (GRID, offices.centre.id)
    assert (found.row.source_code, found.row.class_code) == ("urban_management.sensor", "E0178-1")
    assert found.row.location == pytest.approx(INSIDE)
    assert found.origin == "iot.alarm:7"
    assert "净月站" in found.row.title
    assert "163" in found.description
    assert OUTSIDE_GRID not in found.description
    assert AlarmCase.objects.get().case_id == first.id


def test_case_of_an_alarm_is_due_by_the_limit_of_its_class(offices: Offices, now: datetime) -> None:
    """Abnormal air has four working hours, a case as a whole four more: from noon to two next afternoon."""
    found = shown(opened(alarm(), now=now), now=now)
    assert found.clock is not None
    assert found.clock.amount == "8"
    assert found.row.due_at == datetime.fromisoformat("2026-03-11T14:00:00+08:00")


def test_most_exact_mapping_gives_the_class(offices: Offices, now: datetime) -> None:
    assert shown(opened(alarm(property_code="a34002"), now=now), now=now).row.class_code == "E0304-1"
    set_alarm_class(SYSTEM, rule_code="environment.burning", class_code="E0120-1", urgency=2)
    row = shown(opened(alarm(alarm_id=8, rule_code="environment.burning"), now=now), now=now).row
    assert (row.class_code, row.urgency) == ("E0120-1", 2)
    assert shown(opened(alarm(alarm_id=9, device_type="pipes.level"), now=now), now=now).row.class_code == ""
    set_alarm_class(SYSTEM, rule_code="environment.burning", class_code="E0120-1", is_active=False)
    row = shown(opened(alarm(alarm_id=10, rule_code="environment.burning"), now=now), now=now).row
    assert row.class_code == "E0178-1"


def test_linkage_rule_that_asks_for_a_case_gets_one_for_each_firing(offices: Offices, now: datetime) -> None:
    wanted = {**alarm(), "firing_id": 5, "rule_id": 2}
    first, again = open_wanted_case(wanted, now=now), open_wanted_case(wanted, now=now)
    other = open_wanted_case({**wanted, "firing_id": 6}, now=now)
    assert first is not None
    assert again is not None
    assert other is not None
    assert (first.id, first.created, again.created) == (again.id, True, False)
    assert other.id != first.id
    found = shown(first.number, now=now)
    assert (found.origin, found.row.division_code, found.row.class_code) == ("iot.linkagefiring:5", GRID, "E0178-1")
    assert not AlarmCase.objects.exists()


def test_linkage_rule_in_a_place_that_is_nobodys_opens_no_case(db: None, now: datetime) -> None:
    nowhere = {**alarm(longitude=None, latitude=None, division_code=""), "firing_id": 5, "rule_id": 2}
    assert open_wanted_case(nowhere, now=now) is None


@pytest.mark.parametrize(
    ("place", "division"),
    [
        ({"longitude": WEST + 0.03, "latitude": SOUTH + 0.03}, "220104001"),
        ({"longitude": None, "latitude": None}, COUNTY),
        ({"longitude": 10.0, "latitude": 10.0}, COUNTY),
        ({"longitude": None, "latitude": None, "division_code": ""}, CITY),
    ],
)
def test_alarm_outside_any_grid_opens_a_case_in_its_division_with_a_note(
    offices: Offices, now: datetime, place: dict[str, Any], division: str
) -> None:
    found = shown(opened(alarm(**place), now=now), now=now)
    assert found.row.division_code == division
    assert OUTSIDE_GRID in found.description


def test_alarm_where_no_centre_is_set_belongs_to_whoever_owns_the_device(db: None, now: datetime) -> None:
    make_tree()
    make_cell(GRID)
    assert open_alarm_case(alarm(), now=now) is None
    owner = make_organisation()
    assert shown(opened(alarm(organisation_id=owner.id), now=now), now=now).row.organisation_id == owner.id


def test_alarm_of_nowhere_opens_nothing(db: None, now: datetime) -> None:
    nowhere = alarm(longitude=None, latitude=None, division_code="", organisation_id=make_organisation().id)
    assert open_alarm_case(nowhere, now=now) is None


def test_end_of_an_alarm_is_noted_once(offices: Offices, now: datetime) -> None:
    number = opened(alarm(), now=now)
    for _ in range(2):
        note_alarm_over(alarm(value=80.0), now=now)
    assert len(notes(number)) == 1


def test_end_that_comes_before_the_beginning_is_noted_when_the_case_opens(offices: Offices, now: datetime) -> None:
    note_alarm_over(alarm(), now=now)
    assert len(notes(opened(alarm(), now=now))) == 1


def test_end_of_an_alarm_whose_case_was_merged_is_kept_without_a_note(offices: Offices, now: datetime) -> None:
    number, other = opened(alarm(), now=now), make_city_case(offices, now=now)
    merge_cases(SYSTEM, away_id=case_id(SYSTEM, number), into_id=case_id(SYSTEM, other), reason="同一问题", now=now)
    note_alarm_over(alarm(), now=now)
    assert notes(number) == []
    assert AlarmCase.objects.get().noted


@pytest.mark.django_db(transaction=True)
def test_alarm_delivered_twice_by_the_queue_opens_one_case(run_queue: Callable[[], int], now: datetime) -> None:
    make_tree()
    make_cell(GRID)
    set_centre(SYSTEM, division_code="2201", organisation_id=make_organisation().id)
    for _ in range(2):
        with transaction.atomic():
            bus.announce(ALARM_RAISED, **alarm())
    run_queue()
    assert AlarmCase.objects.count() == 1
    number = shown_number()
    assert shown(number, now=now).origin == "iot.alarm:7"
    with transaction.atomic():
        bus.announce(ALARM_CLEARED, **alarm())
    run_queue()
    assert len(notes(number)) == 1


def shown_number() -> str:
    row = AlarmCase.objects.select_related("case").get()
    assert row.case is not None
    return row.case.number


def test_title_names_the_station_once(offices: Offices, now: datetime) -> None:
    assert shown(opened(alarm(), now=now), now=now).row.title == "净月站空气质量指数达到163，高于150"
    other = alarm(alarm_id=8, text="电压过低")
    assert shown(opened(other, now=now), now=now).row.title == "净月站：电压过低"
