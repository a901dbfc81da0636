"""Joint handling and sub-cases: bodies assist, cases are opened under a task, and the lead waits or says why not."""

from datetime import datetime

import pytest

from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotFound, NotPermitted
from onecity.platform.cases.contracts import NewAssistance, NewRequest, NewSubcase, OpenedCase, TaskAnswer
from onecity.platform.cases.models import Assistance, Case, Subcase, Task
from onecity.platform.cases.rules.joint import JointRefused, StillWaiting
from onecity.platform.cases.rules.outcomes import OutcomeRefused
from onecity.platform.cases.selectors.details import case as case_of
from onecity.platform.cases.selectors.joint import assistances_of, parent_of, subcases_of
from onecity.platform.cases.selectors.waiting import waiting_tasks
from onecity.platform.cases.services.completing import complete_task
from onecity.platform.cases.services.joint.inviting import NotAssisting, invite, uninvite
from onecity.platform.cases.services.joint.subcases import open_subcase, settle_subcases
from onecity.platform.cases.services.requests.asking import ask
from onecity.platform.cases.services.supervision.watching import watch
from onecity.platform.cases.services.telling import tell_of_waiting_tasks
from onecity.platform.cases.services.ticks import turn_lights
from onecity.platform.cases.services.types import VersionRefused
from onecity.platform.cases.tests.factories import make_case, make_type, waiting_task
from onecity.platform.cases.tests.requesting import DAY, HOUR, LIMITS, REQUESTS, SYSTEM, answer, kinds, told, wish
from onecity.platform.identity.tests.factories import Organisation, make_actor, make_organisation, times_audited

pytestmark = pytest.mark.django_db
JOINT = [{"code": "assist", "name": "协办", "tasks": ["handle"], "limit": "consent", "most": 3}]


@pytest.fixture
def repair(now: datetime) -> str:
    """A type of which sub-cases are opened."""
    return make_type(now=now)


@pytest.fixture
def lead(office: Organisation, now: datetime, repair: str) -> OpenedCase:
    """A case whose handling waits, under a type with joint handling and sub-cases."""
    subcases = [
        {"code": "repair", "name": "工程维修", "type": repair, "tasks": ["handle"], "most": 2},
        {"code": "survey", "name": "测绘", "type": repair, "waits": False},
    ]
    code = make_type(now=now, joint=JOINT, subcases=subcases, limits=LIMITS, requests=REQUESTS)
    made = make_case(code, organisation=office, now=now, location=(125.3, 43.8), address="人民大街1号", urgency=1)
    complete_task(SYSTEM, task_id=waiting_task(made.id).id, answer=TaskAnswer("accept"), now=now)
    return made


@pytest.fixture
def water() -> Organisation:
    """A body that assists."""
    return make_organisation("水务局")


@pytest.fixture
def plumber(water: Organisation) -> Actor:
    """Who answers for it."""
    return make_actor("cases.answer", "cases.view", organisation=water)


def call(made: OpenedCase, *bodies: Organisation, actor: Actor, now: datetime, text: str = "关闭阀门") -> list[int]:
    task = waiting_task(made.id, "handle")
    new = NewAssistance(task.id, "assist", tuple(body.id for body in bodies), text)
    return list(invite(actor, new=new, now=now))


def reply(assistance: int, outcome: str, *, actor: Actor, now: datetime, note: str = "已关闭") -> None:
    task = Assistance.objects.get(id=assistance).assist_id
    complete_task(actor, task_id=task, answer=TaskAnswer(outcome, note), now=now)


def finish(made: OpenedCase, *, actor: Actor = SYSTEM, now: datetime, overrule: str = "") -> None:
    done = TaskAnswer("done", files=(1,), overrule=overrule)
    complete_task(actor, task_id=waiting_task(made.id, "handle").id, answer=done, now=now)


def below(made: OpenedCase, rule: str, *, actor: Actor, owner: Organisation, now: datetime) -> OpenedCase:
    new = NewSubcase(waiting_task(made.id, "handle").id, rule, "更换井盖", owner.id, "规格七百毫米")
    return open_subcase(actor, new=new, now=now)


