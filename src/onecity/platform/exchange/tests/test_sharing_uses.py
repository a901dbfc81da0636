"""Receipts: who sees them, the chain, tampering, the uses of one person."""

from datetime import datetime

import pytest
from django.db import DatabaseError, connection, transaction

from onecity.kernel.errors import Invalid, NotFound, NotPermitted
from onecity.platform.exchange.contracts.sharing import Question
from onecity.platform.exchange.models import SharingGrant, UseHead, UseReceipt, UseSeal
from onecity.platform.exchange.selectors.sharing.uses import receipt_of, receipt_page, uses_of_subject
from onecity.platform.exchange.services.sharing import sealing
from onecity.platform.exchange.services.sharing.looking import look_at_uses
from onecity.platform.exchange.services.sharing.querying import ReasonTooShort, query_subjects
from onecity.platform.exchange.services.sharing.sealing import seal_receipts, verify_receipts
from onecity.platform.exchange.tests.sharing_factories import (
    LI,
    WANG,
    ZHANG,
    Departments,
    make_departments,
    make_grant,
)
from onecity.platform.identity.api import search_hashes
from onecity.platform.identity.tests.factories import times_audited
from onecity.web.listing import Query

pytestmark = pytest.mark.django_db
WHY = "核对低保申请"


@pytest.fixture
def departments() -> Departments:
    return make_departments()


@pytest.fixture
def grant(departments: Departments, now: datetime) -> SharingGrant:
    return make_grant(departments, now=now)


def use(departments: Departments, grant: SharingGrant, *people: str, now: datetime) -> None:
    query_subjects(
        departments.clerk, grant_code=grant.code, questions=[Question(who) for who in people], reason=WHY, now=now
    )


