"""From the request to the signed report: consents, receipts, contradictions, silence of departments."""

from datetime import date, datetime, timedelta

import pytest

from onecity.domains.welfare.models import AskedSubject, DepartmentSource, Report, SigningKey, Verification
from onecity.domains.welfare.rules.codes import Department, Marital, Relation
from onecity.domains.welfare.rules.readings import READINGS
from onecity.domains.welfare.services.consenting import withdraw_consent
from onecity.domains.welfare.services.reporting import NotAnswered, conclude
from onecity.domains.welfare.services.sealing import REPORT
from onecity.domains.welfare.services.signing import check
from onecity.domains.welfare.services.verifying import AlreadyVerifying, ask_departments, request_verification
from onecity.domains.welfare.tests.factories import (
    Offices,
    Quiet,
    Tables,
    case_of,
    consent,
    end_of,
    end_task,
    make_application,
    make_submitted,
    new_member,
    waiting,
)
from onecity.kernel.errors import NotFound, NotPermitted
from onecity.platform.cases.api import case
from onecity.platform.identity.api import open_text, seal_personal
from onecity.platform.identity.tests.factories import make_actor, make_organisation, times_audited

pytestmark = pytest.mark.django_db
APPLY = Verification.Purpose.APPLICATION


def run(offices: Offices, row: object, tables: Tables, *, now: datetime) -> Verification:
    """Ask and, where everybody answered, conclude."""
    made = request_verification(offices.checker, application_id=row.id, purpose=APPLY, now=now)  # type: ignore[attr-defined]  # an application
    return finish(offices, made, tables, now=now)


def finish(offices: Offices, made: Verification, tables: Tables, *, now: datetime) -> Verification:
    ask_departments(offices.checker, verification_id=made.id, asker=tables, progress=Quiet(), now=now)
    made.refresh_from_db()
    if made.state != "failed":
        conclude(offices.checker, verification_id=made.id, now=now)
        made.refresh_from_db()
    return made


def to_verify(offices: Offices, *others: object, now: datetime, **facts: object) -> object:
    row = make_submitted(offices, *others, now=now, **facts)  # type: ignore[arg-type]  # test data
    end_task(row, offices.clerk, "accept", now=now)
    return row


def test_every_department_is_asked_for_each_person_with_its_consent(
    offices: Offices, tables: Tables, now: datetime
) -> None:
    child = new_member(relation=Relation.CHILD, born=date(2015, 1, 1))
    row = to_verify(offices, child, now=now)
    made = run(offices, row, tables, now=now)
    assert len(tables.asked) == 2 * len(READINGS)
    assert {item[2] for item in tables.asked} == {row.members.get(position=1).authorisations.get().code}  # type: ignore[attr-defined]
    asked = AskedSubject.objects.filter(query__verification=made)
    assert asked.count() == 2 * len(READINGS)
    kept = asked.first()
    assert kept is not None
    assert (kept.operator, kept.purpose, kept.at) == (offices.checker.key, f"最低生活保障申请核对 {made.number}", now)
    assert kept.receipt.startswith("R")
    assert times_audited("welfare.ask_department", target=f"welfare.verification:{made.id}") == len(READINGS)


def test_department_that_no_consent_covers_is_not_asked(offices: Offices, tables: Tables, now: datetime) -> None:
    row = make_application(offices, now=now)
    consent(offices, row.members.get(), now=now, departments=(Department.TAX,))
    made = run(offices, row, tables, now=now)
    assert {item[0] for item in tables.asked} == {"income_tax"}
    states = dict(made.queries.values_list("source_code", "state"))
    assert states.pop("income_tax") == "answered"
    assert set(states.values()) == {"not_covered"}


def test_without_any_consent_nobody_is_asked(offices: Offices, tables: Tables, now: datetime) -> None:
    row = make_application(offices, now=now)
    made = run(offices, row, tables, now=now)
    assert tables.asked == []
    assert set(made.queries.values_list("state", flat=True)) == {"not_covered"}