def test_assisting_body_has_its_own_task_limit_and_sight(
    lead: OpenedCase, clerk: Actor, water: Organisation, plumber: Actor, now: datetime
) -> None:
    with pytest.raises(NotFound):
        case_of(plumber, lead.number, now=now)
    (made,) = call(lead, water, actor=clerk, now=now)
    task = waiting_task(lead.id, "assist:assist")
    assert (task.organisation_id, task.post, task.due_at) == (water.id, "cases.answer", now + 4 * HOUR)
    assert [row.id for row in waiting_tasks(plumber).rows] == [task.id]
    shown = case_of(plumber, lead.number, now=now)
    mine = {item.node: item.mine for item in shown.tasks if item.state == "open"}
    assert mine == {"handle": False, "assist:assist": True}
    assert [item.code for item in shown.tasks[-1].outcomes] == ["assisted", "declined"]
    tell_of_waiting_tasks(now=now)
    assert told(plumber, "cases.task_waits") == 1
    assert kinds(lead.id)[-1] == "invited"
    assert times_audited("cases.invite_assistance", target=f"cases.assistance:{made}") == 1


def test_lead_ends_when_all_have_answered(
    lead: OpenedCase, clerk: Actor, water: Organisation, plumber: Actor, now: datetime
) -> None:
    power = make_organisation("供电公司")
    first, second = call(lead, water, power, actor=clerk, now=now)
    with pytest.raises(StillWaiting):
        finish(lead, actor=clerk, now=now)
    reply(first, "assisted", actor=plumber, now=now)
    assert told(clerk, "cases.assistance_answered") == 1
    with pytest.raises(StillWaiting) as refusal:
        finish(lead, actor=clerk, now=now)
    assert set(refusal.value.fields) == {"overrule"}
    reply(second, "declined", actor=make_actor("cases.answer", organisation=power), now=now, note="线路不归我方")
    finish(lead, actor=clerk, now=now)
    assert waiting_task(lead.id).node == "check"
    rows = {row.id: row for row in assistances_of(lead.id)}
    assert (rows[first].state, rows[first].note) == ("assisted", "已关闭")
    assert (rows[second].state, rows[second].ended_at) == ("declined", now)


def test_lead_overrules_with_a_reason(
    lead: OpenedCase, clerk: Actor, water: Organisation, plumber: Actor, now: datetime
) -> None:
    (made,) = call(lead, water, actor=clerk, now=now)
    finish(lead, actor=clerk, now=now, overrule="抢险不能等待")
    row = Assistance.objects.get(id=made)
    assert row.state == "overruled"
    assert Task.objects.get(id=row.assist_id).state == "cancelled"
    assert waiting_tasks(plumber).rows == []
    assert "overruled" in kinds(lead.id)
    assert times_audited("cases.overrule") == 1
    with pytest.raises(StillWaiting):
        finish_with_too_long_a_reason(lead, clerk, water, now)


def finish_with_too_long_a_reason(made: OpenedCase, actor: Actor, body: Organisation, now: datetime) -> None:
    complete_task(SYSTEM, task_id=waiting_task(made.id).id, answer=TaskAnswer("redo", "返工"), now=now)
    call(made, body, actor=actor, now=now)
    finish(made, actor=actor, now=now, overrule="长" * 2001)


def test_assistance_has_its_bounds(
    lead: OpenedCase, clerk: Actor, office: Organisation, water: Organisation, plumber: Actor, now: datetime
) -> None:
    bodies = [make_organisation(f"单位{number}") for number in range(4)]
    for chosen, text, field in (
        ((), "关闭阀门", "organisations"),
        ((water, water), "关闭阀门", "organisations"),
        ((office,), "关闭阀门", "organisations"),
        (bodies, "关闭阀门", "organisations"),
        ((water,), " ", "wish"),
    ):
        with pytest.raises(JointRefused) as refusal:
            call(lead, *chosen, actor=clerk, now=now, text=text)
        assert set(refusal.value.fields) == {field}
    call(lead, water, actor=clerk, now=now)
    with pytest.raises(JointRefused) as refusal:
        call(lead, water, actor=clerk, now=now)
    assert refusal.value.fields == {"organisations": "所选单位正在协办此任务"}
    with pytest.raises(NotPermitted):
        call(lead, bodies[0], actor=plumber, now=now)


def test_only_tasks_that_the_version_names_are_assisted(office: Organisation, clerk: Actor, now: datetime) -> None:
    made = make_case(make_type(now=now, joint=JOINT, limits=LIMITS), organisation=office, now=now)
    new = NewAssistance(waiting_task(made.id).id, "assist", (make_organisation().id,), "关闭阀门")
    with pytest.raises(NotFound):
        invite(clerk, new=new, now=now)


