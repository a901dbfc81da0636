"""Plans: drafts, publishing by another, versions that stay as they are."""

from datetime import datetime

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from onecity.domains.emergency.models import PlanStep, PlanVersion
from onecity.domains.emergency.rules.plans import StepFacts, applies, faults_of
from onecity.domains.emergency.selectors.plans import as_draft, fitting_versions, seen_versions, version_of, versions
from onecity.domains.emergency.services import plans
from onecity.domains.emergency.services.plans import OwnPlan, PlanNotInTurn, PlanNotWhole, write_plan
from onecity.domains.emergency.tests.factories import Room, kept, make_incident, make_plan, plan_draft
from onecity.kernel.errors import Invalid, NotFound, NotPermitted
from onecity.platform.identity.tests.factories import make_actor, plain_actor
from onecity.web.listing import Query

pytestmark = pytest.mark.django_db


def test_published_version_holds_and_its_draft_comes_back_whole(room: Room, now: datetime) -> None:
    version = make_plan(room, now=now)
    assert version.state == "published"
    assert as_draft(version) == plan_draft(room)
    assert [row.pk for row in fitting_versions(kept(make_incident(room, now=now)))] == [version.pk]
    assert fitting_versions(kept(make_incident(room, now=now, kind_code="12P04"))) == []


def test_next_version_retires_the_one_before(room: Room, now: datetime) -> None:
    first = make_plan(room, now=now)
    second = plans.new_draft(room.editor, version_id=first.pk, now=now)
    assert second.number == 2
    assert plans.new_draft(room.editor, version_id=first.pk, now=now) == second
    plans.change_draft(room.editor, version_id=second.pk, now=now, purpose="修订")
    plans.publish_plan(room.commander, version_id=second.pk, now=now)
    assert PlanVersion.objects.get(id=first.pk).state == "retired"
    plans.retire_plan(room.commander, version_id=second.pk, now=now)
    assert fitting_versions(kept(make_incident(room, now=now))) == []
    with pytest.raises(PlanNotInTurn):
        plans.retire_plan(room.commander, version_id=second.pk, now=now)


def test_database_refuses_to_change_a_published_version(room: Room, now: datetime) -> None:
    version = make_plan(room, now=now)
    with pytest.raises(PlanNotInTurn):
        plans.change_draft(room.editor, version_id=version.pk, now=now, purpose="改")
    for statement in (
        "UPDATE emergency_planstep SET title = 'x'",
        "DELETE FROM emergency_planlevel",
        "INSERT INTO emergency_planresource (version_id, kind, name, amount, unit) SELECT id, 'team', 'x', 1, '支'"
        " FROM emergency_planversion",
    ):
        with pytest.raises(IntegrityError, match="not a draft"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_nobody_publishes_what_he_wrote(room: Room, now: datetime) -> None:
    both = make_actor(
        "emergency.view", "emergency.write_plan", "emergency.publish_plan", organisation=None, everywhere=True
    )
    version = write_plan(both, draft=plan_draft(room), now=now, organisation_id=room.office.id)
    with pytest.raises(OwnPlan):
        plans.publish_plan(both, version_id=version.pk, now=now)
    with pytest.raises(NotPermitted):
        plans.publish_plan(room.editor, version_id=version.pk, now=now)
    with pytest.raises(NotFound):
        plans.publish_plan(room.commander, version_id=0, now=now)


@pytest.mark.parametrize("part", ["levels", "groups", "steps"])
def test_plan_that_lacks_a_part_is_not_published(room: Room, now: datetime, part: str) -> None:
    without: dict[str, object] = {part: (), **({"steps": ()} if part == "groups" else {})}
    version = write_plan(room.editor, draft=plan_draft(room, **without), now=now)
    with pytest.raises(PlanNotWhole):
        plans.publish_plan(room.commander, version_id=version.pk, now=now)


@pytest.mark.parametrize("field", ["name", "code", "kind", "kind_prefix", "levels", "groups", "steps", "needs"])
def test_draft_at_fault_is_refused_by_part(room: Room, now: datetime, field: str) -> None:
    whole = plan_draft(room)
    twice = {name: (*getattr(whole, name), getattr(whole, name)[0]) for name in ("levels", "groups", "needs")}
    wrong: dict[str, object] = {
        "name": " ", "code": "", "kind": "x", "kind_prefix": "99", **twice,
        "steps": (type(whole.steps[0])("nobody", "x", 60),),
    }  # fmt: skip
    with pytest.raises(Invalid) as refusal:
        write_plan(room.editor, draft=plan_draft(room, **{field: wrong[field]}), now=now)
    assert list(refusal.value.fields) == [field]


def test_level_without_conditions_is_refused(room: Room, now: datetime) -> None:
    level = type(plan_draft(room).levels[0])(4, " ")
    with pytest.raises(Invalid) as refusal:
        write_plan(room.editor, draft=plan_draft(room, levels=(level,)), now=now)
    assert list(refusal.value.fields) == ["levels"]


def test_plans_belong_to_their_body(room: Room, now: datetime) -> None:
    version = make_plan(room, now=now)
    stranger = make_actor("emergency.view", "emergency.write_plan", organisation=None, everywhere=False)
    with pytest.raises(NotPermitted):
        write_plan(stranger, draft=plan_draft(room), now=now)
    other = make_actor("emergency.write_plan", everywhere=True)
    with pytest.raises(NotPermitted):
        write_plan(other, draft=plan_draft(room), now=now, organisation_id=room.water.id)
    with pytest.raises(NotPermitted):
        plans.new_draft(room.officer, version_id=version.pk, now=now)
    with pytest.raises(NotFound):
        plans.new_draft(room.editor, version_id=0, now=now)


def test_drafts_are_seen_by_their_own_body_only(room: Room, now: datetime) -> None:
    draft = write_plan(room.editor, draft=plan_draft(room), now=now)
    assert version_of(room.editor, draft.pk) == draft
    with pytest.raises(NotFound):
        version_of(room.officer, draft.pk)
    assert list(seen_versions(plain_actor())) == []
    assert seen_versions(make_actor("emergency.view", "emergency.publish_plan", everywhere=True)).count() == 1


def test_list_filters_and_searches(room: Room, now: datetime) -> None:
    make_plan(room, now=now)
    found = [
        len(versions(room.editor, query=query).rows)
        for query in (
            Query("防汛"), Query("地震"), Query(filters={"state": "draft"}), Query(filters={"kind": "special"}),
        )
    ]  # fmt: skip
    assert found == [1, 0, 0, 1]


def test_steps_keep_their_order(room: Room, now: datetime) -> None:
    make_plan(room, now=now)
    assert list(PlanStep.objects.order_by("serial").values_list("serial", flat=True)) == [1, 2, 3]


@given(st.integers(1, 4), st.integers(1, 4), st.integers(1, 4))
def test_graver_level_does_all_that_a_weaker_one_does(weakest: int, level: int, graver: int) -> None:
    if graver <= level and applies(weakest, level=level):
        assert applies(weakest, level=graver)


def test_whole_plan_has_no_faults() -> None:
    steps = [StepFacts("a", 4)]
    assert faults_of([1, 4], groups=["a"], steps=steps) == []
    assert faults_of([4], groups=["a"], steps=[StepFacts("a", 3)]) == ["每个响应级别至少要有一个处置步骤"]
    assert faults_of([4], groups=["a", "b"], steps=steps) == ["每个工作组至少要有一个处置步骤"]
    assert len(faults_of([], groups=[], steps=[])) == 2
