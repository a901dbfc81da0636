"""Asking about people under a grant: fields, rows, masks, limits, receipts."""

from datetime import datetime, timedelta

import pytest

from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotFound
from onecity.platform.exchange.contracts.blocks import Comparison
from onecity.platform.exchange.contracts.sharing import Question
from onecity.platform.exchange.models import DatasetSupply, GrantDay, SharingGrant, SharingParameter, UseReceipt
from onecity.platform.exchange.selectors.sharing.limits import GrantNotInForce, NotSupplied
from onecity.platform.exchange.services.sharing import querying
from onecity.platform.exchange.services.sharing.ending import resume_grant, suspend_grant, withdraw_grant
from onecity.platform.exchange.services.sharing.metering import DailyLimitReached, TooFast
from onecity.platform.exchange.services.sharing.querying import (
    BadIdentifier,
    NoConsent,
    NotForQueries,
    ReasonTooShort,
    TooManyQuestions,
    query_subject,
    query_subjects,
)
from onecity.platform.exchange.services.sharing.sources import NoConnection
from onecity.platform.exchange.tests.sharing_factories import (
    LI,
    TODAY,
    WANG,
    ZHANG,
    Departments,
    ask,
    make_dataset,
    make_departments,
    make_grant,
)
from onecity.platform.identity.tests.factories import times_audited

pytestmark = pytest.mark.django_db
WHY = "核对低保申请"


@pytest.fixture
def departments() -> Departments:
    return make_departments()


def plates(actor: Actor, grant: SharingGrant, who: str, *, now: datetime) -> list[object]:
    answer = query_subject(actor, grant_code=grant.code, identifier=who, reason=WHY, now=now)
    return [row["plate"] for row in answer.rows] if answer else []


def test_answer_holds_granted_fields_under_their_masks_and_nothing_else(
    departments: Departments, now: datetime
) -> None:
    grant = make_grant(departments, now=now)
    answer = query_subject(departments.clerk, grant_code=grant.code, identifier=LI, reason=WHY, now=now)
    assert answer is not None
    assert answer.rows == ({"id_number": "110105********0046", "name": "李*", "plate": "吉A20001"},)


def test_field_asked_for_in_clear_is_given_in_clear(departments: Departments, now: datetime) -> None:
    grant = make_grant(departments, now=now, clear_fields=("name",))
    answer = query_subject(departments.clerk, grant_code=grant.code, identifier=LI, reason=WHY, now=now)
    assert answer is not None
    assert answer.rows[0]["name"] == "李四"


def test_rows_outside_the_grants_condition_are_not_given(departments: Departments, now: datetime) -> None:
    rows = (Comparison("district", "prefix", ("220102",)),)
    grant = make_grant(departments, now=now, conditions=rows)
    assert plates(departments.clerk, grant, ZHANG, now=now) == ["吉A10001"]


@pytest.mark.parametrize(
    ("condition", "given"),
    [
        (Comparison("district", "in", ("220103", "220104")), ["吉A10002"]),
        (Comparison("district", "<>", ("220102",)), ["吉A10002"]),
        (Comparison("district", ">", ("220102",)), ["吉A10002"]),
        (Comparison("district", "is_null"), []),
        (Comparison("district", "not_null"), ["吉A10001", "吉A10002"]),
        (Comparison("district", "=", ("220102' OR '1'='1",)), []),
    ],
)
def test_every_kind_of_condition_holds(
    departments: Departments, now: datetime, condition: Comparison, given: list[str]
) -> None:
    grant = make_grant(departments, now=now, conditions=(condition,))
    assert sorted(map(str, plates(departments.clerk, grant, ZHANG, now=now))) == given


def test_unknown_person_gives_nothing_and_leaves_a_receipt(departments: Departments, now: datetime) -> None:
    grant = make_grant(departments, now=now)
    assert query_subject(departments.clerk, grant_code=grant.code, identifier=WANG, reason=WHY, now=now) is None
    receipt = UseReceipt.objects.get()
    assert (receipt.result, receipt.rows, receipt.checksum) == ("nothing", 0, "")


