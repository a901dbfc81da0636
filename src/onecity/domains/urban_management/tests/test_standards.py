"""Editions of the filing standard: draft, published, never altered; running cases keep theirs."""

from datetime import datetime, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from onecity.domains.urban_management.classification import CJT_SCHEME, GB_SCHEME
from onecity.domains.urban_management.models import StandardClass, StandardEdition
from onecity.domains.urban_management.rules.standards import (
    GENERAL_CLOSING,
    StandardLine,
    edition_faults,
    faults_of,
    parent_code,
)
from onecity.domains.urban_management.selectors.standards import closing_condition, editions
from onecity.domains.urban_management.services import standards
from onecity.domains.urban_management.tests.factories import (
    DUST,
    SYSTEM,
    Offices,
    make_city_case,
    shown,
    to_handling,
)
from onecity.kernel.errors import Invalid, NotFound, NotPermitted
from onecity.platform.cases.api import classes_at
from onecity.platform.identity.tests.factories import times_audited

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
KNOWN = frozenset({"E03", "E0304"})


@pytest.mark.parametrize(("code", "above"), [("E0304-1", "E0304"), ("E0304", "E03"), ("E03", "")])
def test_class_above_follows_from_the_code(code: str, above: str) -> None:
    assert parent_code(code) == above


@pytest.mark.parametrize(
    ("line", "field"),
    [
        (StandardLine("0304-1", "x", "1", "work_day"), "code"),
        (StandardLine("E0399-1", "x", "1", "work_day"), "code"),
        (StandardLine("E0304-1", " ", "1", "work_day"), "name"),
        (StandardLine("E0304-1", "x" * 81, "1", "work_day"), "name"),
        (StandardLine("E0304-1", "x", "0", "work_day"), "limit"),
        (StandardLine("E0304-1", "x", "NaN", "work_day"), "limit"),
        (StandardLine("E0304-1", "x", "一", "work_day"), "limit"),
        (StandardLine("E0304-1", "x", "1000", "work_day"), "limit"),
        (StandardLine("E0304-1", "x", "1", "fortnight"), "unit"),
        (StandardLine("E0304", "x", "1", "work_day"), "limit"),
        (StandardLine("E0304-1", "x", "1", "work_day", "x" * 201), "closing"),
    ],
)
def test_line_that_breaks_a_rule_is_refused_at_its_field(line: StandardLine, field: str) -> None:
    assert list(faults_of(line, known=KNOWN)) == [field]


def test_edition_without_a_condition_cannot_be_published() -> None:
    assert edition_faults([StandardLine("E03", "施工管理")])[0][0] == ""
    assert edition_faults([StandardLine("E03", "x"), StandardLine("E0304", "y"), StandardLine("E0304-1", "z")])
    whole = [StandardLine("E03", "x"), StandardLine("E0304", "y"), StandardLine("E0304-1", "z", "1", "work_day")]
    assert edition_faults(whole) == []


def stricter(offices: Offices, *, at: datetime, now: datetime) -> int:
    draft = standards.begin_draft(offices.leader, scheme_code=GB_SCHEME, note="扬尘从严", now=now)
    line = StandardLine(DUST, "工地扬尘：未采取降尘措施", "1", "urgent_hour", "降尘设施开启，路面湿润")
    standards.set_line(offices.leader, edition_id=draft, line=line)
    return standards.publish(offices.leader, edition_id=draft, effective_from=at, now=now)


def handling_limit(number: str, *, now: datetime) -> str:
    clock = next(task for task in shown(number, now=now).tasks if task.node == "handle").clock
    assert clock is not None
    return f"{clock.amount} {clock.unit.value}"


def test_running_case_keeps_the_edition_it_began_with(offices: Offices, now: datetime) -> None:
    before = make_city_case(offices, now=now)
    assert stricter(offices, at=now + DAY, now=now) == 2
    later = now + DAY + timedelta(hours=1)
    after = make_city_case(offices, now=later)
    to_handling(offices, before, now=later)
    to_handling(offices, after, now=later)
    assert handling_limit(after, now=later) == "1 urgent_hour"
    assert handling_limit(before, now=later) != "1 urgent_hour"


def test_closing_condition_follows_the_edition_of_the_opening(offices: Offices, now: datetime) -> None:
    stricter(offices, at=now + DAY, now=now)
    assert closing_condition(DUST, scheme_code=GB_SCHEME, opened_at=now) == GENERAL_CLOSING
    assert closing_condition(DUST, scheme_code=GB_SCHEME, opened_at=now + DAY) == "降尘设施开启，路面湿润"
    assert closing_condition("", scheme_code=GB_SCHEME, opened_at=now) == ""


def test_draft_is_a_copy_of_the_newest_edition(offices: Offices, now: datetime) -> None:
    stricter(offices, at=now + DAY, now=now)
    draft = standards.begin_draft(offices.leader, scheme_code=GB_SCHEME, note="", now=now)
    assert StandardClass.objects.get(standard_id=draft, code=DUST).limit == "1"


