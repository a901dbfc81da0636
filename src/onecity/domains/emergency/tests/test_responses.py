"""Responses: everything at once or nothing, levels up and down, tasks as cases, exercises apart."""

import io
import zipfile
from datetime import datetime, timedelta

import pytest
from django.db import connection
from lxml import etree

from onecity.domains.emergency.handlers import hear_case_closed
from onecity.domains.emergency.models import Response, ResponseTask
from onecity.domains.emergency.rules.wordprocessing import Block, Heading, Table, docx
from onecity.domains.emergency.selectors import responses as reading
from onecity.domains.emergency.services import responses, tasks
from onecity.domains.emergency.services.incidents import close
from onecity.domains.emergency.services.locking import NotItsTurn
from onecity.domains.emergency.services.responses import ResponseOver, change_level, end_response
from onecity.domains.emergency.services.reviewing import make_review
from onecity.domains.emergency.services.tasks import TaskOver, finish_task, tell_of_late_tasks_at
from onecity.domains.emergency.tests.factories import SYSTEM, Room, kept, make_incident, make_plan, report, start
from onecity.kernel.errors import Invalid, NotFound, NotPermitted
from onecity.platform.cases.api import case, cases, complete_task
from onecity.platform.cases.contracts import TaskAnswer
from onecity.platform.documents.api import documents_of, opened
from onecity.platform.identity.tests.factories import make_actor, make_organisation, times_audited
from onecity.platform.messages.api import inbox
from onecity.web.listing import Query

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def states(response_id: int) -> list[str]:
    rows = ResponseTask.objects.filter(response_id=response_id).order_by("step__serial", "id")
    return [f"{row.step.serial}:{row.state}" for row in rows.select_related("step")]


def first_task(response_id: int) -> ResponseTask:
    return ResponseTask.objects.filter(response_id=response_id).order_by("step__serial")[0]


def test_start_opens_the_tasks_of_its_level_as_cases_with_their_limits(room: Room, now: datetime) -> None:
    made = start(room, now=now, level=4)
    assert states(made) == ["1:open", "2:open"]
    task = first_task(made)
    assert task.due_at == now + 30 * MINUTE
    found = case(SYSTEM, task.case_number, now=now)
    assert (found.row.type_code, found.origin) == ("emergency.task", f"emergency.task:{task.pk}")
    assert [item.clock.due_at for item in found.tasks if item.clock] == [task.due_at]
    assert [item.organisation_id for item in found.tasks] == [room.water.id]
    assert "应急任务" in next(iter(inbox(room.rescuer).rows)).title
    assert kept(Response.objects.get().incident.number).first_response_at == now


def test_same_plan_is_started_once(room: Room, now: datetime) -> None:
    made = start(room, now=now)
    row = Response.objects.get(id=made)
    again = responses.start_response(
        room.commander, number=row.incident.number, version_id=row.version_id, level=1, conditions_met="x", now=now
    )
    assert (again.id, again.created) == (made, False)
    assert times_audited("emergency.start_response") == 1


