"""Grants in time: suspended, withdrawn, expired, renewed, changed; told of; watched."""

from datetime import datetime, timedelta

import pytest

from onecity.kernel.errors import NotPermitted
from onecity.platform.cases import events as cases
from onecity.platform.cases.api import history
from onecity.platform.exchange.contracts.plans import Limits
from onecity.platform.exchange.handlers import sharing as handlers
from onecity.platform.exchange.models import (
    GrantChange,
    GrantDay,
    SharingGrant,
    SharingParameter,
    SharingRequest,
    UnusualUse,
)
from onecity.platform.exchange.selectors.sharing.grants import changes_of
from onecity.platform.exchange.selectors.sharing.limits import (
    GrantNotInForce,
    NoSuchGrant,
    NotSupplied,
    grant_supply,
    limits_of,
    limits_of_code,
)
from onecity.platform.exchange.selectors.sharing.parameters import parameters
from onecity.platform.exchange.services.sharing.asking import RequestRefused
from onecity.platform.exchange.services.sharing.ending import (
    ReasonMissing,
    WrongState,
    end_due_grants,
    resume_grant,
    suspend_grant,
    tell_of_ends,
    withdraw_grant,
)
from onecity.platform.exchange.services.sharing.first import prepare_sharing
from onecity.platform.exchange.services.sharing.granting import WithdrawnMeanwhile
from onecity.platform.exchange.services.sharing.setting import ParameterRefused, set_parameter
from onecity.platform.exchange.services.sharing.watching import escalate_request, watch_uses
from onecity.platform.exchange.tests.sharing_factories import (
    SYSTEM,
    TODAY,
    Departments,
    approve,
    ask,
    make_dataset,
    make_departments,
    make_grant,
    step,
)
from onecity.platform.messages.api import inbox

pytestmark = pytest.mark.django_db


@pytest.fixture
def departments() -> Departments:
    return make_departments()


def told(actor: object, *, at: int = 0) -> list[str]:
    return [item.title for item in inbox(actor).rows]  # type: ignore[arg-type]  # an Actor


@pytest.mark.parametrize("act", [suspend_grant, resume_grant, withdraw_grant])
def test_only_provider_and_administration_change_a_grant(departments: Departments, now: datetime, act: object) -> None:
    grant = make_grant(departments, now=now)
    for actor in (departments.asker, departments.clerk, departments.stranger):
        with pytest.raises(NoSuchGrant):
            act(actor, code=grant.code, reason="职责调整", now=now)  # type: ignore[operator]  # one of three functions


def test_change_needs_a_reason_and_the_right_state(departments: Departments, now: datetime) -> None:
    grant = make_grant(departments, now=now)
    with pytest.raises(ReasonMissing):
        withdraw_grant(departments.officer, code=grant.code, reason=" 无 ", now=now)
    with pytest.raises(WrongState):
        resume_grant(departments.officer, code=grant.code, reason="职责调整", now=now)
    withdraw_grant(departments.administration, code=grant.code, reason="职责调整", now=now)
    with pytest.raises(WrongState):
        suspend_grant(departments.officer, code=grant.code, reason="职责调整", now=now)


def test_every_change_stands_in_the_grants_history(departments: Departments, now: datetime) -> None:
    grant = make_grant(departments, now=now)
    suspend_grant(departments.officer, code=grant.code, reason="安全检查", now=now)
    resume_grant(departments.officer, code=grant.code, reason="检查完毕", now=now)
    withdraw_grant(departments.officer, code=grant.code, reason="职责调整", now=now)
    rows = changes_of(grant)
    assert [row.kind for row in rows] == ["granted", "suspended", "resumed", "withdrawn"]
    assert [(row.before.get("state"), row.after["state"]) for row in rows] == [
        (None, "active"),
        ("active", "suspended"),
        ("suspended", "active"),
        ("active", "withdrawn"),
    ]
    assert rows[3].actor == departments.officer.key


