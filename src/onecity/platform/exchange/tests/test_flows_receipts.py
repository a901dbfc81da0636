"""Receipts: signed, chained, verified; whatever is altered, taken out or put in is found."""

import json

import pytest

from onecity.kernel.ciphers.sm2.keys import new_private_key
from onecity.kernel.ciphers.sm2.signature import sign
from onecity.kernel.errors import NotFound
from onecity.platform.exchange.models import ReceiptHead, Run, RunReceipt, SigningKey
from onecity.platform.exchange.permissions import VIEW_RECEIPTS
from onecity.platform.exchange.selectors.flows.runs import RunQuery, receipt, receipts, shown_receipt
from onecity.platform.exchange.services.flows.receipts import GENESIS, linked
from onecity.platform.exchange.services.flows.verifying import verify_receipt, verify_receipts
from onecity.platform.exchange.tests.departments import Department
from onecity.platform.exchange.tests.factories import ROOT, make_connection, make_flow, run_flow
from onecity.platform.identity.tests.factories import make_actor, make_organisation

pytestmark = pytest.mark.django_db


@pytest.fixture
def three(dept: Department) -> list[RunReceipt]:
    """Three receipts of one flow."""
    flow = make_flow(make_connection(dept), dataset="307/1")
    for _ in range(3):
        run_flow(flow)
    return list(RunReceipt.objects.order_by("number"))


def test_receipts_are_numbered_joined_and_signed(three: list[RunReceipt]) -> None:
    assert [item.number for item in three] == [1, 2, 3]
    assert [item.previous for item in three] == [GENESIS, three[0].digest, three[1].digest]
    assert all(verify_receipt(item).sound for item in three)
    verdict = verify_receipts()
    assert verdict.sound
    assert verdict.receipts == 3
    assert SigningKey.objects.count() == 1


def test_receipt_tells_what_the_run_did(three: list[RunReceipt]) -> None:
    body = json.loads(three[0].body)
    run = Run.objects.get(id=three[0].run_id)
    assert body["counts"]["landed"] == run.landed == 4
    assert body["dataset"] == "307/1"
    assert body["reconciled"] is True
    assert body["source"]["table"] == "dept.people"
    assert body["source_sums"] == run.sums["source"]
    assert "张三" not in three[0].body


def test_private_key_lies_sealed(three: list[RunReceipt]) -> None:
    key = SigningKey.objects.get()
    assert len(bytes.fromhex(key.public)) == 65
    assert len(bytes(key.secret)) > 64


def test_altered_content_is_found(three: list[RunReceipt]) -> None:
    RunReceipt.objects.filter(number=2).update(body=three[1].body.replace('"landed":4', '"landed":9'))
    found = RunReceipt.objects.get(number=2)
    verified = verify_receipt(found)
    assert (verified.digest, verified.signature, verified.joined) == (False, True, True)
    assert verify_receipts().altered == (2,)


def test_content_signed_by_somebody_else_is_found(three: list[RunReceipt]) -> None:
    body = three[2].body.replace('"landed":4', '"landed":9')
    digest = linked(three[2].previous, body)
    forged = sign(new_private_key(), message=bytes.fromhex(digest)).hex()
    RunReceipt.objects.filter(number=3).update(body=body, digest=digest, signature=forged)
    verdict = verify_receipts()
    assert verdict.altered == (3,)
    assert not verdict.head_fits


def test_missing_receipt_is_found(three: list[RunReceipt]) -> None:
    three[1].delete()
    verdict = verify_receipts()
    assert verdict.missing == (2,)
    assert not verify_receipt(RunReceipt.objects.get(number=3)).joined


def test_missing_end_is_found(three: list[RunReceipt]) -> None:
    three[2].delete()
    verdict = verify_receipts()
    assert verdict.missing == (3,)
    assert not verdict.sound


def test_altered_joint_is_found(three: list[RunReceipt]) -> None:
    RunReceipt.objects.filter(number=2).update(previous=GENESIS)
    assert 2 in verify_receipts().altered


def test_no_receipts_are_a_whole_chain_and_progress_is_told(three: list[RunReceipt]) -> None:
    told: list[tuple[int, int]] = []
    verify_receipts(step=lambda done, total: told.append((done, total)))
    assert told == [(1, 3), (2, 3), (3, 3)]
    RunReceipt.objects.all().delete()
    ReceiptHead.objects.all().delete()
    assert verify_receipts().sound


def test_receipts_are_seen_within_the_scope(three: list[RunReceipt]) -> None:

    stranger = make_actor(VIEW_RECEIPTS, organisation=make_organisation("住建局"))
    assert receipts(stranger, RunQuery()).rows == []
    with pytest.raises(NotFound):
        receipt(stranger, three[0].code)
    assert [item.number for item in receipts(ROOT, RunQuery(search=three[0].code)).rows] == [1]


def test_who_holds_code_and_digest_may_check(three: list[RunReceipt]) -> None:
    assert shown_receipt(code=three[0].code, digest=three[0].digest.upper()) == three[0]
    assert shown_receipt(code=three[0].code, digest=three[1].digest) is None
