"""Handling of exceedances, registering of enterprises and outlets, and who may."""

from datetime import UTC, datetime
from typing import Any

import pytest

from onecity.domains.environment.contracts import NewEnterprise, NewOutlet
from onecity.domains.environment.models import Enterprise, Excess, ExcessNote, Outlet, OutletHour
from onecity.domains.environment.permissions import HANDLE_EXCESS, MANAGE_OUTLETS, VIEW_OUTLETS
from onecity.domains.environment.rules.times import HOUR
from onecity.domains.environment.selectors.outlets import lists
from onecity.domains.environment.services.outlets import handling
from onecity.domains.environment.services.outlets.assessing import assess_outlets
from onecity.domains.environment.services.outlets.registering import (
    EnterpriseKnown,
    OutletKnown,
    register_enterprise,
    register_outlet,
)
from onecity.domains.environment.tests.surroundings import (
    ALL,
    made_up_code,
    make_device,
    make_enterprise,
    make_outlet,
    record,
)
from onecity.kernel.errors import Invalid, NotFound, NotPermitted
from onecity.platform.identity.tests.factories import make_actor, make_organisation, plain_actor
from onecity.platform.iot import api as iot
from onecity.platform.registers import api as registers
from onecity.platform.registers.contracts.entities import NewEntity
from onecity.web.listing import Query

pytestmark = pytest.mark.django_db


@pytest.fixture
def excess(now: datetime) -> Excess:
    outlet = make_outlet(now=now)
    record(outlet.device_id, now - HOUR, {"cod": 75.0}, now=now)
    assess_outlets([outlet.device_id], at=[now - HOUR], now=now)
    return Excess.objects.get()


def test_exceedance_is_taken_up_written_about_and_closed(now: datetime, excess: Excess) -> None:
    officer = make_actor(HANDLE_EXCESS, everywhere=True)
    handling.take_up(officer, excess_id=excess.id)
    handling.add_note(officer, excess_id=excess.id, text="已到现场", now=now)
    handling.close(officer, excess_id=excess.id, result="instrument", text="分析仪故障，已报修", now=now)
    excess.refresh_from_db()
    assert (excess.state, excess.result, excess.handled_by, excess.closed_at) == (
        "closed",
        "instrument",
        officer.key,
        now,
    )
    assert [note.text for note in lists.notes_of(excess.id)] == ["已到现场", "分析仪故障，已报修"]
    with pytest.raises(handling.ExcessOver):
        handling.take_up(officer, excess_id=excess.id)
    handling.add_note(officer, excess_id=excess.id, text="补充照片", now=now)
    assert ExcessNote.objects.count() == 3


def test_closing_needs_a_result_and_a_note(now: datetime, excess: Excess) -> None:
    for result, text, field in (("", "说明", "result"), ("other", " ", "text")):
        with pytest.raises(Invalid) as error:
            handling.close(ALL, excess_id=excess.id, result=result, text=text, now=now)
        assert set(error.value.fields) == {field}
    excess.refresh_from_db()
    assert excess.state == "open"


def test_officer_of_another_body_sees_and_handles_nothing(now: datetime, excess: Excess) -> None:
    stranger = make_actor(HANDLE_EXCESS, VIEW_OUTLETS, organisation=make_organisation())
    with pytest.raises(NotFound):
        handling.take_up(stranger, excess_id=excess.id)
    for read in (
        lambda: lists.excess_for(stranger, excess.id),
        lambda: lists.outlet_for(stranger, excess.outlet_id),
        lambda: lists.enterprise_for(stranger, excess.outlet.enterprise_id),
    ):
        with pytest.raises(NotFound):
            read()
    assert list(lists.excesses(stranger, Query()).rows) == []
    assert list(lists.enterprises(stranger, Query()).rows) == []
    assert lists.transmission_months(stranger, first=excess.date.replace(day=1)) == []


def event(**changes: Any) -> dict[str, object]:
    return {"property_code": "cod_share", "device_type": "environment.waste_water_outlet", "alarm_id": 77, **changes}


def test_alarm_and_case_are_joined_with_their_exceedance_once(now: datetime, excess: Excess) -> None:
    device = excess.outlet.device_id
    handling.link_alarm(event(device_id=device, at=(now - HOUR).isoformat()))
    handling.link_alarm(event(device_id=device, at=(now - HOUR).isoformat(), alarm_id=78))
    handling.link_case({"origin": "iot.alarm:77", "case_id": 5, "number": "AJ-5"})
    excess.refresh_from_db()
    assert (excess.alarm_id, excess.case_id, excess.case_number, excess.state) == (77, 5, "AJ-5", "handling")
    handling.note_case_closed({"case_id": 5}, now=now)
    handling.note_case_closed({"case_id": 5}, now=now)
    assert [note.author_name for note in lists.notes_of(excess.id)] == [""]