def test_expired_consent_and_one_not_yet_in_force_cover_nothing(
    offices: Offices, tables: Tables, now: datetime
) -> None:
    row = make_application(offices, now=now)
    consent(offices, row.members.get(), now=now - timedelta(days=20), days=19)
    consent(offices, row.members.get(), now=now + timedelta(days=1))
    run(offices, row, tables, now=now)
    assert tables.asked == []


def test_withdrawn_consent_stops_the_next_question_at_once(offices: Offices, tables: Tables, now: datetime) -> None:
    row = make_application(offices, now=now)
    kept = consent(offices, row.members.get(), now=now)

    class Withdrawing(Quiet):
        def step(self, done: int, *, total: int = 0, note: str = "") -> None:
            if done == 3:
                withdraw_consent(offices.clerk, code=kept.code, reason="反悔", now=now)

    made = request_verification(offices.checker, application_id=row.id, purpose=APPLY, now=now)
    ask_departments(offices.checker, verification_id=made.id, asker=tables, progress=Withdrawing(), now=now)
    assert len(tables.asked) == 3


def test_spouse_who_did_not_sign_is_not_asked_about(offices: Offices, tables: Tables, now: datetime) -> None:
    spouse = new_member(relation=Relation.SPOUSE)
    row = make_application(offices, spouse, now=now)
    consent(offices, row.members.get(position=1), now=now)
    run(offices, row, tables, now=now)
    assert spouse.identifier not in {item[1] for item in tables.asked}


def test_report_is_signed_and_one_altered_letter_is_seen(offices: Offices, tables: Tables, now: datetime) -> None:
    row = to_verify(offices, now=now)
    made = run(offices, row, tables, now=now)
    report = Report.objects.get(verification=made)
    sound = check(report, on=now.date())
    assert (sound.genuine, sound.in_force, sound.number) == (True, True, report.number)
    assert report.valid_to == now.date() + timedelta(days=180)
    assert not check(report, on=report.valid_to + timedelta(days=1)).in_force
    text = open_text(bytes(report.body_sealed), context=REPORT)
    assert "220104" not in text.replace(row.members.get().identifier_masked, "")  # type: ignore[attr-defined]
    report.body_sealed = seal_personal(text.replace("true", "false"), context=REPORT, masked="").sealed
    assert not check(report, on=now.date()).genuine
    assert SigningKey.objects.count() == 1


def test_report_ends_the_cases_task_and_is_made_once(offices: Offices, tables: Tables, now: datetime) -> None:
    row = to_verify(offices, now=now)
    made = run(offices, row, tables, now=now)
    assert waiting(row, now=now) == ["opinion"]  # type: ignore[arg-type]
    again = conclude(offices.checker, verification_id=made.id, now=now)
    assert again.number == made.report.number
    assert (
        ask_departments(offices.checker, verification_id=made.id, asker=tables, progress=Quiet(), now=now).state
        == "reported"
    )


def test_silent_department_holds_the_report_back_and_is_asked_again_alone(
    offices: Offices, tables: Tables, now: datetime
) -> None:
    row = to_verify(offices, now=now)
    tables.away = {"income_tax"}
    made = run(offices, row, tables, now=now)
    assert made.state == "failed"
    with pytest.raises(NotAnswered):
        conclude(offices.checker, verification_id=made.id, now=now)
    tables.away, tables.asked = set(), []
    assert finish(offices, made, tables, now=now).state == "reported"
    assert {item[0] for item in tables.asked} == {"income_tax"}


def test_source_that_was_switched_off_meanwhile_is_not_asked(offices: Offices, tables: Tables, now: datetime) -> None:
    row = to_verify(offices, now=now)
    made = request_verification(offices.checker, application_id=row.id, purpose=APPLY, now=now)  # type: ignore[attr-defined]
    DepartmentSource.objects.filter(code="income_tax").update(is_active=False)
    finish(offices, made, tables, now=now)
    assert "income_tax" not in {item[0] for item in tables.asked}


