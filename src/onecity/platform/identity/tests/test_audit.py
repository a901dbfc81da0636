"""The audit trail: written with the change, sealed in order, altered by nobody."""

import threading

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from onecity.kernel.actor import system_actor
from onecity.platform.identity.models import AuditEntry, AuditSeal
from onecity.platform.identity.services.audit import record, seal_pending
from onecity.platform.identity.services.verification import verify_audit

ACTOR = system_actor("test")
pytestmark = pytest.mark.django_db(transaction=True)


def test_entries_are_sealed_into_a_sound_chain() -> None:
    for number in range(5):
        record(ACTOR, action="test.act", target=f"test:{number}", details={"数": number})
    assert seal_pending() >= 5
    verdict = verify_audit()
    assert verdict.sound
    assert verdict.unsealed == 0
    assert seal_pending() == 0


def test_entry_of_a_rolled_back_change_is_not_there() -> None:
    before = AuditEntry.objects.count()
    with transaction.atomic():
        record(ACTOR, action="test.act")
        transaction.set_rollback(True)
    assert AuditEntry.objects.count() == before


@pytest.mark.parametrize("statement", ["UPDATE identity_auditentry SET action = 'x'", "DELETE FROM identity_auditseal"])
def test_database_refuses_to_change_the_trail(statement: str) -> None:
    with pytest.raises(ProgrammingError, match="only grows"), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(
    ("table", "statement"),
    [
        ("identity_auditentry", "UPDATE identity_auditentry SET details = '{\"n\": 9}' WHERE target = 'test:1'"),
        ("identity_auditentry", "UPDATE identity_auditentry SET at = at + interval '1 s' WHERE target = 'test:1'"),
        ("identity_auditseal", "UPDATE identity_auditseal SET digest = repeat('0', 64) WHERE number = 2"),
    ],
)
def test_alteration_behind_the_guards_is_found(table: str, statement: str) -> None:
    for number in range(3):
        record(ACTOR, action="test.act", target=f"test:{number}")
    seal_pending()
    _without_guard(table, statement)
    assert verify_audit().broken


def test_removal_of_the_last_links_is_found() -> None:
    for number in range(3):
        record(ACTOR, action="test.act", target=f"test:{number}")
    seal_pending()
    last = AuditSeal.objects.order_by("-number").first()
    assert last is not None
    _without_guard("identity_auditseal", f"DELETE FROM identity_auditseal WHERE number = {last.number}")
    assert not verify_audit().head_fits


def test_transaction_that_commits_late_is_sealed_after_later_ones() -> None:
    record(ACTOR, action="test.first")
    seal_pending()
    written, may_commit = threading.Event(), threading.Event()

    def slow() -> None:
        with transaction.atomic():
            record(ACTOR, action="test.slow")
            written.set()
            may_commit.wait(10)
        connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    written.wait(10)
    record(ACTOR, action="test.quick")
    assert seal_pending() == 1
    may_commit.set()
    thread.join()
    assert seal_pending() == 1
    verdict = verify_audit()
    assert verdict.sound
    assert verdict.unsealed == 0


def test_two_sealers_make_one_chain() -> None:
    for number in range(200):
        record(ACTOR, action="test.act", target=f"test:{number}")
    sealed: list[int] = []

    def seal() -> None:
        sealed.append(seal_pending())
        connection.close()

    threads = [threading.Thread(target=seal) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(sealed) >= 200
    assert verify_audit().sound


def _without_guard(table: str, statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(statement)
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