@pytest.mark.parametrize(
    "changes",
    [
        {"property_code": "cod"},
        {"device_type": "environment.air_station"},
        {"device_id": 0},
        {"property_code": "tp_share"},
    ],
)
def test_other_alarms_are_passed_over(now: datetime, excess: Excess, changes: dict[str, object]) -> None:
    handling.link_alarm(event(**{"device_id": excess.outlet.device_id, "at": (now - HOUR).isoformat(), **changes}))
    excess.refresh_from_db()
    assert excess.alarm_id is None


@pytest.mark.parametrize("origin", ["", "iot.alarm:", "iot.alarm:x", "citizen:7"])
def test_other_cases_are_passed_over(excess: Excess, origin: str) -> None:
    Excess.objects.update(alarm_id=7)
    handling.link_case({"origin": origin, "case_id": 5, "number": "AJ-5"})
    excess.refresh_from_db()
    assert excess.case_id is None


def test_enterprise_takes_its_name_from_the_register_of_legal_entities(now: datetime) -> None:
    body = make_organisation()
    registers.add_source(ALL, code="test.entities", name="测试来源", organisation_id=body.id, now=now)
    uscc = made_up_code()
    entity = NewEntity(uscc, {"name": "长春示意化工有限公司", "kind": "enterprise"}, "test.entities")
    registers.register_entity(ALL, new=entity, now=now)
    number = register_enterprise(ALL, new=NewEnterprise(uscc.lower(), body.id, name="别的名称"), now=now)
    assert Enterprise.objects.get(id=number).name == "长春示意化工有限公司"
    with pytest.raises(EnterpriseKnown):
        register_enterprise(ALL, new=NewEnterprise(uscc, body.id), now=now)


def test_enterprise_needs_a_right_code_and_a_name(now: datetime) -> None:
    body = make_organisation()
    for uscc, field in (("912201", "uscc"), (made_up_code(), "name")):
        with pytest.raises(Invalid) as error:
            register_enterprise(ALL, new=NewEnterprise(uscc, body.id), now=now)
        assert set(error.value.fields) == {field}
    with pytest.raises(NotPermitted):
        register_enterprise(plain_actor(), new=NewEnterprise(made_up_code(), body.id, name="厂"), now=now)


def new_outlet(enterprise: int, device: int, *factors: str, code: str = "DW001") -> NewOutlet:
    key = iot.device_for(ALL, device).key if device else "nobody"
    return NewOutlet(enterprise, key, code, "总排口", factors, datetime(2026, 3, 1, tzinfo=UTC))


def test_outlet_takes_up_what_its_logger_sent_before(now: datetime) -> None:
    device = make_device("environment.waste_gas_outlet", now=now)
    record(device, now - HOUR, {"so2": 20.0}, now=now)
    number = register_outlet(ALL, new=new_outlet(make_enterprise(now=now), device, "nox", "so2", code="DA001"), now=now)
    outlet = Outlet.objects.get(id=number)
    assert (outlet.kind, outlet.factors, outlet.heard_at) == ("gas", ["so2", "nox"], now - HOUR)
    assert OutletHour.objects.get().mean == 20


def test_outlet_that_makes_no_sense_is_refused(now: datetime) -> None:
    enterprise = make_enterprise(now=now)
    water, other = (
        make_device("environment.waste_water_outlet", now=now),
        make_device("environment.water_station", now=now),
    )
    for new, field in (
        (new_outlet(enterprise, 0, "cod"), "device_key"),
        (new_outlet(enterprise, other, "cod"), "device_key"),
        (new_outlet(enterprise, water, "so2"), "factors"),
        (new_outlet(enterprise, water), "factors"),
    ):
        with pytest.raises(Invalid) as error:
            register_outlet(ALL, new=new, now=now)
        assert set(error.value.fields) == {field}
    with pytest.raises(NotFound):
        register_outlet(ALL, new=new_outlet(0, water, "cod"), now=now)
    with pytest.raises(NotPermitted):
        register_outlet(make_actor(VIEW_OUTLETS, everywhere=True), new=new_outlet(enterprise, water, "cod"), now=now)


def test_number_of_an_outlet_and_its_logger_are_taken_once(now: datetime) -> None:
    enterprise = make_enterprise(now=now)
    device = make_device("environment.waste_water_outlet", now=now)
    register_outlet(
        make_actor(MANAGE_OUTLETS, "iot.view_devices", everywhere=True),
        new=new_outlet(enterprise, device, "cod"),
        now=now,
    )
    with pytest.raises(OutletKnown):
        register_outlet(ALL, new=new_outlet(enterprise, device, "cod", code="DW002"), now=now)