def test_contradiction_opens_a_case_and_the_application_waits_for_it(
    offices: Offices, tables: Tables, now: datetime
) -> None:
    applicant = new_member(marital=Marital.DIVORCED)
    row = to_verify(offices, now=now, applicant=applicant)
    tables.knows("marriages", applicant.identifier, status="20", registered_date="2010-01-01", spouse_identifier="X")
    tables.knows("vehicles", applicant.identifier, plate="吉A12345", value_yuan="60000", use="private")
    made = run(offices, row, tables, now=now)
    assert made.contradictions == 3  # married, spouse missing, car
    assert sorted(made.findings.filter(weight="contradiction").values_list("code", flat=True)) == [
        "marital",
        "spouse_missing",
        "vehicle_hidden",
    ]
    assert waiting(row, now=now) == ["clarify"]  # type: ignore[arg-type]
    assert made.question_case is not None
    assert case(offices.clerk, made.question_case.number, now=now).data == [("矛盾数", "3")]


@pytest.mark.parametrize(("outcome", "node"), [("keep", "opinion"), ("recheck", "verify")])
def test_conclusion_of_the_contradictions_lets_the_application_go_on(
    offices: Offices, tables: Tables, now: datetime, outcome: str, node: str
) -> None:
    applicant = new_member(marital=Marital.DIVORCED)
    row = to_verify(offices, now=now, applicant=applicant)
    tables.knows("marriages", applicant.identifier, status="20", registered_date="2010-01-01", spouse_identifier="X")
    made = run(offices, row, tables, now=now)
    assert made.question_case is not None
    number = made.question_case.number
    for actor, step in (
        (offices.clerk, "explained"),
        (offices.clerk, "cleared"),
        (offices.checker, "return"),
        (offices.clerk, "confirmed"),
        (offices.checker, outcome),
    ):
        end_of(case(offices.checker, number, now=now), actor, step, now=now)
    assert case_of(row, now=now).row.status == "open"  # type: ignore[arg-type]
    assert waiting(row, now=now) == [node]  # type: ignore[arg-type]


def test_one_verification_at_a_time_and_only_by_who_may(offices: Offices, now: datetime) -> None:
    row = make_application(offices, now=now)
    request_verification(offices.checker, application_id=row.id, purpose=APPLY, now=now)
    with pytest.raises(AlreadyVerifying):
        request_verification(offices.checker, application_id=row.id, purpose=APPLY, now=now)
    stranger = make_actor("welfare.verify", organisation=make_organisation("外区民政局", division="220105"))
    for actor in (stranger, offices.clerk):
        with pytest.raises(NotPermitted):
            request_verification(actor, application_id=row.id, purpose=APPLY, now=now)
    with pytest.raises(NotFound):
        request_verification(offices.checker, application_id=0, purpose=APPLY, now=now)
    with pytest.raises(NotFound):
        conclude(offices.checker, verification_id=0, now=now)
    with pytest.raises(NotFound):
        ask_departments(offices.checker, verification_id=0, asker=Tables(), progress=Quiet(), now=now)


def test_facts_lie_sealed(offices: Offices, tables: Tables, now: datetime) -> None:
    applicant = new_member()
    row = to_verify(offices, now=now, applicant=applicant)
    tables.knows("real_estate", applicant.identifier, certificate="REST-SECRET", area_m2=50, value_yuan=1)
    made = run(offices, row, tables, now=now)
    stored = b"".join(bytes(item) for item in made.queries.values_list("facts_sealed", flat=True))
    stored += b"".join(bytes(item) for item in made.findings.values_list("body_sealed", flat=True))
    assert b"REST-SECRET" not in stored
    assert made.queries.get(source_code="real_estate").rows == 1
