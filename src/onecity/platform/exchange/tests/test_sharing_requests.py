"""Asking: what is granted at once, what a provider decides, what is refused."""

from datetime import datetime, timedelta

import pytest

from onecity.kernel.errors import Invalid, NotFound, NotPermitted
from onecity.platform.cases.api import case
from onecity.platform.cases.declare import CaseType
from onecity.platform.exchange.contracts.blocks import Comparison
from onecity.platform.exchange.declarations.sharing.process import DIAGRAM_WORDS, SHARING_REQUEST
from onecity.platform.exchange.models import SharingGrant, SharingRequest
from onecity.platform.exchange.selectors.sharing.limits import NotSupplied
from onecity.platform.exchange.selectors.sharing.requests import NoSuchRequest, request_of
from onecity.platform.exchange.services.sharing.asking import AskedAlready, NotShared, RequestRefused, request_data
from onecity.platform.exchange.services.sharing.mending import MendedText, NotAskedToMend, mend_request
from onecity.platform.exchange.tests.sharing_factories import (
    SYSTEM,
    TODAY,
    Departments,
    approve,
    ask,
    make_copy,
    make_dataset,
    make_departments,
    new_request,
    step,
    waiting,
)
from onecity.platform.identity.tests.factories import times_audited

pytestmark = pytest.mark.django_db


@pytest.fixture
def departments() -> Departments:
    return make_departments()


def test_unconditional_dataset_is_granted_at_once_without_a_case(departments: Departments, now: datetime) -> None:
    code = make_dataset(departments.provider, sharing="unconditional")
    asked = ask(code, departments, now=now)
    grant = SharingGrant.objects.get(code=asked.grant_code)
    assert (asked.state, asked.case_number) == ("granted", "")
    assert (grant.state, grant.organisation_id, grant.fields) == (
        "active",
        departments.consumer.id,
        ["id_number", "name", "plate"],
    )
    assert times_audited("exchange.grant", target=f"exchange.sharinggrant:{grant.id}") == 1


def test_conditional_dataset_waits_for_its_provider(departments: Departments, now: datetime) -> None:
    asked = ask(make_dataset(departments.provider), departments, now=now)
    assert asked.state == "waiting"
    assert waiting(asked.case_number, now=now) == ["accept"]
    assert not SharingGrant.objects.exists()


def test_granted_request_gives_exactly_what_was_asked(departments: Departments, now: datetime) -> None:
    code = make_dataset(departments.provider)
    make_copy(code)
    rows = (Comparison("district", "=", ("220102",)),)
    asked = ask(code, departments, now=now, conditions=rows, clear_fields=("id_number",), queries_per_day=7)
    approve(departments, asked.case_number, now=now)
    grant = SharingGrant.objects.get(request_id=asked.id)
    assert grant.masks == {"name": "masked_name"}
    assert grant.conditions == [{"column": "district", "operator": "=", "values": ["220102"]}]
    assert (grant.queries_per_day, grant.starts_date, grant.ends_date) == (7, TODAY, TODAY + timedelta(days=364))
    assert case(SYSTEM, asked.case_number, now=now).row.status == "closed"


def test_provider_without_supply_must_provide_before_the_case_ends(departments: Departments, now: datetime) -> None:
    code = make_dataset(departments.provider)
    asked = ask(code, departments, now=now)
    approve(departments, asked.case_number, now=now)
    assert waiting(asked.case_number, now=now) == ["provide"]
    with pytest.raises(NotSupplied):
        step(departments.officer, asked.case_number, "provided", now=now)
    make_copy(code)
    step(departments.officer, asked.case_number, "provided", now=now)
    assert case(SYSTEM, asked.case_number, now=now).row.status == "closed"


def test_unshared_dataset_is_refused_with_its_legal_ground(departments: Departments, now: datetime) -> None:
    code = make_dataset(departments.provider, sharing="none")
    with pytest.raises(NotShared, match="保守国家秘密法"):
        ask(code, departments, now=now)
    assert not SharingRequest.objects.exists()


def test_one_conditional_field_makes_an_unconditional_dataset_wait(departments: Departments, now: datetime) -> None:
    fields = ({"name": "plate", "title": "号牌"}, {"name": "owner", "title": "所有人", "sharing_type": "conditional"})
    code = make_dataset(departments.provider, sharing="unconditional", fields=fields)
    assert ask(code, departments, now=now, fields=("plate",), form="pull").state == "granted"
    assert ask(code, departments, now=now, fields=("plate", "owner")).state == "waiting"


