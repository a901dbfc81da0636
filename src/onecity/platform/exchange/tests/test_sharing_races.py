"""Two at once: approvals, the same request twice, queries against the daily limit; receipts chained by two sealers."""

import threading
from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import connection

from onecity.kernel.errors import OneCityError
from onecity.platform.exchange.contracts.sharing import Question
from onecity.platform.exchange.models import GrantDay, SharingGrant, SharingRequest, UseReceipt, UseSeal
from onecity.platform.exchange.services.sharing.ending import end_due_grants, withdraw_grant
from onecity.platform.exchange.services.sharing.querying import query_subjects
from onecity.platform.exchange.services.sharing.sealing import seal_receipts, verify_receipts
from onecity.platform.exchange.tests.sharing_factories import (
    LI,
    WANG,
    ZHANG,
    ask,
    make_copy,
    make_dataset,
    make_departments,
    make_grant,
    step,
)

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*deeds: Callable[[], object]) -> list[str]:
    """Do all at the same moment; return what became of each, in alphabetical order."""
    gate, results = threading.Barrier(len(deeds)), []

    def do(deed: Callable[[], object]) -> None:
        gate.wait()
        try:
            deed()
            results.append("done")
        except OneCityError as refusal:
            results.append(type(refusal).__name__)
        connection.close()

    threads = [threading.Thread(target=do, args=(deed,)) for deed in deeds]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(results)


@pytest.fixture(autouse=True)
def _copies_go_with_their_test() -> "object":
    yield
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA IF EXISTS onecity_copies CASCADE")


def test_two_approvals_at_once_give_one_grant(now: datetime) -> None:
    departments = make_departments()
    code = make_dataset(departments.provider)
    make_copy(code)
    number = ask(code, departments, now=now).case_number
    step(departments.officer, number, "accept", now=now)
    step(departments.officer, number, "agree", now=now)

    def grant() -> object:
        return step(departments.leader, number, "grant", now=now)

    assert sorted(set(at_once(grant, grant)) & {"done"}) == ["done"]
    assert SharingGrant.objects.count() == 1


def test_same_request_twice_at_once_is_one(now: datetime) -> None:
    departments = make_departments()
    code = make_dataset(departments.provider)

    def request() -> object:
        return ask(code, departments, now=now)

    assert at_once(request, request) == ["AskedAlready", "done"]
    assert SharingRequest.objects.count() == 1


def test_queries_at_once_do_not_pass_the_daily_limit(now: datetime) -> None:
    departments = make_departments()
    grant = make_grant(departments, now=now, queries_per_day=2)

    def query(who: str) -> Callable[[], object]:
        return lambda: query_subjects(
            departments.clerk, grant_code=grant.code, questions=[Question(who)], reason="核对低保", now=now
        )

    assert at_once(query(ZHANG), query(LI), query(WANG)) == ["DailyLimitReached", "done", "done"]
    assert GrantDay.objects.get().queries == 2
    assert sorted(UseReceipt.objects.values_list("result", flat=True)) in (
        ["given", "given", "refused"],
        ["given", "nothing", "refused"],
    )


def test_two_sealers_link_every_receipt_once(now: datetime) -> None:
    departments = make_departments()
    grant = make_grant(departments, now=now)
    questions = [Question(who) for who in (ZHANG, LI, WANG)]
    for _ in range(3):
        query_subjects(departments.clerk, grant_code=grant.code, questions=questions, reason="核对低保", now=now)
    assert at_once(seal_receipts, seal_receipts) == ["done", "done"]
    seal_receipts()
    assert UseSeal.objects.count() == UseReceipt.objects.count() == 9
    assert verify_receipts().sound


def test_grant_withdrawn_and_expired_at_once_ends_once(now: datetime) -> None:
    departments = make_departments()
    grant = make_grant(departments, now=now)
    SharingGrant.objects.filter(id=grant.id).update(ends_date="2026-01-01", starts_date="2026-01-01")
    at_once(
        lambda: withdraw_grant(departments.officer, code=grant.code, reason="职责调整", now=now),
        lambda: end_due_grants(now=now),
    )
    assert SharingGrant.objects.get().state in {"withdrawn", "expired"}