def alter(statement: str) -> None:
    """Do what only somebody with the database's own password could."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE conrelid = 'exchange_useseal'::regclass AND contype = 'f'"
        )
        cursor.execute(f"ALTER TABLE exchange_useseal DROP CONSTRAINT {cursor.fetchone()[0]}")
        for table in ("exchange_usereceipt", "exchange_useseal"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement)


def test_receipts_are_sealed_in_the_order_of_their_writing(
    departments: Departments, grant: SharingGrant, now: datetime
) -> None:
    use(departments, grant, ZHANG, LI, WANG, now=now)
    assert seal_receipts() == 3
    assert seal_receipts() == 0
    use(departments, grant, LI, now=now)
    assert seal_receipts() == 1
    assert list(UseSeal.objects.order_by("number").values_list("number", flat=True)) == [1, 2, 3, 4]
    verdict = verify_receipts()
    assert (verdict.sound, verdict.walked, verdict.waiting) == (True, 4, 0)


def test_long_tail_is_sealed_in_batches(
    departments: Departments, grant: SharingGrant, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "BATCH", 2)
    monkeypatch.setattr(sealing, "_UNSEALED", sealing._UNSEALED.replace("LIMIT 5000", "LIMIT 2"))
    monkeypatch.setattr(sealing, "_SEALED", sealing._SEALED.replace("LIMIT 5000", "LIMIT 2"))
    use(departments, grant, ZHANG, LI, WANG, now=now)
    assert [seal_receipts() for _ in range(3)] == [2, 1, 0]
    assert verify_receipts().sound


def test_unsealed_receipts_are_reported_as_waiting(
    departments: Departments, grant: SharingGrant, now: datetime
) -> None:
    use(departments, grant, ZHANG, now=now)
    assert verify_receipts().waiting == 1


def test_restored_database_is_sealed_from_the_beginning(
    departments: Departments, grant: SharingGrant, now: datetime
) -> None:
    UseHead.objects.update(horizon=2**60)
    use(departments, grant, ZHANG, now=now)
    assert seal_receipts() == 1


def test_altered_receipt_is_found(departments: Departments, grant: SharingGrant, now: datetime) -> None:
    use(departments, grant, ZHANG, LI, now=now)
    seal_receipts()
    victim = UseReceipt.objects.order_by("id").first()
    assert victim is not None
    alter(f"UPDATE exchange_usereceipt SET reason = '正常工作' WHERE id = {victim.id}")
    verdict = verify_receipts()
    assert (verdict.sound, verdict.altered, verdict.missing) == (False, (victim.id,), ())


def test_missing_receipt_is_found(departments: Departments, grant: SharingGrant, now: datetime) -> None:
    use(departments, grant, ZHANG, LI, now=now)
    seal_receipts()
    victim = UseReceipt.objects.order_by("id").first()
    assert victim is not None
    alter(f"DELETE FROM exchange_usereceipt WHERE id = {victim.id}")
    verdict = verify_receipts()
    assert (verdict.sound, verdict.missing) == (False, (victim.id,))


def test_link_taken_out_is_found(departments: Departments, grant: SharingGrant, now: datetime) -> None:
    use(departments, grant, ZHANG, LI, WANG, now=now)
    seal_receipts()
    alter("DELETE FROM exchange_useseal WHERE number = 2")
    verdict = verify_receipts()
    assert (verdict.sound, verdict.broken) == (False, 2)


def test_tail_cut_off_is_found(departments: Departments, grant: SharingGrant, now: datetime) -> None:
    use(departments, grant, ZHANG, LI, now=now)
    seal_receipts()
    alter("DELETE FROM exchange_useseal WHERE number = 2")
    verdict = verify_receipts()
    assert (verdict.sound, verdict.cut, verdict.altered) == (False, True, ())


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE exchange_usereceipt SET reason = 'x'",
        "DELETE FROM exchange_usereceipt",
        "UPDATE exchange_useseal SET digest = 'x'",
        "DELETE FROM exchange_grantchange",
    ],
)
def test_database_refuses_to_change_what_was_written(statement: str) -> None:
    with pytest.raises(DatabaseError, match="only grows"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_receipts_are_listed_for_both_sides_and_auditors_only(
    departments: Departments, grant: SharingGrant, now: datetime
) -> None:
    use(departments, grant, ZHANG, LI, now=now)
    for actor, count in (
        (departments.asker, 2),
        (departments.officer, 2),
        (departments.administration, 2),
        (departments.stranger, 0),
        (departments.clerk, 0),
    ):
        assert len(receipt_page(actor, Query()).rows) == count


def test_receipts_are_paged_by_key(departments: Departments, grant: SharingGrant, now: datetime) -> None:
    use(departments, grant, ZHANG, LI, WANG, now=now)
    first = receipt_page(departments.officer, Query(size=2))
    rest = receipt_page(departments.officer, Query(size=2, after=first.next))
    assert first.count is not None
    assert (first.count.number, rest.count, rest.next) == (3, None, None)
    assert len({row.id for row in (*first.rows, *rest.rows)}) == 3


def test_stranger_does_not_open_a_receipt(departments: Departments, grant: SharingGrant, now: datetime) -> None:
    use(departments, grant, ZHANG, now=now)
    with pytest.raises(NotFound):
        receipt_of(departments.stranger, UseReceipt.objects.get().id)


def test_person_is_shown_every_use_of_his_data_and_nobody_elses(
    departments: Departments, grant: SharingGrant, now: datetime
) -> None:
    use(departments, grant, ZHANG, LI, now=now)
    use(departments, grant, LI, now=now)
    uses = uses_of_subject(search_hashes(LI))
    assert [(one.consumer, one.provider, one.reason, one.result) for one in uses] == [
        ("民政局", "公安局", WHY, "given"),
        ("民政局", "公安局", WHY, "given"),
    ]
    assert uses_of_subject(search_hashes(WANG)) == []
    assert uses_of_subject([""]) == []


def test_look_at_a_persons_uses_is_recorded_with_its_reason(
    departments: Departments, grant: SharingGrant, now: datetime
) -> None:
    use(departments, grant, LI, now=now)
    found = look_at_uses(departments.administration, identifier=LI, kind="citizen_id", reason="当事人来访")
    assert len(found) == 1
    assert times_audited("exchange.look_at_uses") == 1


def test_look_is_refused_without_right_reason_or_identifier(departments: Departments) -> None:
    with pytest.raises(NotPermitted):
        look_at_uses(departments.officer, identifier=LI, kind="citizen_id", reason="当事人来访")
    with pytest.raises(ReasonTooShort):
        look_at_uses(departments.administration, identifier=LI, kind="citizen_id", reason="看")
    for identifier, kind, field in ((LI[:-1] + "1", "citizen_id", "identifier"), (LI, "passport", "kind")):
        with pytest.raises(Invalid) as refusal:
            look_at_uses(departments.administration, identifier=identifier, kind=kind, reason="当事人来访")
        assert set(refusal.value.fields) == {field}