def test_receipt_says_who_when_why_of_whom_and_what(departments: Departments, now: datetime) -> None:
    grant = make_grant(departments, now=now)
    answer = query_subject(
        departments.clerk,
        grant_code=grant.code,
        identifier=ZHANG,
        reason=WHY,
        now=now,
        consent="授权2026-1",
        operator="孙八",
    )
    assert answer is not None
    receipt = UseReceipt.objects.get(id=answer.receipt_id)
    assert (receipt.kind, receipt.result, receipt.rows, receipt.at) == ("query", "given", 2, now)
    assert (receipt.actor, receipt.operator, receipt.reason) == (departments.clerk.key, "孙八", WHY)
    assert (receipt.provider_id, receipt.organisation_id) == (departments.provider.id, departments.consumer.id)
    assert (receipt.subject_masked, receipt.consent) == ("110105********002X", "授权2026-1")
    assert receipt.fields == ["id_number", "name", "plate"]
    assert len(receipt.checksum) == len(receipt.subject_hash) == 64
    assert ZHANG not in str(receipt.__dict__)
    assert times_audited("exchange.query_subjects", target=f"exchange.sharinggrant:{grant.id}") == 1


def test_many_are_asked_at_once_with_one_receipt_each(departments: Departments, now: datetime) -> None:
    grant = make_grant(departments, now=now)
    questions = [Question(ZHANG), Question(WANG), Question(LI), Question(ZHANG)]
    answers = query_subjects(departments.clerk, grant_code=grant.code, questions=questions, reason=WHY, now=now)
    assert {who: len(answer.rows) for who, answer in answers.items()} == {ZHANG: 2, WANG: 0, LI: 1}
    assert UseReceipt.objects.count() == 3
    assert len({answer.receipt_id for answer in answers.values()}) == 3
    assert GrantDay.objects.get(grant=grant).queries == 3