def test_answer_of_an_assisting_body_needs_words(
    lead: OpenedCase, clerk: Actor, water: Organisation, plumber: Actor, now: datetime
) -> None:
    (made,) = call(lead, water, actor=clerk, now=now)
    with pytest.raises(OutcomeRefused):
        reply(made, "assisted", actor=plumber, now=now, note="")
    with pytest.raises(OutcomeRefused):
        reply(made, "done", actor=plumber, now=now)


def test_assistance_is_withdrawn_by_who_leads_or_supervises(
    lead: OpenedCase, clerk: Actor, chief: Actor, water: Organisation, plumber: Actor, now: datetime
) -> None:
    (first,) = call(lead, water, actor=clerk, now=now)
    with pytest.raises(NotPermitted):
        uninvite(plumber, assistance_id=first, now=now)
    uninvite(clerk, assistance_id=first, now=now)
    with pytest.raises(NotAssisting):
        uninvite(clerk, assistance_id=first, now=now)
    with pytest.raises(NotFound):
        uninvite(clerk, assistance_id=0, now=now)
    (second,) = call(lead, water, actor=clerk, now=now)
    uninvite(chief, assistance_id=second, now=now)
    finish(lead, actor=clerk, now=now)
    assert times_audited("cases.withdraw_assistance") == 2


def test_assistance_lapses_when_its_task_is_given_back(
    lead: OpenedCase, clerk: Actor, chief: Actor, water: Organisation, now: datetime
) -> None:
    (made,) = call(lead, water, actor=clerk, now=now)
    answer(wish(lead, "wrong", actor=clerk, now=now), "grant", actor=chief, now=now)
    assert Assistance.objects.get(id=made).state == "lapsed"
    assert waiting_task(lead.id).node == "accept"


def test_assistance_lapses_when_the_case_is_closed_by_force(
    lead: OpenedCase, clerk: Actor, chief: Actor, water: Organisation, now: datetime
) -> None:
    (made,) = call(lead, water, actor=clerk, now=now)
    answer(wish(lead, "force", actor=clerk, now=now), "grant", actor=chief, now=now)
    assert Assistance.objects.get(id=made).state == "lapsed"
    assert not Task.objects.filter(case_id=lead.id, state="open").exists()


def test_late_assistance_is_carded_against_the_assisting_body(
    lead: OpenedCase, clerk: Actor, water: Organisation, plumber: Actor, now: datetime
) -> None:
    call(lead, water, actor=clerk, now=now)
    task = waiting_task(lead.id, "assist:assist")
    turn_lights(now=now + 5 * HOUR)
    watch(now=now + 5 * HOUR)
    assert told(plumber, "cases.yellow_card") == 1
    assert Task.objects.get(id=task.id).light == "red"


def test_assistance_is_no_step_about_which_requests_are_made(
    lead: OpenedCase, clerk: Actor, water: Organisation, plumber: Actor, now: datetime
) -> None:
    call(lead, water, actor=clerk, now=now)
    task = waiting_task(lead.id, "assist:assist")
    with pytest.raises(NotFound):
        ask(plumber, new=NewRequest(lead.id, "delay", "来不及", task_id=task.id), now=now)


def test_subcase_runs_by_itself_and_its_parent_waits(
    lead: OpenedCase, clerk: Actor, water: Organisation, plumber: Actor, now: datetime
) -> None:
    made = below(lead, "repair", actor=clerk, owner=water, now=now)
    child, parent = Case.objects.get(id=made.id), Case.objects.get(id=lead.id)
    assert (child.organisation_id, child.urgency, child.address) == (water.id, parent.urgency, parent.address)
    assert child.location == parent.location
    (shown,) = subcases_of(clerk, lead.id)
    assert (shown.number, shown.status, shown.visible, shown.waits) == (made.number, "open", True, True)
    above = parent_of(plumber, made.id)
    assert above is not None
    assert (above.number, above.visible) == (lead.number, False)
    assert parent_of(plumber, lead.id) is None
    with pytest.raises(StillWaiting):
        finish(lead, actor=clerk, now=now)
    complete_task(SYSTEM, task_id=waiting_task(made.id).id, answer=TaskAnswer("void", "重复"), now=now)
    finish(lead, actor=clerk, now=now)
    assert times_audited("cases.open_subcase") == 1
    assert kinds(made.id)[1:3] == ["task_opened", "subcase"]