def test_consumer_is_told_of_grant_and_withdrawal(departments: Departments, now: datetime) -> None:
    grant = make_grant(departments, now=now)
    withdraw_grant(departments.officer, code=grant.code, reason="职责调整", now=now)
    assert sorted(told(departments.asker)) == ["共享申请获准：机动车登记信息", "授权撤销：机动车登记信息"]


def test_grant_ends_after_its_last_day_and_not_before(departments: Departments, now: datetime) -> None:
    grant = make_grant(departments, now=now, ends=TODAY + timedelta(days=2))
    assert end_due_grants(now=now + timedelta(days=2)) == 0
    assert end_due_grants(now=now + timedelta(days=3)) == 1
    assert end_due_grants(now=now + timedelta(days=3)) == 0
    assert SharingGrant.objects.get(id=grant.id).state == "expired"
    assert changes_of(grant)[-1].kind == GrantChange.Kind.EXPIRED


def test_suspended_grant_ends_too(departments: Departments, now: datetime) -> None:
    grant = make_grant(departments, now=now, ends=TODAY)
    suspend_grant(departments.officer, code=grant.code, reason="安全检查", now=now)
    assert end_due_grants(now=now + timedelta(days=1)) == 1


def test_consumer_is_told_once_thirty_days_before_the_end(departments: Departments, now: datetime) -> None:
    make_grant(departments, now=now, ends=TODAY + timedelta(days=40))
    assert tell_of_ends(now=now + timedelta(days=9)) == 0
    assert tell_of_ends(now=now + timedelta(days=10)) == 1
    assert tell_of_ends(now=now + timedelta(days=11)) == 0
    assert "授权即将到期：机动车登记信息" in told(departments.asker)


def test_renewal_extends_the_same_grant(departments: Departments, now: datetime) -> None:
    grant = make_grant(departments, now=now)
    ends = TODAY + timedelta(days=700)
    asked = ask(grant.dataset_code, departments, now=now, ends=ends, earlier_grant=grant.code)
    assert SharingRequest.objects.get(id=asked.id).kind == "renewal"
    approve(departments, asked.case_number, now=now)
    renewed = SharingGrant.objects.get()
    assert (renewed.id, renewed.ends_date, renewed.starts_date) == (grant.id, ends, grant.starts_date)
    assert [row.kind for row in changes_of(grant)] == ["granted", "renewed"]


def test_renewal_brings_an_expired_grant_back_and_leaves_a_suspended_one(
    departments: Departments, now: datetime
) -> None:
    grant = make_grant(departments, now=now, ends=TODAY)
    later = now + timedelta(days=1)
    dates = {"starts": TODAY, "ends": TODAY + timedelta(days=99)}
    asked = ask(grant.dataset_code, departments, now=now, earlier_grant=grant.code, **dates)
    end_due_grants(now=later)
    approve(departments, asked.case_number, now=later)
    assert SharingGrant.objects.get().state == "active"
    suspend_grant(departments.officer, code=grant.code, reason="安全检查", now=later)
    again = ask(grant.dataset_code, departments, now=later, earlier_grant=grant.code, **dates)
    approve(departments, again.case_number, now=later)
    assert SharingGrant.objects.get().state == "suspended"


def test_change_of_fields_rows_or_masks_is_a_change(departments: Departments, now: datetime) -> None:
    grant = make_grant(departments, now=now)
    changes: tuple[dict[str, object], ...] = (
        {"fields": ("plate",)},
        {"clear_fields": ("name",)},
        {"needs_consent": True},
    )
    for number, facts in enumerate(changes, start=1):
        whole = {"fields": ("id_number", "name", "plate"), **facts}
        asked = ask(grant.dataset_code, departments, now=now, earlier_grant=grant.code, **whole)
        assert SharingRequest.objects.get(id=asked.id).kind == "change"
        approve(departments, asked.case_number, now=now)
        grant.refresh_from_db()
        assert len(changes_of(grant)) == 1 + number
    assert (grant.needs_consent, grant.masks["name"]) == (True, "masked_name")


