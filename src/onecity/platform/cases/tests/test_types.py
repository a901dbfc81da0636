"""Case types as data: drafts, publishing, versions that are never altered; what modules declare."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from onecity.kernel.actor import system_actor
from onecity.kernel.errors import Conflict, Invalid, NotFound, Unavailable
from onecity.kernel.registry import Domain, Registry
from onecity.platform.cases import registries
from onecity.platform.cases.contracts import TaskAnswer
from onecity.platform.cases.declare import CaseClass, CaseType, Classification, Stage
from onecity.platform.cases.models import Case, CaseTypeVersion, WorkPeriod
from onecity.platform.cases.models import CaseType as TypeRow
from onecity.platform.cases.selectors.classes import class_name, classes_at
from onecity.platform.cases.selectors.details import case as case_of
from onecity.platform.cases.selectors.types import creatable_types, types, version_text, versions, visible_types
from onecity.platform.cases.selectors.versions import version
from onecity.platform.cases.services import install
from onecity.platform.cases.services.completing import complete_task
from onecity.platform.cases.services.stepping import ActionUnavailable
from onecity.platform.cases.services.types import (
    DraftChanged,
    NotADraft,
    VersionRefused,
    create_type,
    discard_draft,
    edit_draft,
    faults_of_draft,
    new_draft,
    publish,
    retire,
    save_draft,
)
from onecity.platform.cases.tests.diagrams import COMPLAINT, end, process, service, start, user
from onecity.platform.cases.tests.factories import SETTINGS, make_case, make_type, waiting_task
from onecity.platform.identity.tests.factories import make_actor, make_organisation

pytestmark = pytest.mark.django_db
AUTHOR = system_actor("test")
SHORT = process(start(), user("accept", "受理", "ok:好"), end(), flows="start > accept\naccept > end")


def published(code: str) -> CaseTypeVersion:
    return CaseTypeVersion.objects.get(case_type__code=code, state="published")


def test_new_version_is_for_new_cases_and_running_ones_keep_theirs(now: datetime) -> None:
    code, organisation = make_type(SHORT, now=now), make_organisation()
    running = make_case(code, organisation=organisation, now=now)
    draft = new_draft(AUTHOR, version_id=published(code).id, now=now)
    longer = SHORT.replace("</bpmn:process>", user("check", "复核", "ok:好") + "</bpmn:process>")
    longer = longer.replace('targetRef="end"', 'targetRef="check"').replace(
        "</bpmn:process>", '<bpmn:sequenceFlow id="f" sourceRef="check" targetRef="end" /></bpmn:process>'
    )
    edit_draft(AUTHOR, version_id=draft.id, process=longer, settings=SETTINGS, note="加复核", revision=1)
    publish(AUTHOR, version_id=draft.id, now=now)
    fresh = make_case(code, organisation=organisation, now=now)
    for opened in (running, fresh):
        complete_task(AUTHOR, task_id=waiting_task(opened.id).id, answer=TaskAnswer("ok"), now=now)
    assert Case.objects.get(id=running.id).status == "closed"
    assert waiting_task(fresh.id).node == "check"
    assert [item.state for item in versions(code)] == ["published", "retired"]


def test_published_version_is_never_altered_or_removed(now: datetime) -> None:
    row = published(make_type(now=now))
    changes: list[dict[str, Any]] = [{"process": "x"}, {"settings": {}}, {"state": "draft"}, {"number": 9}]
    for change in changes:
        with pytest.raises(DatabaseError, match="never altered"), transaction.atomic():
            CaseTypeVersion.objects.filter(id=row.id).update(**change)
    with pytest.raises(DatabaseError, match="never altered"), transaction.atomic():
        row.delete()
    with pytest.raises(NotADraft):
        edit_draft(AUTHOR, version_id=row.id, process="x", settings={}, note="", revision=1)
    with pytest.raises(NotADraft):
        discard_draft(AUTHOR, version_id=row.id)
    with pytest.raises(NotADraft):
        publish(AUTHOR, version_id=row.id, now=now)


def test_draft_with_faults_is_saved_but_not_published(now: datetime) -> None:
    create_type(AUTHOR, code="tests.bad", name="坏的")
    script = '<bpmn:scriptTask id="evil"><bpmn:script>import os</bpmn:script></bpmn:scriptTask></bpmn:process>'
    xml = COMPLAINT.replace("</bpmn:process>", script)
    draft = save_draft(AUTHOR, type_code="tests.bad", process=xml, settings={**SETTINGS, "stages": []}, now=now)
    with pytest.raises(VersionRefused) as refusal:
        publish(AUTHOR, version_id=draft.id, now=now)
    assert {fault.element for fault in refusal.value.faults} == {"evil", "settings.stages"}
    assert "脚本任务" in refusal.value.fields["evil"]
    assert CaseTypeVersion.objects.get(case_type__code="tests.bad").state == "draft"
    assert [item.published for item in types() if item.code == "tests.bad"] == [False]


def test_draft_that_somebody_else_saved_is_not_overwritten(now: datetime) -> None:
    draft = new_draft(AUTHOR, version_id=published(make_type(now=now)).id, now=now)
    edit_draft(AUTHOR, version_id=draft.id, process=SHORT, settings=SETTINGS, note="一", revision=1)
    with pytest.raises(DraftChanged):
        edit_draft(AUTHOR, version_id=draft.id, process=SHORT, settings=SETTINGS, note="二", revision=1)
    assert version_text(draft.id).info.note == "一"
    discard_draft(AUTHOR, version_id=draft.id)
    with pytest.raises(NotFound):
        version_text(draft.id)


def test_draft_gets_a_drawing_when_it_has_none(now: datetime) -> None:
    assert "BPMNDiagram" in published(make_type(SHORT, now=now)).process


@pytest.mark.parametrize(("code", "name"), [("Bad Code", "x"), ("tests.x", " "), ("x" * 81, "x")])
def test_type_needs_a_code_and_a_name(code: str, name: str) -> None:
    with pytest.raises(Invalid):
        create_type(AUTHOR, code=code, name=name)


def test_type_s_code_is_given_once(now: datetime) -> None:
    with pytest.raises(Invalid):
        create_type(AUTHOR, code=make_type(now=now), name="再来")
    with pytest.raises(NotFound):
        save_draft(AUTHOR, type_code="tests.unknown", process=SHORT, settings=SETTINGS, now=now)


def test_only_the_published_version_can_be_retired(now: datetime) -> None:
    row = published(make_type(now=now))
    draft = new_draft(AUTHOR, version_id=row.id, now=now)
    retire(AUTHOR, version_id=row.id, now=now)
    for version_id, error in ((row.id, Conflict), (draft.id, Conflict), (9_999_999, NotFound)):
        with pytest.raises(error):
            retire(AUTHOR, version_id=version_id, now=now)
    for deed in (publish, new_draft):
        with pytest.raises(NotFound):
            deed(AUTHOR, version_id=9_999_999, now=now)
    with pytest.raises(NotFound):
        version(draft.id)


def test_types_are_offered_to_whoever_may(now: datetime) -> None:
    code = make_type(now=now, view="cases.supervise", create="cases.answer")
    assert code not in {item.code for item in visible_types(make_actor("cases.view"))}
    assert code in {item.code for item in visible_types(make_actor("cases.supervise", everywhere=True))}
    assert code in {item.code for item in creatable_types(make_actor("cases.answer", everywhere=True))}
    assert creatable_types(make_actor("cases.view", everywhere=True)) == ()


def test_published_process_that_cannot_be_read_any_more_says_so(now: datetime) -> None:
    create_type(AUTHOR, code="tests.broken", name="坏的")
    row = CaseTypeVersion.objects.create(
        case_type=TypeRow.objects.get(code="tests.broken"),
        number=1,
        state="published",
        process="<x/>",
        settings={},
        created_at=now,
        created_by="x",
    )
    with pytest.raises(Unavailable):
        version(row.id)


def test_action_that_the_code_no_longer_has_stops_the_step(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    xml = process(
        start(),
        user("accept", "甲", "ok:好"),
        service("set", "cases.set_value", name="depth", value="deep"),
        end(),
        flows="start > accept\naccept > set\nset > end",
    )
    opened = make_case(make_type(xml, now=now), organisation=make_organisation(), now=now)
    monkeypatch.setattr("onecity.platform.cases.services.stepping.actions", dict)
    with pytest.raises(ActionUnavailable), transaction.atomic():
        complete_task(AUTHOR, task_id=waiting_task(opened.id).id, answer=TaskAnswer("ok"), now=now)
    assert waiting_task(opened.id).node == "accept"
    monkeypatch.undo()
    complete_task(AUTHOR, task_id=waiting_task(opened.id).id, answer=TaskAnswer("ok"), now=now)
    assert case_of(AUTHOR, opened.number, now=now).data == [("深度", "deep")]


@pytest.fixture
def declared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CaseType:
    """A module that declares a type and a classification."""
    file = tmp_path / "case.bpmn"
    file.write_text(SHORT, encoding="utf-8")
    item = CaseType(
        code="tests.declared", name="声明的", process=file, stages=(Stage("accept", "受理"),), scheme="tests.s"
    )
    scheme = Classification("tests.s", "分类", (CaseClass("01", "大类"), CaseClass("0101", "井盖", "01")))
    for kind, name in ((CaseType, "case_types"), (Classification, "classifications")):
        registry = Registry(kind)
        registry.collect(Domain("tests", "测试", (item, scheme)))
        monkeypatch.setattr(install, name, lambda registry=registry: registry)
    return item


def test_declared_type_is_installed_once_as_version_1(declared: CaseType, now: datetime) -> None:
    assert install.install_declared(now=now) == 2
    assert install.install_declared(now=now) == 0
    opened = make_case(declared.code, organisation=make_organisation(), now=now, class_code="0101")
    assert case_of(AUTHOR, opened.number, now=now).row.class_name == "井盖"
    retire(AUTHOR, version_id=published(declared.code).id, now=now)
    assert install.install_declared(now=now) == 0


def test_declared_type_with_a_fault_does_not_start(declared: CaseType, now: datetime) -> None:
    declared.process.write_text(SHORT.replace("cases.answer", "nobody.may"), encoding="utf-8")
    with pytest.raises(VersionRefused), transaction.atomic():
        install.install_declared(now=now)


def test_newer_edition_of_classes_holds_from_its_day_on(now: datetime) -> None:
    first = Classification("tests.e", "分类", (CaseClass("1", "旧名"), CaseClass("2", "停用")))
    second = Classification("tests.e", "分类", (CaseClass("1", "新名"),))
    assert install.add_edition(first, effective_from=now) == 1
    later = now.replace(year=now.year + 1)
    assert install.add_edition(second, effective_from=later) == 2
    assert [known.info.name for known in classes_at("tests.e", at=now).values()] == ["旧名", "停用"]
    assert [known.info.name for known in classes_at("tests.e", at=later).values()] == ["新名"]
    assert class_name("tests.e", "2") == "停用"
    assert class_name("tests.e", "9") == "9"
    assert classes_at("tests.e", at=now.replace(year=2000)) == {}


def test_first_working_periods_come_once() -> None:
    assert WorkPeriod.objects.count() == 2


def test_everything_declared_is_sound() -> None:
    for item in registries.case_types():
        assert faults_of_draft(item.process.read_text(encoding="utf-8"), {}) is not None