def test_batches_of_a_long_list_lose_nobody(
    departments: Departments, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(querying, "ASKED_AT_ONCE", 1)
    grant = make_grant(departments, now=now)
    questions = [Question(ZHANG), Question(LI)]
    answers = query_subjects(departments.clerk, grant_code=grant.code, questions=questions, reason=WHY, now=now)
    assert [len(answer.rows) for answer in answers.values()] == [2, 1]


@pytest.mark.parametrize("who", ["officer", "stranger", "asker", "administration"])
def test_only_the_consumers_clerks_may_query(departments: Departments, now: datetime, who: str) -> None:
    grant = make_grant(departments, now=now)
    with pytest.raises(NotFound):
        plates(getattr(departments, who), grant, ZHANG, now=now)
    assert not UseReceipt.objects.exists()


def test_short_reason_is_refused(departments: Departments, now: datetime) -> None:
    grant = make_grant(departments, now=now)
    with pytest.raises(ReasonTooShort):
        query_subject(departments.clerk, grant_code=grant.code, identifier=ZHANG, reason=" 查 ", now=now)


def test_identifier_with_a_wrong_check_digit_is_refused(departments: Departments, now: datetime) -> None:
    grant = make_grant(departments, now=now)
    with pytest.raises(BadIdentifier) as refusal:
        plates(departments.clerk, grant, ZHANG[:-1] + "2", now=now)
    assert ZHANG[:-1] not in str(refusal.value)


def test_identifier_is_read_in_any_writing(departments: Departments, now: datetime) -> None:
    grant = make_grant(departments, now=now)
    assert len(plates(departments.clerk, grant, f" {LI} ", now=now)) == 1


def test_no_question_and_too_many_are_refused(departments: Departments, now: datetime) -> None:
    grant = make_grant(departments, now=now)
    for questions in ([], [Question(ZHANG)] * 5_001):
        with pytest.raises(TooManyQuestions):
            query_subjects(departments.clerk, grant_code=grant.code, questions=questions, reason=WHY, now=now)


def test_grant_that_needs_consent_gives_nothing_without(departments: Departments, now: datetime) -> None:
    grant = make_grant(departments, now=now, needs_consent=True)
    with pytest.raises(NoConsent):
        plates(departments.clerk, grant, ZHANG, now=now)
    answer = query_subject(
        departments.clerk, grant_code=grant.code, identifier=ZHANG, reason=WHY, now=now, consent="授权2026-1"
    )
    assert answer is not None


def test_grant_for_deliveries_answers_no_queries(departments: Departments, now: datetime) -> None:
    grant = make_grant(departments, now=now, form="pull")
    with pytest.raises(NotForQueries):
        plates(departments.clerk, grant, ZHANG, now=now)


def test_dataset_without_subject_answers_no_queries(departments: Departments, now: datetime) -> None:
    code = make_dataset(departments.provider, sharing="unconditional")
    asked = ask(code, departments, now=now)
    with pytest.raises(NotSupplied):
        query_subject(departments.clerk, grant_code=asked.grant_code, identifier=ZHANG, reason=WHY, now=now)


def test_withdrawn_grant_refuses_and_leaves_a_receipt(departments: Departments, now: datetime) -> None:
    grant = make_grant(departments, now=now)
    withdraw_grant(departments.officer, code=grant.code, reason="职责调整", now=now)
    with pytest.raises(GrantNotInForce, match="撤销"):
        plates(departments.clerk, grant, ZHANG, now=now)
    assert UseReceipt.objects.get().result == "refused"
    assert GrantDay.objects.get(grant=grant).refused == 1


def test_grant_withdrawn_while_the_source_is_read_gives_nothing(
    departments: Departments, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    grant = make_grant(departments, now=now)
    read = querying._read

    def slow(call: querying._Call) -> object:
        found = read(call)
        withdraw_grant(departments.officer, code=grant.code, reason="职责调整", now=now)
        return found

    monkeypatch.setattr(querying, "_read", slow)
    with pytest.raises(GrantNotInForce):
        plates(departments.clerk, grant, ZHANG, now=now)
    assert [row.result for row in UseReceipt.objects.all()] == ["refused"]


def test_suspended_grant_refuses_until_it_is_resumed(departments: Departments, now: datetime) -> None:
    grant = make_grant(departments, now=now)
    suspend_grant(departments.officer, code=grant.code, reason="安全检查", now=now)
    with pytest.raises(GrantNotInForce, match="暂停"):
        plates(departments.clerk, grant, ZHANG, now=now)
    resume_grant(departments.officer, code=grant.code, reason="检查完毕", now=now)
    assert plates(departments.clerk, grant, LI, now=now) == ["吉A20001"]


def test_grant_gives_on_its_first_and_last_day_only(departments: Departments, now: datetime) -> None:
    starts, ends = TODAY + timedelta(days=1), TODAY + timedelta(days=3)
    grant = make_grant(departments, now=now, starts=starts, ends=ends)
    given = []
    for days in range(5):
        try:
            given.append(bool(plates(departments.clerk, grant, LI, now=now + timedelta(days=days))))
        except GrantNotInForce:
            given.append(False)
    assert given == [False, True, True, True, False]


def test_daily_limit_counts_subjects(departments: Departments, now: datetime) -> None:
    grant = make_grant(departments, now=now, queries_per_day=2)
    query_subjects(
        departments.clerk, grant_code=grant.code, questions=[Question(ZHANG), Question(LI)], reason=WHY, now=now
    )
    with pytest.raises(DailyLimitReached):
        plates(departments.clerk, grant, LI, now=now)
    assert GrantDay.objects.get(grant=grant).queries == 2
    assert plates(departments.clerk, grant, LI, now=now + timedelta(days=1)) == ["吉A20001"]


def test_calls_of_a_minute_are_limited(departments: Departments, now: datetime) -> None:
    SharingParameter.objects.create(code="calls_per_minute", value=2, valid_from=TODAY, basis="测试")
    grant = make_grant(departments, now=now)
    for _ in range(2):
        plates(departments.clerk, grant, LI, now=now)
    with pytest.raises(TooFast):
        plates(departments.clerk, grant, LI, now=now)
    assert plates(departments.clerk, grant, LI, now=now + timedelta(minutes=1)) == ["吉A20001"]


def test_source_that_does_not_filter_gives_nobody_elses_rows(
    departments: Departments, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    grant = make_grant(departments, now=now)

    class Careless:
        def all_of(self, wanted: object) -> object:
            return iter(
                [{"sfzh": LI, "name": "李四", "plate": "吉A20001"}, {"sfzh": ZHANG, "name": "张三", "plate": "吉A1"}]
            )

    monkeypatch.setattr(querying, "source_of", lambda *_, **__: Careless())
    answer = query_subject(departments.clerk, grant_code=grant.code, identifier=LI, reason=WHY, now=now)
    assert answer is not None
    assert [row["plate"] for row in answer.rows] == ["吉A20001"]


def test_source_that_is_away_leaves_a_receipt_and_no_answer(departments: Departments, now: datetime) -> None:
    grant = make_grant(departments, now=now)
    DatasetSupply.objects.filter(dataset_code=grant.dataset_code).update(
        kind="connection", connection_code="gone", table="cars"
    )
    with pytest.raises(NoConnection):
        plates(departments.clerk, grant, LI, now=now)
    assert [row.result for row in UseReceipt.objects.all()] == ["failed"]