def test_grant_withdrawn_meanwhile_is_not_renewed(departments: Departments, now: datetime) -> None:
    grant = make_grant(departments, now=now)
    asked = ask(grant.dataset_code, departments, now=now, earlier_grant=grant.code)
    step(departments.officer, asked.case_number, "accept", now=now)
    step(departments.officer, asked.case_number, "agree", now=now)
    withdraw_grant(departments.officer, code=grant.code, reason="职责调整", now=now)
    with pytest.raises(WithdrawnMeanwhile):
        step(departments.leader, asked.case_number, "grant", now=now)
    assert SharingGrant.objects.get().state == "withdrawn"


def test_only_ones_own_living_grant_of_the_same_kind_is_renewed(departments: Departments, now: datetime) -> None:
    grant = make_grant(departments, now=now)
    with pytest.raises(RequestRefused) as other_form:
        ask(grant.dataset_code, departments, now=now, earlier_grant=grant.code, form="pull")
    assert set(other_form.value.fields) == {"earlier_grant"}
    with pytest.raises(NoSuchGrant):
        ask(grant.dataset_code, departments, now=now, earlier_grant="SG-unknown")
    withdraw_grant(departments.officer, code=grant.code, reason="职责调整", now=now)
    with pytest.raises(RequestRefused):
        ask(grant.dataset_code, departments, now=now, earlier_grant=grant.code)


def test_limits_are_the_grants_in_the_sources_names(departments: Departments, now: datetime) -> None:
    grant = make_grant(departments, now=now, fields=("id_number", "plate"))
    limits = limits_of(grant, supply=grant_supply(grant))
    assert limits == Limits(
        columns=frozenset({"sfzh", "plate"}), masks={"sfzh": "masked_identity_number", "name": "masked_name"}
    )


def test_limits_end_with_the_grant(departments: Departments, now: datetime) -> None:
    grant = make_grant(departments, now=now)
    assert limits_of_code(grant.code, today=TODAY).columns == frozenset({"sfzh", "name", "plate"})
    with pytest.raises(GrantNotInForce):
        limits_of_code(grant.code, today=grant.ends_date + timedelta(days=1))
    with pytest.raises(GrantNotInForce):
        limits_of_code(grant.code, today=TODAY - timedelta(days=1))
    with pytest.raises(NoSuchGrant):
        limits_of_code("SG-unknown", today=TODAY)


def test_limits_of_a_dataset_without_supply_are_none(departments: Departments, now: datetime) -> None:
    asked = ask(make_dataset(departments.provider, sharing="unconditional"), departments, now=now)
    with pytest.raises(NotSupplied):
        limits_of_code(asked.grant_code, today=TODAY)


def test_late_provider_is_reported_to_the_administration_once(departments: Departments, now: datetime) -> None:
    asked = ask(make_dataset(departments.provider), departments, now=now)
    request = SharingRequest.objects.get(id=asked.id)
    assert request.case_id is not None
    assert escalate_request(case_id=request.case_id, now=now)
    assert not escalate_request(case_id=request.case_id, now=now)
    assert SharingRequest.objects.get(id=asked.id).escalated_at == now
    assert told(departments.administration) == ["超期未答复：机动车登记信息"]
    texts = [line.text for line in history(SYSTEM, asked.case_number)]
    assert "提供方超期未答复，已报数据主管部门督办" in texts


def test_decided_request_is_not_reported(departments: Departments, now: datetime) -> None:
    grant = make_grant(departments, now=now)
    case_id = SharingRequest.objects.get(id=grant.request_id).case_id
    assert case_id is not None
    assert not escalate_request(case_id=case_id, now=now)
    assert not escalate_request(case_id=-1, now=now)


def test_red_light_of_a_request_reports_it_and_others_do_not(departments: Departments, now: datetime) -> None:
    asked = ask(make_dataset(departments.provider), departments, now=now)
    request = SharingRequest.objects.get(id=asked.id)
    light = {"case_id": request.case_id, "type_code": "exchange.sharing_request", "light": "yellow"}
    handlers.on_light_changed(light)
    handlers.on_light_changed({**light, "light": "red", "type_code": "urban_management.city_case"})
    assert SharingRequest.objects.get(id=asked.id).escalated_at is None
    handlers.on_light_changed({**light, "light": "red"})
    assert SharingRequest.objects.get(id=asked.id).escalated_at is not None
    assert cases.LIGHT_CHANGED.code == "cases.light_changed"