@pytest.mark.parametrize(
    ("field", "facts"),
    [
        ("form", {"form": "telepathy"}),
        ("purpose", {"purpose": "看看"}),
        ("legal_ground", {"legal_ground": " "}),
        ("contact_name", {"contact_name": ""}),
        ("fields", {"fields": ()}),
        ("fields", {"fields": ("plate", "unknown")}),
        ("fields", {"fields": ("plate", "secret_note")}),
        ("clear_fields", {"clear_fields": ("district",)}),
        ("conditions", {"conditions": (Comparison("unknown", "=", ("1",)),)}),
        ("conditions", {"conditions": (Comparison("district", "like", ("1",)),)}),
        ("conditions", {"conditions": (Comparison("district", "=", ("1", "2")),)}),
        ("conditions", {"conditions": (Comparison("district", "in", ()),)}),
        ("conditions", {"conditions": (Comparison("district", "is_null", ("1",)),)}),
        ("ends", {"starts": TODAY, "ends": TODAY - timedelta(days=1)}),
        ("ends", {"starts": TODAY - timedelta(days=9), "ends": TODAY - timedelta(days=1)}),
        ("ends", {"ends": TODAY + timedelta(days=4000)}),
    ],
)
def test_incomplete_request_names_the_field_at_fault(
    departments: Departments, now: datetime, field: str, facts: dict[str, object]
) -> None:
    with pytest.raises(RequestRefused) as refusal:
        ask(make_dataset(departments.provider), departments, now=now, **facts)
    assert set(refusal.value.fields) == {field}


def test_department_does_not_ask_itself(departments: Departments, now: datetime) -> None:
    code = make_dataset(departments.consumer)
    with pytest.raises(RequestRefused) as refusal:
        ask(code, departments, now=now)
    assert set(refusal.value.fields) == {"organisation"}


def test_nobody_asks_for_another_department(departments: Departments, now: datetime) -> None:
    code = make_dataset(departments.provider)
    with pytest.raises(NotPermitted):
        request_data(departments.stranger, new=new_request(code, departments), now=now)


def test_same_request_under_way_is_not_asked_twice(departments: Departments, now: datetime) -> None:
    code = make_dataset(departments.provider)
    number = ask(code, departments, now=now).case_number
    with pytest.raises(AskedAlready, match=number):
        ask(code, departments, now=now)
    assert ask(code, departments, now=now, form="pull").state == "waiting"


def test_unknown_dataset_cannot_be_asked_for(departments: Departments, now: datetime) -> None:
    with pytest.raises(NotFound):
        ask("tests.nothing", departments, now=now)


def test_refusal_needs_its_legal_ground(departments: Departments, now: datetime) -> None:
    asked = ask(make_dataset(departments.provider), departments, now=now)
    step(departments.officer, asked.case_number, "accept", now=now)
    step(departments.officer, asked.case_number, "refuse", now=now, note="涉及侦查秘密")
    step(departments.leader, asked.case_number, "refuse", now=now)
    with pytest.raises(Invalid) as missing:
        step(departments.leader, asked.case_number, "refuse", now=now, refusal="涉密")
    assert set(missing.value.fields) == {"refusal_ground"}
    ground = {"refusal_ground": "《中华人民共和国保守国家秘密法》第二十三条", "refusal": "涉密"}
    step(departments.leader, asked.case_number, "refuse", now=now, **ground)
    request = SharingRequest.objects.get(id=asked.id)
    assert (request.state, request.refusal_ground) == ("refused", ground["refusal_ground"])
    assert not SharingGrant.objects.exists()


def test_blank_legal_ground_is_none(departments: Departments, now: datetime) -> None:
    asked = ask(make_dataset(departments.provider), departments, now=now)
    step(departments.officer, asked.case_number, "accept", now=now)
    step(departments.officer, asked.case_number, "agree", now=now)
    step(departments.leader, asked.case_number, "refuse", now=now)
    with pytest.raises(Invalid) as missing:
        step(departments.leader, asked.case_number, "refuse", now=now, refusal="涉密", refusal_ground="　 ")
    assert set(missing.value.fields) == {"refusal_ground"}
    assert SharingRequest.objects.get(id=asked.id).state == "waiting"