def test_what_fails_in_the_middle_leaves_nothing(room: Room, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    version, number = make_plan(room, now=now), make_incident(room, now=now)

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("killed")

    monkeypatch.setattr(tasks, "send", broken)
    with pytest.raises(RuntimeError):
        responses.start_response(
            room.commander, number=number, version_id=version.pk, level=4, conditions_met="大雨", now=now
        )
    monkeypatch.undo()
    assert not Response.objects.exists()
    assert not ResponseTask.objects.exists()
    assert list(cases(SYSTEM).rows) == []
    started = responses.start_response(
        room.commander, number=number, version_id=version.pk, level=4, conditions_met="大雨", now=now
    )
    assert (started.created, started.tasks) == (True, 2)


def test_start_needs_the_right_a_verified_incident_and_a_level_of_the_plan(room: Room, now: datetime) -> None:
    version, number = make_plan(room, now=now), make_incident(room, now=now)
    given = {"number": number, "version_id": version.pk, "level": 4, "conditions_met": "大雨", "now": now}
    with pytest.raises(NotPermitted):
        responses.start_response(room.officer, **given)  # type: ignore[arg-type]  # by name
    raw = make_incident(room, now=now, verified=False)
    with pytest.raises(NotItsTurn):
        responses.start_response(room.commander, **{**given, "number": raw})  # type: ignore[arg-type]  # by name
    with pytest.raises(NotFound):
        responses.start_response(room.commander, **{**given, "version_id": 0})  # type: ignore[arg-type]  # by name
    for change, field in (({"level": 3}, "level"), ({"conditions_met": " "}, "reason")):
        with pytest.raises(Invalid) as refusal:
            responses.start_response(room.commander, **{**given, **change})  # type: ignore[arg-type]  # by name
        assert list(refusal.value.fields) == [field]


def test_higher_level_adds_tasks_and_lower_drops_them(room: Room, now: datetime) -> None:
    made = start(room, now=now, level=4)
    assert change_level(room.commander, response_id=made, level=2, reason="水位超警", now=now + 5 * MINUTE) == 1
    assert states(made) == ["1:open", "2:open", "3:open"]
    assert change_level(room.commander, response_id=made, level=4, reason="水退", now=now + 9 * MINUTE) == 0
    assert states(made) == ["1:open", "2:open", "3:dropped"]
    assert change_level(room.commander, response_id=made, level=2, reason="又涨", now=now + 20 * MINUTE) == 1
    assert states(made) == ["1:open", "2:open", "3:dropped", "3:open"]
    change_level(room.commander, response_id=made, level=4, reason="水退", now=now + 30 * MINUTE)
    assert [(row.from_level, row.to_level) for row in reading.level_changes(Response.objects.get())] == [
        (4, 2), (2, 4), (4, 2), (2, 4),
    ]  # fmt: skip
    with pytest.raises(Invalid):
        change_level(room.commander, response_id=made, level=4, reason="x", now=now)
    with pytest.raises(NotPermitted):
        change_level(room.officer, response_id=made, level=2, reason="x", now=now)
    elsewhere = make_actor("emergency.command", organisation=make_organisation("别处"))
    with pytest.raises(reading.ResponseMissing):
        change_level(elsewhere, response_id=made, level=2, reason="x", now=now)


def test_task_checked_off_on_the_board_ends_its_case(room: Room, now: datetime) -> None:
    made = start(room, now=now)
    task = first_task(made)
    finish_task(room.rescuer, task_id=task.pk, note="两台泵车到场", now=now + 5 * MINUTE)
    assert case(SYSTEM, task.case_number, now=now).row.status == "closed"
    assert states(made)[0] == "1:done"
    with pytest.raises(TaskOver):
        finish_task(room.rescuer, task_id=task.pk, note="", now=now)
    payload = {"type_code": "emergency.task", "number": task.case_number, "at": now.isoformat()}
    hear_case_closed(payload)
    assert ResponseTask.objects.get(id=task.pk).done_by_id == room.rescuer.id


@pytest.mark.parametrize(("outcome", "state"), [("done", "1:done"), ("drop", "1:dropped")])
def test_case_ended_on_its_own_page_checks_the_task_off(room: Room, now: datetime, outcome: str, state: str) -> None:
    made = start(room, now=now)
    task = first_task(made)
    waiting = next(item for item in case(SYSTEM, task.case_number, now=now).tasks if item.state == "open")
    complete_task(room.rescuer, task_id=waiting.id, answer=TaskAnswer(outcome, "已到场"), now=now)
    hear_case_closed({"type_code": "emergency.task", "number": task.case_number, "at": now.isoformat()})
    hear_case_closed({"type_code": "hotline.demand", "number": task.case_number, "at": now.isoformat()})
    assert states(made)[0] == state


def test_only_the_body_of_a_task_checks_it_off(room: Room, now: datetime) -> None:
    task = first_task(start(room, now=now))
    with pytest.raises(NotPermitted):
        finish_task(room.officer, task_id=task.pk, note="", now=now)
    elsewhere = make_actor("emergency.handle", organisation=make_organisation("别处"))
    with pytest.raises(NotPermitted):
        finish_task(elsewhere, task_id=task.pk, note="", now=now)
    with pytest.raises(NotFound):
        finish_task(room.rescuer, task_id=0, note="", now=now)
    with pytest.raises(Invalid):
        finish_task(room.rescuer, task_id=task.pk, note=" ", dropped=True, now=now)


def test_end_drops_what_is_open_and_nothing_follows(room: Room, now: datetime) -> None:
    made = start(room, now=now)
    with pytest.raises(Invalid):
        end_response(room.commander, response_id=made, reason=" ", now=now)
    end_response(room.commander, response_id=made, reason="险情解除", now=now + 60 * MINUTE)
    assert states(made) == ["1:dropped", "2:dropped"]
    assert {row.status for row in cases(SYSTEM).rows} == {"closed"}
    with pytest.raises(ResponseOver):
        end_response(room.commander, response_id=made, reason="x", now=now)
    with pytest.raises(ResponseOver):
        change_level(room.commander, response_id=made, level=2, reason="x", now=now)


def test_exercise_opens_no_cases_and_says_so(room: Room, now: datetime) -> None:
    made = start(room, now=now, is_drill=True)
    assert list(cases(SYSTEM).rows) == []
    assert states(made) == ["1:open", "2:open"]
    assert "【演练】" in next(iter(inbox(room.rescuer).rows)).title
    finish_task(room.rescuer, task_id=first_task(made).pk, note="", now=now)
    assert states(made)[0] == "1:done"


def test_late_tasks_are_told_of_once(room: Room, now: datetime) -> None:
    made = start(room, now=now)
    assert tell_of_late_tasks_at(now=now + 29 * MINUTE) == 0
    sent = tell_of_late_tasks_at(now=now + 31 * MINUTE)
    assert sent >= 1
    assert tell_of_late_tasks_at(now=now + 32 * MINUTE) == 0
    assert reading.task_counts(Response.objects.get(id=made), now=now + 31 * MINUTE)["late"] == 1


def test_bodies_with_a_task_see_the_response_and_others_do_not(room: Room, now: datetime) -> None:
    made = start(room, now=now)
    assert reading.response_of(room.rescuer, made).pk == made
    assert reading.may_read_response(room.rescuer, made)
    with pytest.raises(reading.ResponseMissing):
        reading.response_of(make_actor("emergency.view", organisation=make_organisation("别处")), made)
    everywhere = make_actor("emergency.view", "emergency.handle", everywhere=True)
    assert len(reading.responses(everywhere, query=Query()).rows) == 1
    for filters, search, count in (
        ({"state": "active"}, "", 1), ({"drill": "yes"}, "", 0), ({}, "防汛", 1), ({}, "地震", 0),
    ):  # fmt: skip
        assert len(reading.responses(room.commander, query=Query(search, filters)).rows) == count


def test_review_tells_the_whole_course(room: Room, now: datetime) -> None:
    made = start(room, now=now, grade=2)
    number = Response.objects.get().incident.number
    report(room, number, now=now + 5 * MINUTE)
    finish_task(room.rescuer, task_id=first_task(made).pk, note="泵车 <2台> 到场", now=now + 6 * MINUTE)
    change_level(room.commander, response_id=made, level=2, reason="水位超警", now=now + 7 * MINUTE)
    end_response(room.commander, response_id=made, reason="险情解除", now=now + 90 * MINUTE)
    close(room.officer, number=number, result="水退", now=now + 95 * MINUTE)
    document = make_review(room.commander, response_id=made, now=now + 100 * MINUTE)
    assert [item.id for item in documents_of(room.commander, holder="emergency.response", holder_id=made)] == [document]
    with opened(room.commander, document).bytes as file, zipfile.ZipFile(io.BytesIO(file.read())) as package:
        text = "".join(etree.fromstring(package.read("word/document.xml")).itertext())
    for part in ("处置总结评估", "泵车 <2台> 到场", "水位超警", "险情解除", "首报→省", "及时", "共3项任务，完成1项"):
        assert part in text
    with pytest.raises(NotPermitted):
        make_review(room.rescuer, response_id=made, now=now)


def test_document_is_the_same_for_the_same_content() -> None:
    blocks: list[Block] = [Heading("标题", 0), "第一行\n第二行\x07", Table(("甲",), [("<乙>",)])]
    assert docx(blocks) == docx(blocks)
    with zipfile.ZipFile(io.BytesIO(docx(blocks))) as package:
        root = etree.fromstring(package.read("word/document.xml"))
    assert "".join(root.itertext()) == "标题第一行第二行甲<乙>"


def test_one_active_response_of_a_plan_is_held_by_the_database(room: Room, now: datetime) -> None:
    made = start(room, now=now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_indexes WHERE indexname = 'emergency_one_active_response'")
        assert cursor.fetchone() == (1,)
    assert [row.pk for row in reading.responses_to(Response.objects.get(id=made).incident)] == [made]