def test_refused_consumer_is_told(departments: Departments, now: datetime) -> None:
    asked = ask(make_dataset(departments.provider), departments, now=now)
    request = SharingRequest.objects.get(id=asked.id)
    closed = {"case_id": request.case_id, "type_code": "exchange.sharing_request"}
    handlers.on_case_closed(closed)
    assert told(departments.asker) == []
    step(departments.officer, asked.case_number, "accept", now=now)
    step(departments.officer, asked.case_number, "agree", now=now)
    step(departments.leader, asked.case_number, "refuse", now=now)
    step(departments.leader, asked.case_number, "refuse", now=now, refusal="涉密", refusal_ground="《保密法》")
    handlers.on_case_closed({**closed, "type_code": "urban_management.city_case"})
    assert told(departments.asker) == []
    handlers.on_case_closed(closed)
    assert told(departments.asker) == ["不予共享：机动车登记信息"]


def used(grant: SharingGrant, *, day: int, queries: int, night: int = 0) -> None:
    at = TODAY + timedelta(days=day)
    GrantDay.objects.create(grant=grant, day=at, queries=queries, night_queries=night)


def test_far_more_queries_than_before_are_flagged_to_the_provider_once(departments: Departments, now: datetime) -> None:
    grant = make_grant(departments, now=now)
    for day in range(-5, 0):
        used(grant, day=day, queries=20)
    used(grant, day=0, queries=101)
    assert watch_uses(now=now) == 1
    assert watch_uses(now=now) == 0
    flag = UnusualUse.objects.get()
    assert (flag.kind, flag.queries, flag.usual) == ("many", 101, 20)
    assert "异常使用：机动车登记信息" in told(departments.officer)


def test_ordinary_use_is_not_flagged(departments: Departments, now: datetime) -> None:
    grant = make_grant(departments, now=now)
    used(grant, day=-1, queries=20)
    used(grant, day=0, queries=100)
    assert watch_uses(now=now) == 0


def test_queries_at_night_are_flagged(departments: Departments, now: datetime) -> None:
    grant = make_grant(departments, now=now)
    used(grant, day=-1, queries=12)
    used(grant, day=0, queries=12, night=11)
    assert watch_uses(now=now) == 1
    assert UnusualUse.objects.get().kind == "night"


def test_newest_figure_whose_day_has_come_holds(departments: Departments, now: datetime) -> None:
    for value, day in ((700, 0), (800, 1)):
        set_parameter(
            departments.administration,
            code="queries_per_day",
            value=value,
            valid_from=TODAY + timedelta(days=day),
            basis="通知",
            now=now,
        )
    given = [parameters(today=TODAY + timedelta(days=day))["queries_per_day"] for day in (-1, 0, 1)]
    assert given == [1000, 700, 800]


def test_figures_are_set_by_the_administration_within_bounds(departments: Departments, now: datetime) -> None:
    good = {"code": "night_from", "value": 21, "valid_from": TODAY, "basis": "通知", "now": now}
    with pytest.raises(NotPermitted):
        set_parameter(departments.officer, **good)  # type: ignore[arg-type]  # test data
    for wrong in ({"code": "x"}, {"value": 24}, {"valid_from": TODAY - timedelta(days=1)}, {"basis": " "}):
        with pytest.raises(ParameterRefused) as refusal:
            set_parameter(departments.administration, **{**good, **wrong})  # type: ignore[arg-type]  # test data
        assert len(refusal.value.fields) == 1
    set_parameter(departments.administration, **good)  # type: ignore[arg-type]  # test data
    with pytest.raises(ParameterRefused):
        set_parameter(departments.administration, **good)  # type: ignore[arg-type]  # test data


def test_first_figures_are_brought_in_once() -> None:
    before = SharingParameter.objects.count()
    prepare_sharing()
    assert SharingParameter.objects.count() == before == 10
