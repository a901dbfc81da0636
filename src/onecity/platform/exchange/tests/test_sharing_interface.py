"""The programming interface of sharing: programs of the consumer ask, fetch, acknowledge, look receipts up."""

from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

import pytest
from django.test import Client

from onecity.kernel import clock
from onecity.kernel.clock import city_date
from onecity.platform.exchange.models import SharingGrant, UseReceipt
from onecity.platform.exchange.permissions import QUERY_SHARED, REQUEST_DATA, VIEW_USES
from onecity.platform.exchange.services.sharing.sealing import seal_receipts
from onecity.platform.exchange.services.sharing.subscribing import NewSubscription, subscribe
from onecity.platform.exchange.tests.sharing_factories import (
    LI,
    WANG,
    ZHANG,
    Departments,
    make_departments,
    make_grant,
)
from onecity.platform.identity.tests.factories import Organisation, make_program

pytestmark = pytest.mark.django_db


@pytest.fixture
def departments() -> Departments:
    return make_departments()


@pytest.fixture
def today() -> datetime:
    return clock.city_now()


def program_of(organisation: Organisation, *, everywhere: bool = False) -> Client:
    """Return a program of an organisation that holds every right of a consumer."""
    rights = (QUERY_SHARED, REQUEST_DATA, VIEW_USES)
    token = make_program("社会救助系统", *rights, organisation=organisation, everywhere=everywhere)
    return Client(headers={"Authorization": f"Bearer {token}"})


def grant_now(departments: Departments, today: datetime, **facts: object) -> SharingGrant:
    day = city_date(today)
    return make_grant(departments, now=today, starts=day, ends=day + timedelta(days=9), **facts)


def post(client: Client, path: str, *, status: int = 200, **given: object) -> Any:
    response = client.post(f"/api/exchange{path}", given, content_type="application/json")
    assert response.status_code == status, response.content
    return response.json()


def test_program_asks_about_one_person(departments: Departments, today: datetime) -> None:
    grant = grant_now(departments, today)
    program = program_of(departments.consumer)
    answer = post(
        program, f"/grants/{grant.code}/query", identifier=LI, reason="核对低保申请", operator="孙八", consent="授权1"
    )
    assert answer["rows"] == [{"id_number": "110105********0046", "name": "李*", "plate": "吉A20001"}]
    receipt = UseReceipt.objects.get(id=answer["receipt"])
    assert (receipt.operator, receipt.consent, receipt.actor_name) == ("孙八", "授权1", "社会救助系统")


def test_program_asks_about_many(departments: Departments, today: datetime) -> None:
    grant = grant_now(departments, today)
    questions = [{"identifier": ZHANG}, {"identifier": WANG, "consent": "授权2"}]
    answer = post(
        program_of(departments.consumer), f"/grants/{grant.code}/queries", questions=questions, reason="年度复核"
    )
    assert [len(one["rows"]) for one in answer["answers"]] == [2, 0]


def test_other_departments_program_is_told_of_nothing(departments: Departments, today: datetime) -> None:
    grant = grant_now(departments, today)
    problem = post(
        program_of(departments.provider),
        f"/grants/{grant.code}/query",
        identifier=LI,
        reason="核对低保申请",
        status=HTTPStatus.NOT_FOUND,
    )
    assert problem["code"] == "exchange.no_such_grant"


def test_faulty_identifier_is_a_problem_that_does_not_repeat_it(departments: Departments, today: datetime) -> None:
    grant = grant_now(departments, today)
    problem = post(
        program_of(departments.consumer),
        f"/grants/{grant.code}/query",
        identifier=ZHANG[:-1] + "1",
        reason="核对低保申请",
        status=HTTPStatus.UNPROCESSABLE_ENTITY,
    )
    assert problem["code"] == "exchange.bad_identifier"
    assert ZHANG[:-1] not in str(problem)


def test_nothing_is_asked_by_an_address(departments: Departments, today: datetime) -> None:
    grant = grant_now(departments, today)
    answer = program_of(departments.consumer).get(f"/api/exchange/grants/{grant.code}/query")
    assert answer.status_code == HTTPStatus.METHOD_NOT_ALLOWED


def test_answers_are_not_kept_under_an_idempotency_key(departments: Departments, today: datetime) -> None:
    grant = grant_now(departments, today)
    answer = program_of(departments.consumer).post(
        f"/api/exchange/grants/{grant.code}/query",
        {"identifier": LI, "reason": "核对低保申请"},
        content_type="application/json",
        headers={"Idempotency-Key": "k1"},
    )
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert not UseReceipt.objects.exists()


def test_blocks_are_fetched_and_acknowledged(departments: Departments, today: datetime) -> None:
    grant = grant_now(departments, today, form="pull")
    code = subscribe(departments.asker, new=NewSubscription(grant.code), now=today)
    program = program_of(departments.consumer)
    block = post(program, f"/subscriptions/{code}/next", most=2)
    assert (block["block"], len(block["rows"]), block["last"]) == (1, 2, False)
    given = {"block": 1, "checksum": block["checksum"], "reason": "每日入库"}
    first = post(program, f"/subscriptions/{code}/acknowledge", **given)
    assert post(program, f"/subscriptions/{code}/acknowledge", **given) == first
    assert UseReceipt.objects.get().reason == "每日入库"
    post(program_of(departments.provider), f"/subscriptions/{code}/next", status=HTTPStatus.NOT_FOUND)


def test_receipt_is_read_by_both_sides(departments: Departments, today: datetime) -> None:
    grant = grant_now(departments, today)
    program = program_of(departments.consumer)
    number = post(program, f"/grants/{grant.code}/query", identifier=LI, reason="核对低保申请")["receipt"]
    seal_receipts()
    for organisation in (departments.consumer, departments.provider):
        found = program_of(organisation).get(f"/api/exchange/receipts/{number}").json()
        assert (found["subject"], found["number"], found["result"]) == ("110105********0046", 1, "given")
    assert len(found["digest"]) == 64


def test_auditing_program_is_told_who_used_a_persons_data(departments: Departments, today: datetime) -> None:
    grant = grant_now(departments, today)
    post(program_of(departments.consumer), f"/grants/{grant.code}/query", identifier=LI, reason="核对低保申请")
    given: dict[str, Any] = {"identifier": LI, "reason": "当事人来访查询"}
    uses = post(program_of(departments.consumer, everywhere=True), "/uses", **given)
    assert [(one["consumer"], one["reason"]) for one in uses] == [("民政局", "核对低保申请")]
    post(program_of(departments.consumer), "/uses", status=HTTPStatus.FORBIDDEN, **given)


def test_stranger_without_a_token_is_refused(departments: Departments, today: datetime) -> None:
    grant = grant_now(departments, today)
    post(Client(), f"/grants/{grant.code}/query", identifier=LI, reason="核对", status=HTTPStatus.UNAUTHORIZED)
