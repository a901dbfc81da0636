"""Who answers for what: set by those who may, the nearest rule goes first; and filing, which stands on it."""

from datetime import datetime

import pytest

from onecity.domains.urban_management.selectors.field_work import field_tasks
from onecity.domains.urban_management.selectors.settings import centre_of, suggested_department
from onecity.domains.urban_management.services.configuring import assign_duty, set_alarm_class, set_centre
from onecity.domains.urban_management.services.filing import file_case
from onecity.domains.urban_management.tests.factories import (
    DUST,
    GRID,
    INSIDE,
    RUBBISH,
    SYSTEM,
    Offices,
    make_city_case,
    shown,
    walk,
)
from onecity.kernel.errors import Invalid, NotFound, NotPermitted
from onecity.platform.identity.tests.factories import audited, make_organisation

pytestmark = pytest.mark.django_db


def test_smallest_division_has_the_centre(offices: Offices) -> None:
    near = make_organisation("红旗街道指挥中心")
    set_centre(SYSTEM, division_code=GRID[:9], organisation_id=near.id)
    assert centre_of(GRID) == near.id
    assert centre_of("220105001001001") == offices.centre.id
    assert centre_of("110101") is None
    set_centre(SYSTEM, division_code=GRID[:9], organisation_id=offices.centre.id)
    assert centre_of(GRID) == offices.centre.id
    assert audited("")[-1][0] == "urban_management.set_centre"


def test_nearest_class_goes_before_the_smallest_division(offices: Offices) -> None:
    ids = [make_organisation().id for _ in range(3)]
    assert suggested_department(DUST, GRID) == offices.bureau.id
    assign_duty(SYSTEM, class_code="E03", division_code=GRID[:9], organisation_id=ids[0])
    assert suggested_department(DUST, GRID) == ids[0]
    assign_duty(SYSTEM, class_code="E0304", organisation_id=ids[1])
    assert suggested_department(DUST, GRID) == ids[1]
    assign_duty(SYSTEM, class_code="E0304-1", organisation_id=ids[2])
    assert suggested_department(DUST, GRID) == ids[2]
    assert suggested_department("E0302-1", "110101") == offices.bureau.id
    assert suggested_department(RUBBISH, GRID) is None
    assert suggested_department("", GRID) is None


def test_only_those_with_the_right_set_anything(offices: Offices) -> None:
    for actor in (offices.acceptor, offices.handler):
        with pytest.raises(NotPermitted):
            set_centre(actor, division_code="22", organisation_id=offices.other.id)
        with pytest.raises(NotPermitted):
            assign_duty(actor, class_code="E03", organisation_id=offices.other.id)
        with pytest.raises(NotPermitted):
            set_alarm_class(actor, class_code=DUST)


@pytest.mark.parametrize("division", ["2", "22010400100100100", "abc", "２２０１"])
def test_division_must_be_digits(offices: Offices, division: str) -> None:
    with pytest.raises(Invalid) as refusal:
        set_centre(SYSTEM, division_code=division, organisation_id=offices.other.id)
    assert set(refusal.value.fields) == {"division_code"}
    if len(division) > 1:
        with pytest.raises(Invalid):
            assign_duty(SYSTEM, class_code="E03", division_code=division, organisation_id=offices.other.id)


def test_unknown_organisation_answers_for_nothing(offices: Offices) -> None:
    with pytest.raises(NotFound):
        set_centre(SYSTEM, division_code="22", organisation_id=0)
    with pytest.raises(NotFound):
        assign_duty(SYSTEM, class_code="E03", organisation_id=0)


@pytest.mark.parametrize("code", ["", "E03", "E9999-1", "dust"])
def test_case_is_filed_only_under_a_condition(offices: Offices, now: datetime, code: str) -> None:
    number = make_city_case(offices, now=now, class_code="")
    with pytest.raises(Invalid) as refusal:
        file_case(offices.acceptor, number=number, class_code=code, note="", revision=None, now=now)
    assert set(refusal.value.fields) == {"class_code"}
    assert shown(number, now=now).row.class_code == ""


def test_case_that_waits_for_others_is_not_filed_again(offices: Offices, now: datetime) -> None:
    number = make_city_case(offices, now=now)
    walk(offices, number, "accept", now=now)
    with pytest.raises(NotFound):
        file_case(offices.acceptor, number=number, class_code=DUST, note="", revision=None, now=now)


def test_refused_filing_leaves_the_class_as_it_was(offices: Offices, now: datetime) -> None:
    number = make_city_case(offices, now=now, class_code=RUBBISH)
    with pytest.raises(NotPermitted):
        file_case(offices.leader, number=number, class_code=DUST, note="", revision=None, now=now)
    assert shown(number, now=now).row.class_code == RUBBISH


def test_class_that_was_missing_is_entered_at_its_own_step(offices: Offices, now: datetime) -> None:
    number = make_city_case(offices, now=now, class_code="")
    walk(offices, number, "accept", now=now)
    done = file_case(offices.acceptor, number=number, class_code=DUST, note="", revision=None, now=now)
    assert done.opened == ("派遣",)


def test_tasks_without_a_place_stand_behind_those_with_one(offices: Offices, now: datetime) -> None:
    nowhere = make_city_case(offices, now=now, location=None)
    here = make_city_case(offices, now=now)
    for number in (nowhere, here):
        walk(offices, number, "verify", now=now)
    near = field_tasks(offices.supervisor, near=(INSIDE[0], INSIDE[1] + 0.02))
    assert [task.number for task in near] == [here, nowhere]
    assert near[0].kilometres == pytest.approx(2.224, abs=0.001)
    assert near[1].kilometres is None
    assert field_tasks(offices.dispatcher, near=INSIDE) == []