def test_end_of_a_subcase_is_told_once(lead: OpenedCase, clerk: Actor, water: Organisation, now: datetime) -> None:
    made = below(lead, "repair", actor=clerk, owner=water, now=now)
    assert settle_subcases(now=now) == 0
    complete_task(SYSTEM, task_id=waiting_task(made.id).id, answer=TaskAnswer("void", "重复"), now=now)
    assert settle_subcases(now=now + HOUR) == 1
    assert settle_subcases(now=now + HOUR) == 0
    row = Subcase.objects.get(child_id=made.id)
    assert (row.ended_at, row.result) == (now + HOUR, "void")
    assert told(clerk, "cases.subcase_ended") == 1
    assert kinds(lead.id)[-1] == "sub_ended"


def test_lead_goes_on_without_a_subcase_if_he_says_why(
    lead: OpenedCase, clerk: Actor, water: Organisation, now: datetime
) -> None:
    made = below(lead, "repair", actor=clerk, owner=water, now=now)
    finish(lead, actor=clerk, now=now, overrule="另行处理")
    assert Case.objects.get(id=made.id).status == "open"
    complete_task(SYSTEM, task_id=waiting_task(made.id).id, answer=TaskAnswer("void", "重复"), now=now)
    settle_subcases(now=now)
    assert told(clerk, "cases.subcase_ended") == 0


def test_subcase_that_nobody_waits_for_holds_nothing(
    lead: OpenedCase, clerk: Actor, water: Organisation, now: datetime
) -> None:
    below(lead, "survey", actor=clerk, owner=water, now=now)
    finish(lead, actor=clerk, now=now)
    assert waiting_task(lead.id).node == "check"


def test_subcases_have_their_bounds(
    lead: OpenedCase, clerk: Actor, water: Organisation, plumber: Actor, now: datetime
) -> None:
    with pytest.raises(NotPermitted):
        below(lead, "repair", actor=plumber, owner=water, now=now)
    with pytest.raises(NotFound):
        below(lead, "paint", actor=clerk, owner=water, now=now)
    below(lead, "repair", actor=clerk, owner=water, now=now)
    below(lead, "repair", actor=clerk, owner=water, now=now)
    with pytest.raises(JointRefused):
        below(lead, "repair", actor=clerk, owner=water, now=now)


def test_reopened_subcase_holds_its_parent_again(
    lead: OpenedCase, clerk: Actor, chief: Actor, office: Organisation, now: datetime
) -> None:
    code = make_type(now=now, requests=REQUESTS, limits=LIMITS)
    Subcase.objects.all().delete()
    made = make_case(code, organisation=office, now=now)
    Subcase.objects.create(
        parent_id=lead.id, task=waiting_task(lead.id), child_id=made.id, rule_code="repair", name="工程维修",
        waits=True, opened_at=now, opened_by="system",
    )  # fmt: skip
    complete_task(SYSTEM, task_id=waiting_task(made.id).id, answer=TaskAnswer("void", "重复"), now=now)
    settle_subcases(now=now)
    answer(wish(made, "again", actor=clerk, now=now + DAY, task_id=None), "grant", actor=chief, now=now + DAY)
    with pytest.raises(StillWaiting):
        finish(lead, actor=clerk, now=now + DAY)
    assert Subcase.objects.get(child_id=made.id).ended_at is None


@pytest.mark.parametrize(
    ("settings", "place", "sentence"),
    [
        ({"joint": {}}, "settings.joint", "应为列表"),
        ({"joint": [{"code": "a b", "name": "协办"}]}, "settings.joint.a b", "每一项都要有编码（英文标识）和名称"),
        ({"joint": ["x"]}, "settings.joint", "每一项都要有编码（英文标识）和名称"),
        ({"joint": [{"code": "a", "name": "协办"}]}, "settings.joint.a", "协办要有时限（limit）"),
        (
            {"joint": [{"code": "a", "name": "协办", "limit": "check", "tasks": ["fly"]}]},
            "settings.joint.a",
            "流程里没有任务“fly”",
        ),
        (
            {"joint": [{"code": "a", "name": "协办", "limit": "check", "post": "no.such"}]},
            "settings.joint.a",
            "岗位权限“no.such”没有登记",
        ),
        ({"subcases": [{"code": "a", "name": "子案"}]}, "settings.subcases.a", "子案件要写明案件类型（type）"),
        (
            {"subcases": [{"code": "a", "name": "子案", "type": "no.such"}]},
            "settings.subcases.a",
            "没有案件类型“no.such”",
        ),
    ],
)
def test_publishing_refuses(settings: dict[str, object], place: str, sentence: str, now: datetime) -> None:
    with pytest.raises(VersionRefused) as refusal:
        make_type(now=now, **settings)  # type: ignore[arg-type]  # settings by name
    assert (place, sentence) in {(fault.element, fault.text()) for fault in refusal.value.faults}
