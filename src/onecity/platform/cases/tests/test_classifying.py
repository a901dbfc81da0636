"""Putting a case under a class after it was opened."""

from datetime import datetime, timedelta

import pytest

from onecity.kernel.actor import system_actor
from onecity.kernel.deadlines import TimeUnit
from onecity.kernel.errors import NotFound, NotPermitted
from onecity.platform.cases.contracts import CaseFilter, TaskAnswer
from onecity.platform.cases.declare import CaseClass, Classification, Limit
from onecity.platform.cases.models import Case
from onecity.platform.cases.rules.states import CaseIsOver
from onecity.platform.cases.selectors.details import history
from onecity.platform.cases.selectors.lists import cases
from onecity.platform.cases.services.classifying import UnknownClass, classify_case
from onecity.platform.cases.services.completing import complete_task
from onecity.platform.cases.services.install import add_edition
from onecity.platform.cases.tests.diagrams import COMPLAINT
from onecity.platform.cases.tests.factories import make_case, make_type, waiting_task
from onecity.platform.identity.tests.factories import audited, make_actor, make_organisation

pytestmark = pytest.mark.django_db
SYSTEM = system_actor("test")
SCHEME = Classification(
    "tests.scheme",
    "试验分类",
    (
        CaseClass("a", "甲类", limits={"whole": Limit("3", TimeUnit.NATURAL_DAY)}),
        CaseClass("b", "乙类"),
    ),
)


@pytest.fixture
def classed(now: datetime) -> str:
    """A type whose cases carry a class."""
    add_edition(SCHEME, effective_from=now - timedelta(days=1))
    return make_type(now=now, scheme="tests.scheme")


def test_class_given_later_brings_its_limit_from_the_opening_on(classed: str, now: datetime) -> None:
    opened = make_case(classed, organisation=make_organisation(), now=now)
    later = now + timedelta(hours=2)
    assert Case.objects.get(id=opened.id).due_at == now + timedelta(days=1)
    assert classify_case(SYSTEM, case_id=opened.id, class_code="a", now=later) == 2
    row = Case.objects.get(id=opened.id)
    assert (row.class_code, row.scheme_code, row.due_at) == ("a", "tests.scheme", now + timedelta(days=3))
    assert classify_case(SYSTEM, case_id=opened.id, class_code="a", now=later) == 2
    classify_case(SYSTEM, case_id=opened.id, class_code="b", now=later)
    assert Case.objects.get(id=opened.id).due_at == now + timedelta(days=1)
    assert [item.text for item in history(SYSTEM, opened.number) if item.kind == "note"] == ["— → 甲类", "甲类 → 乙类"]
    assert audited(f"cases.case:{opened.id}")[-1] == ("cases.classify", "done")


def test_case_opened_under_a_class_has_the_limit_of_the_class(classed: str, now: datetime) -> None:
    opened = make_case(classed, organisation=make_organisation(), now=now, class_code="a")
    assert Case.objects.get(id=opened.id).due_at == now + timedelta(days=3)


def test_list_by_class_follows_the_change(classed: str, now: datetime) -> None:
    opened = make_case(classed, organisation=make_organisation(), now=now, class_code="b")
    classify_case(SYSTEM, case_id=opened.id, class_code="a", now=now)
    assert [row.id for row in cases(SYSTEM, filters=CaseFilter(class_code="a")).rows] == [opened.id]
    assert cases(SYSTEM, filters=CaseFilter(class_code="b")).rows == []


def test_light_follows_the_new_limit(classed: str, now: datetime) -> None:
    opened = make_case(classed, organisation=make_organisation(), now=now)
    classify_case(SYSTEM, case_id=opened.id, class_code="b", now=now + timedelta(days=2))
    assert Case.objects.get(id=opened.id).light == "red"


def test_type_without_a_limit_of_the_whole_case_stays_without(now: datetime) -> None:
    add_edition(SCHEME, effective_from=now - timedelta(days=1))
    code = make_type(now=now, scheme="tests.scheme", case_limit="")
    opened = make_case(code, organisation=make_organisation(), now=now)
    classify_case(SYSTEM, case_id=opened.id, class_code="a", now=now)
    row = Case.objects.get(id=opened.id)
    assert (row.class_code, row.due_at, row.light) == ("a", None, "green")


def test_standing_clock_goes_on_standing(now: datetime) -> None:
    add_edition(SCHEME, effective_from=now - timedelta(days=1))
    process = COMPLAINT.replace('city:limit="accept"', 'city:limit="accept" city:pauses="case"')
    opened = make_case(make_type(process, now=now, scheme="tests.scheme"), organisation=make_organisation(), now=now)
    classify_case(SYSTEM, case_id=opened.id, class_code="a", now=now + timedelta(hours=5))
    assert Case.objects.get(id=opened.id).paused_at == now


def test_only_whoever_works_on_a_case_may_classify_it(classed: str, now: datetime) -> None:
    owner = make_organisation()
    opened = make_case(classed, organisation=owner, now=now)
    with pytest.raises(NotPermitted):
        classify_case(make_actor("cases.view", organisation=owner), case_id=opened.id, class_code="a", now=now)
    classify_case(make_actor("cases.answer", organisation=owner), case_id=opened.id, class_code="a", now=now)


def test_unknown_class_and_ended_case_are_refused(classed: str, now: datetime) -> None:
    opened = make_case(classed, organisation=make_organisation(), now=now)
    with pytest.raises(UnknownClass):
        classify_case(SYSTEM, case_id=opened.id, class_code="z", now=now)
    with pytest.raises(NotFound):
        classify_case(SYSTEM, case_id=0, class_code="a", now=now)
    answer = TaskAnswer("void", "不属实")
    complete_task(SYSTEM, task_id=waiting_task(opened.id).id, answer=answer, now=now)
    with pytest.raises(CaseIsOver):
        classify_case(SYSTEM, case_id=opened.id, class_code="a", now=now)
