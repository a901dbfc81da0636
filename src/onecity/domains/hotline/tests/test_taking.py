"""Taking demands in: one pool, privacy of the caller, refusals, repeated demands."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from onecity.domains.hotline.api import (
    NoHotline,
    PetitionConcluded,
    answer_directly,
    assign_duty,
    load_topics,
    pass_on,
    refuse,
    set_centre,
    take_demand,
)
from onecity.domains.hotline.models import Centre, Demand, RefusalReason, Topic, TopicDuty
from onecity.domains.hotline.selectors.demands import past_of, seen_demands
from onecity.domains.hotline.selectors.settings import centre_of, department_of, script_of
from onecity.domains.hotline.services.configuring import install_first_lists, remove_duty
from onecity.domains.hotline.services.desk import change_topic, join, send
from onecity.domains.hotline.sources import BY_STAFF
from onecity.domains.hotline.tests.factories import (
    HEATING,
    NOISE,
    PHONE,
    SYSTEM,
    Desks,
    kept,
    make_demand,
    new_demand,
    shown,
    waiting,
    walk,
)
from onecity.kernel.errors import Invalid, NotFound, NotPermitted
from onecity.platform.cases.api import history, look_at_reporter

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("source", BY_STAFF)
def test_every_door_leads_into_one_pool(desks: Desks, now: datetime, source: str) -> None:
    number = make_demand(desks, now=now, source_code=source)
    assert kept(number).source_code == shown(number, now=now).row.source_code == source


def test_same_key_takes_in_once(desks: Desks, now: datetime) -> None:
    new = new_demand()
    first, second = (take_demand(desks.agent, new=new, now=now) for _ in range(2))
    assert (first.number, first.created, second.created) == (second.number, True, False)
    assert Demand.objects.count() == 1


def test_caller_is_sealed_masked_and_found_by_hash(desks: Desks, now: datetime) -> None:
    number = make_demand(desks, now=now, caller_name="王小明", keep_secret=True)
    row = kept(number)
    assert PHONE not in (row.caller_hashed, row.caller_masked)
    assert row.caller_masked.startswith("139")
    assert "*" in row.caller_masked
    assert [item.number for item in past_of(desks.agent, phone="+86 139 1234 5678")] == [number]
    assert past_of(desks.agent, phone="") == []


def test_department_never_sees_the_number(desks: Desks, now: datetime) -> None:
    number = make_demand(desks, now=now)
    walk(desks, number, "dispatch", "assign", now=now)
    with pytest.raises(NotPermitted):
        look_at_reporter(desks.undertaker, number=number, reason="想联系诉求人")
    assert look_at_reporter(desks.caller_back, number=number, reason="电话回访").phone == PHONE


def test_caller_s_history_is_only_what_the_actor_may_see(desks: Desks, now: datetime) -> None:
    make_demand(desks, now=now)
    assert past_of(desks.undertaker, phone=PHONE) == []
    assert seen_demands(desks.undertaker).count() == 0


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"words": " "}, "words"),
        ({"words": "长" * 4001}, "words"),
        ({"kind": "wish"}, "kind"),
        ({"topic_code": "999999"}, "topic_code"),
        ({"key": " "}, "key"),
        ({"people": 30, "representatives": 6}, "representatives"),
        ({"source_code": "hotline.web_of_others"}, "source_code"),
    ],
)
def test_wrong_demand_is_refused_by_field(desks: Desks, now: datetime, facts: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        take_demand(desks.agent, new=new_demand(**facts), now=now)
    assert set(refusal.value.fields) == {field}


def test_who_may_not_take_is_refused(desks: Desks, now: datetime) -> None:
    with pytest.raises(NotPermitted):
        take_demand(desks.undertaker, new=new_demand(), now=now)
    with pytest.raises(NotPermitted):
        take_demand(desks.agent, new=new_demand(kind="petition_claim"), now=now)


def test_petition_belongs_to_the_petition_office(desks: Desks, now: datetime) -> None:
    number = make_demand(desks, now=now, kind="petition_claim", source_code="hotline.petition")
    assert kept(number).organisation_id == desks.petitions.id


def test_place_without_a_hotline_is_told_so(desks: Desks, now: datetime) -> None:
    Centre.objects.all().delete()
    with pytest.raises(NoHotline):
        take_demand(desks.agent, new=new_demand(), now=now)


def test_demand_without_a_place_belongs_to_the_city(desks: Desks, now: datetime) -> None:
    number = make_demand(desks, now=now, location=None, division_code="220100")
    assert (kept(number).division_code, kept(number).longitude) == ("220100", None)


def test_same_caller_s_same_matter_is_a_repetition(desks: Desks, now: datetime) -> None:
    make_demand(desks, now=now)
    again = make_demand(desks, now=now, words="小区旁边的工地夜间施工噪声扰民，凌晨还在打桩，请管一管。")
    other = make_demand(desks, now=now, words="公交车司机到站不停车", topic_code="060100")
    assert (kept(again).is_repeated, kept(other).is_repeated) == (True, False)


def test_concluded_petition_is_not_taken_up_again(desks: Desks, now: datetime) -> None:
    petition = {"kind": "petition_claim", "source_code": "hotline.petition"}
    number = make_demand(desks, now=now, **petition)
    steps = ("transfer", "accept", "done", "send", "review", "uphold", "reexamine", "uphold")
    walk(desks, number, *steps, now=now)
    with pytest.raises(PetitionConcluded):
        make_demand(desks, now=now + timedelta(days=9), **petition)
    make_demand(desks, now=now, words="要求解决拖欠农民工工资问题", topic_code="010200", **petition)


def test_passing_on_sets_the_topic_and_sends_at_once(desks: Desks, now: datetime) -> None:
    number = make_demand(desks, now=now, topic_code="")
    body = department_of(NOISE)
    pass_on(desks.agent, number=number, topic_code=NOISE, organisation_id=body, now=now)
    assert (kept(number).topic_code, kept(number).handler_id) == (NOISE, desks.bureau.id)
    assert waiting(number, now=now) == ["sign"]
    with pytest.raises(Invalid):
        pass_on(desks.agent, number=number, topic_code="", organisation_id=None, now=now)


def test_sending_waits_for_the_dispatcher_where_no_body_is_known(desks: Desks, now: datetime) -> None:
    number = make_demand(desks, now=now, topic_code=HEATING)
    pass_on(desks.agent, number=number, topic_code=HEATING, organisation_id=department_of(HEATING), now=now)
    assert waiting(number, now=now) == ["dispatch"]
    send(desks.dispatcher, number=number, organisation_id=desks.other.id, now=now)
    with pytest.raises(NotFound):
        send(desks.dispatcher, number=number, organisation_id=desks.other.id, now=now)


def test_direct_answer_says_something(desks: Desks, now: datetime) -> None:
    number = make_demand(desks, now=now, kind="consult")
    with pytest.raises(Invalid):
        answer_directly(desks.agent, number=number, text=" ", version_id=None, now=now)
    answer_directly(desks.agent, number=number, text="供暖期为每年10月25日至次年4月10日", version_id=None, now=now)
    assert (kept(number).status, kept(number).reply[:3]) == ("closed", "供暖期")


def test_refusal_takes_a_reason_from_the_list_and_tells_where_to_turn(desks: Desks, now: datetime) -> None:
    number = make_demand(desks, now=now)
    with pytest.raises(Invalid):
        refuse(desks.agent, number=number, reason_code="because", now=now)
    refuse(desks.agent, number=number, reason_code="legal_way", note="已在法院立案", now=now)
    assert (kept(number).status, kept(number).refusal_code) == ("void", "legal_way")
    told = [entry.text for entry in history(SYSTEM, number) if entry.kind == "completed"]
    assert "已在法院立案" in told[-1]
    assert "按法定程序" in told[-1]


def test_petition_is_refused_at_its_registration(desks: Desks, now: datetime) -> None:
    number = make_demand(desks, now=now, kind="petition_claim", source_code="hotline.petition")
    refuse(desks.clerk, number=number, reason_code="not_administrative", now=now)
    assert kept(number).status == "void"


def test_joined_demand_goes_on_as_the_other(desks: Desks, now: datetime) -> None:
    first, second = make_demand(desks, now=now), make_demand(desks, now=now)
    join(desks.agent, number=second, into=first, now=now)
    assert (kept(second).status, shown(second, now=now).merged_into) == ("merged", first)


def test_topic_is_changed_by_the_desk_alone_and_recorded(desks: Desks, now: datetime) -> None:
    number = make_demand(desks, now=now)
    change_topic(desks.agent, number=number, topic_code=HEATING, now=now)
    change_topic(desks.agent, number=number, topic_code=HEATING, now=now)
    assert kept(number).topic_code == HEATING
    with pytest.raises(NotPermitted):
        change_topic(desks.caller_back, number=number, topic_code=NOISE, now=now)
    with pytest.raises(Invalid):
        change_topic(desks.agent, number=number, topic_code="000000", now=now)


def test_nearest_class_and_smallest_division_answer_for_a_topic(desks: Desks) -> None:
    assign_duty(SYSTEM, topic_code=NOISE, organisation_id=desks.other.id, division_code="220102")
    assert department_of(NOISE, division_code="220102003001") == desks.other.id
    assert department_of(NOISE, division_code="220103") == desks.bureau.id
    assert department_of("010100") is None


def test_settings_are_refused_to_others_and_checked(desks: Desks) -> None:
    with pytest.raises(NotPermitted):
        set_centre(desks.agent, division_code="2201", organisation_id=desks.hotline.id)
    with pytest.raises(Invalid):
        set_centre(SYSTEM, division_code="2", organisation_id=desks.hotline.id)
    with pytest.raises(Invalid):
        assign_duty(SYSTEM, topic_code="777777", organisation_id=desks.bureau.id)
    assert centre_of("3301") is None


def test_duty_is_taken_away_once(desks: Desks) -> None:
    row = TopicDuty.objects.get()
    remove_duty(SYSTEM, duty_id=row.pk)
    remove_duty(SYSTEM, duty_id=row.pk)
    assert department_of(NOISE) is None


def test_list_of_topics_is_data(desks: Desks) -> None:
    assert load_topics(SYSTEM, lines=["code,name,name_en,script", "990100,新分类,New,请问？"]) == 1
    assert list(Topic.objects.filter(is_active=True).values_list("code", flat=True)) == ["990100"]
    assert script_of("990100") == "请问？"
    with pytest.raises(Invalid):
        load_topics(SYSTEM, lines=["code,name", "12,短"])


def test_first_lists_come_once(desks: Desks) -> None:
    assert install_first_lists() == 0
    Topic.objects.all().delete()
    RefusalReason.objects.all().delete()
    assert install_first_lists() > 80


def test_script_of_a_class_serves_what_lies_below(desks: Desks) -> None:
    assert script_of(NOISE) == script_of("040000") != ""
    assert script_of("888888") == ""


def test_new_demand_keeps_its_own_title(desks: Desks, now: datetime) -> None:
    new = replace(new_demand(), title="夜间施工")
    assert kept(take_demand(desks.agent, new=new, now=now).number).title == "夜间施工"