def test_request_sent_back_is_mended_and_taken_up_again(departments: Departments, now: datetime) -> None:
    asked = ask(make_dataset(departments.provider), departments, now=now)
    text = MendedText("核对低收入家庭机动车情况，逐户核验", "《最低生活保障审核确认办法》第十四条", "钱七")
    with pytest.raises(NotAskedToMend):
        mend_request(departments.asker, request_id=asked.id, text=text, now=now)
    step(departments.officer, asked.case_number, "supplement", now=now, note="用途不具体")
    assert SharingRequest.objects.get(id=asked.id).state == "supplement"
    mend_request(departments.asker, request_id=asked.id, text=text, now=now)
    step(departments.asker, asked.case_number, "resubmit", now=now)
    request = SharingRequest.objects.get(id=asked.id)
    assert (request.state, request.purpose, request.contact_name) == ("waiting", text.purpose, "钱七")
    assert waiting(asked.case_number, now=now) == ["accept"]


def test_mended_text_must_be_complete(departments: Departments, now: datetime) -> None:
    asked = ask(make_dataset(departments.provider), departments, now=now)
    with pytest.raises(RequestRefused) as refusal:
        mend_request(departments.asker, request_id=asked.id, text=MendedText("", "", ""), now=now)
    assert set(refusal.value.fields) == {"purpose", "legal_ground", "contact_name"}


def test_provider_does_not_mend_the_consumers_request(departments: Departments, now: datetime) -> None:
    asked = ask(make_dataset(departments.provider), departments, now=now)
    with pytest.raises(NotPermitted):
        mend_request(departments.officer, request_id=asked.id, text=MendedText("x" * 12, "y", "z"), now=now)


def test_consumer_withdraws_a_request_that_was_sent_back(departments: Departments, now: datetime) -> None:
    asked = ask(make_dataset(departments.provider), departments, now=now)
    step(departments.officer, asked.case_number, "accept", now=now)
    step(departments.officer, asked.case_number, "supplement", now=now, note="依据不足")
    step(departments.asker, asked.case_number, "withdraw", now=now, note="不再需要")
    assert SharingRequest.objects.get(id=asked.id).state == "withdrawn"
    assert case(SYSTEM, asked.case_number, now=now).row.status == "void"


def test_clock_of_the_answer_stands_while_the_consumer_mends(departments: Departments, now: datetime) -> None:
    asked = ask(make_dataset(departments.provider), departments, now=now)
    step(departments.officer, asked.case_number, "supplement", now=now, note="用途不具体")
    clock = case(SYSTEM, asked.case_number, now=now).clock
    assert clock is not None
    assert clock.paused_at == now
    assert (clock.amount, clock.unit) == ("10", "work_day")


def test_leader_sends_a_proposal_back(departments: Departments, now: datetime) -> None:
    asked = ask(make_dataset(departments.provider), departments, now=now)
    step(departments.officer, asked.case_number, "accept", now=now)
    step(departments.officer, asked.case_number, "agree", now=now)
    step(departments.leader, asked.case_number, "return", now=now, note="补充审核意见")
    assert waiting(asked.case_number, now=now) == ["review"]


def test_officer_alone_does_not_decide(departments: Departments, now: datetime) -> None:
    asked = ask(make_dataset(departments.provider), departments, now=now)
    step(departments.officer, asked.case_number, "accept", now=now)
    step(departments.officer, asked.case_number, "agree", now=now)
    with pytest.raises(NotPermitted):
        step(departments.officer, asked.case_number, "grant", now=now)


def test_consumer_does_not_approve_its_own_request(departments: Departments, now: datetime) -> None:
    asked = ask(make_dataset(departments.provider), departments, now=now)
    with pytest.raises(NotPermitted):
        step(departments.asker, asked.case_number, "accept", now=now)


def test_request_is_seen_by_both_departments_and_the_administration_only(
    departments: Departments, now: datetime
) -> None:
    asked = ask(make_dataset(departments.provider), departments, now=now)
    for actor in (departments.asker, departments.officer, departments.administration):
        assert request_of(actor, asked.id).id == asked.id
    for actor in (departments.stranger, departments.clerk):
        with pytest.raises(NoSuchRequest):
            request_of(actor, asked.id)


def test_phone_of_the_contact_is_sealed(departments: Departments, now: datetime) -> None:
    request = SharingRequest.objects.get(id=ask(make_dataset(departments.provider), departments, now=now).id)
    assert request.contact_phone_masked == "139****5678"
    assert b"13912345678" not in bytes(request.contact_phone_sealed)


def test_diagrams_words_are_named_for_the_catalogues() -> None:
    assert isinstance(SHARING_REQUEST, CaseType)
    shown = SHARING_REQUEST.process.read_text(encoding="utf-8")
    assert all(f'name="{word}"' in shown for word in DIAGRAM_WORDS)
    named = {part.split('"')[0] for part in shown.split(' name="')[1:]}
    assert named == set(DIAGRAM_WORDS)