def test_older_scheme_gets_conditions_of_its_own(offices: Offices, now: datetime) -> None:
    draft = standards.begin_draft(offices.leader, scheme_code=CJT_SCHEME, note="", now=now)
    line = StandardLine("C0101-1", "上水井盖：缺失", "2", "urgent_hour")
    standards.set_line(offices.leader, edition_id=draft, line=line)
    standards.publish(offices.leader, edition_id=draft, effective_from=now, now=now)
    known = classes_at(CJT_SCHEME, at=now)
    assert known["C0101-1"].info.parent_code == "C0101"
    assert known["C0101-1"].limits["handle"].unit.value == "urgent_hour"
    assert "C0101-1" in classes_at(GB_SCHEME, at=now)  # of its own table, untouched


def test_scheme_without_conditions_is_refused_at_publishing(offices: Offices, now: datetime) -> None:
    draft = standards.begin_draft(offices.leader, scheme_code=CJT_SCHEME, note="", now=now)
    with pytest.raises(standards.StandardRefused):
        standards.publish(offices.leader, edition_id=draft, effective_from=now, now=now)


def test_scheme_has_one_draft_at_a_time(offices: Offices, now: datetime) -> None:
    draft = standards.begin_draft(offices.leader, scheme_code=GB_SCHEME, note="", now=now)
    with pytest.raises(standards.DraftExists):
        standards.begin_draft(offices.leader, scheme_code=GB_SCHEME, note="", now=now)
    standards.drop_draft(offices.leader, edition_id=draft)
    assert standards.begin_draft(offices.leader, scheme_code=GB_SCHEME, note="", now=now)


def test_edition_holds_neither_from_the_past_nor_before_another(offices: Offices, now: datetime) -> None:
    draft = standards.begin_draft(offices.leader, scheme_code=GB_SCHEME, note="", now=now)
    with pytest.raises(Invalid):
        standards.publish(offices.leader, edition_id=draft, effective_from=now - DAY, now=now)
    standards.publish(offices.leader, edition_id=draft, effective_from=now + DAY, now=now)
    second = standards.begin_draft(offices.leader, scheme_code=GB_SCHEME, note="", now=now)
    with pytest.raises(Invalid):
        standards.publish(offices.leader, edition_id=second, effective_from=now + DAY, now=now)


def test_published_edition_is_altered_neither_by_services_nor_in_the_database(offices: Offices, now: datetime) -> None:
    stricter(offices, at=now, now=now)
    row = StandardEdition.objects.get()
    with pytest.raises(standards.StandardIsPublished):
        standards.set_line(offices.leader, edition_id=row.id, line=StandardLine(DUST, "x", "1", "work_day"))
    with pytest.raises(standards.StandardIsPublished):
        standards.drop_draft(offices.leader, edition_id=row.id)
    for statement in (
        "UPDATE urban_management_standardclass SET name = 'x'",
        "DELETE FROM urban_management_standardclass",
        "UPDATE urban_management_standardedition SET note = 'x'",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_removing_a_class_takes_its_conditions_along(offices: Offices, now: datetime) -> None:
    draft = standards.begin_draft(offices.leader, scheme_code=GB_SCHEME, note="", now=now)
    standards.remove_line(offices.leader, edition_id=draft, code="E0304")
    assert not StandardClass.objects.filter(standard_id=draft, code__startswith="E0304").exists()
    with pytest.raises(NotFound):
        standards.remove_line(offices.leader, edition_id=draft, code="E0304")
    with pytest.raises(NotFound):
        standards.remove_line(offices.leader, edition_id=draft, code="")
    with pytest.raises(NotFound):
        standards.remove_line(offices.leader, edition_id=draft + 1, code="E0304")


def test_only_who_configures_touches_the_standard(offices: Offices, now: datetime) -> None:
    with pytest.raises(NotPermitted):
        standards.begin_draft(offices.acceptor, scheme_code=GB_SCHEME, note="", now=now)
    with pytest.raises(Invalid):
        standards.begin_draft(offices.leader, scheme_code="x", note="", now=now)


def test_editions_are_listed_with_their_state_and_audited(offices: Offices, now: datetime) -> None:
    stricter(offices, at=now, now=now)
    second = standards.begin_draft(SYSTEM, scheme_code=GB_SCHEME, note="", now=now)
    standards.publish(SYSTEM, edition_id=second, effective_from=now + DAY, now=now)
    standards.begin_draft(SYSTEM, scheme_code=GB_SCHEME, note="", now=now)
    assert [item.state for item in editions(now=now)] == ["draft", "ahead", "in_force"]
    assert [item.state for item in editions(now=now + DAY)] == ["draft", "in_force", "past"]
    assert times_audited("urban_management.publish_standard") == 2
