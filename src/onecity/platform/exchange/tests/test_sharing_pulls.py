"""Subscriptions that their consumer fetches block by block, each counted once."""

from datetime import datetime, timedelta

import pytest
from django.db import connection as hub

from onecity.kernel.errors import NotFound
from onecity.platform.exchange.contracts.sharing import NewSupply
from onecity.platform.exchange.models import SharingGrant, Subscription, UseReceipt
from onecity.platform.exchange.selectors.sharing.limits import GrantNotInForce, NotSupplied
from onecity.platform.exchange.services.sharing.ending import suspend_grant
from onecity.platform.exchange.services.sharing.pulling import NotPulled, WrongBlock, acknowledge, next_block
from onecity.platform.exchange.services.sharing.subscribing import (
    NewSubscription,
    subscribe,
    unsubscribe,
)
from onecity.platform.exchange.services.sharing.supply import set_supply
from onecity.platform.exchange.tests.sharing_factories import (
    LI,
    SYSTEM,
    Departments,
    ask,
    make_copy,
    make_dataset,
    make_departments,
    make_grant,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def departments() -> Departments:
    return make_departments()


def pulled(departments: Departments, *, now: datetime, **facts: object) -> tuple[SharingGrant, str]:
    grant = make_grant(departments, now=now, form="pull", **facts)
    return grant, subscribe(departments.asker, new=NewSubscription(grant.code), now=now)


def test_blocks_are_fetched_until_the_end_each_counted_once(departments: Departments, now: datetime) -> None:
    _, code = pulled(departments, now=now)
    plates, numbers = [], []
    while True:
        block = next_block(departments.asker, code=code, now=now, most=2)
        if not block.rows:
            break
        again = next_block(departments.asker, code=code, now=now, most=2)
        assert again == block
        plates += [row["plate"] for row in block.rows]
        numbers.append(block.number)
        first = acknowledge(departments.asker, code=code, block=block.number, digest=block.checksum, reason="", now=now)
        second = acknowledge(
            departments.asker, code=code, block=block.number, digest=block.checksum, reason="", now=now
        )
        assert first == second
    assert (plates, numbers) == (["吉A10001", "吉A10002", "吉A20001"], [1, 2])
    assert Subscription.objects.get().rows == 3
    assert [row.rows for row in UseReceipt.objects.order_by("id")] == [2, 1]


def test_pulled_rows_are_masked(departments: Departments, now: datetime) -> None:
    _, code = pulled(departments, now=now)
    row = next_block(departments.asker, code=code, now=now).rows[0]
    assert row == {"id_number": "110105********002X", "name": "张**", "plate": "吉A10001"}


def test_wrong_checksum_or_number_is_not_acknowledged(departments: Departments, now: datetime) -> None:
    _, code = pulled(departments, now=now)
    block = next_block(departments.asker, code=code, now=now)
    for number, digest in ((1, "0" * 64), (2, block.checksum), (1, ""), (0, "")):
        with pytest.raises(WrongBlock):
            acknowledge(departments.asker, code=code, block=number, digest=digest, reason="", now=now)
    assert not UseReceipt.objects.exists()


def test_source_that_changed_is_given_anew_before_it_is_acknowledged(departments: Departments, now: datetime) -> None:
    grant, code = pulled(departments, now=now)
    stale = next_block(departments.asker, code=code, now=now)
    with hub.cursor() as cursor:
        cursor.execute(f"UPDATE onecity_copies.{grant.dataset_code.replace('.', '_')} SET name = '王五'")
    fresh = next_block(departments.asker, code=code, now=now)
    assert fresh.checksum != stale.checksum
    with pytest.raises(WrongBlock):
        acknowledge(departments.asker, code=code, block=1, digest=stale.checksum, reason="", now=now)
    acknowledge(departments.asker, code=code, block=1, digest=fresh.checksum, reason="", now=now)


def test_pull_with_a_growing_column_goes_on_after_the_end(departments: Departments, now: datetime) -> None:
    code = make_dataset(departments.provider, sharing="unconditional")
    table = make_copy(code, cursor="plate")
    asked = ask(code, departments, now=now, form="pull")
    subscription = subscribe(departments.asker, new=NewSubscription(asked.grant_code), now=now)
    block = next_block(departments.asker, code=subscription, now=now)
    acknowledge(departments.asker, code=subscription, block=1, digest=block.checksum, reason="", now=now)
    assert next_block(departments.asker, code=subscription, now=now).rows == ()
    with hub.cursor() as cursor:
        cursor.execute(f"INSERT INTO onecity_copies.{table} VALUES (%s, '李四', '220102', '吉A30000', '')", [LI])
    later = next_block(departments.asker, code=subscription, now=now)
    assert [row["plate"] for row in later.rows] == ["吉A30000"]


def test_strangers_and_stopped_subscriptions_fetch_nothing(departments: Departments, now: datetime) -> None:
    _, code = pulled(departments, now=now)
    for actor in (departments.stranger, departments.officer):
        with pytest.raises(NotFound):
            next_block(actor, code=code, now=now)
    with pytest.raises(NotFound):
        next_block(departments.asker, code="unknown", now=now)
    unsubscribe(departments.asker, code=code, reason="停止", now=now)
    with pytest.raises(NotPulled):
        next_block(departments.asker, code=code, now=now)


def test_withdrawn_or_expired_grant_gives_no_block(departments: Departments, now: datetime) -> None:
    grant, code = pulled(departments, now=now)
    with pytest.raises(GrantNotInForce):
        next_block(departments.asker, code=code, now=now + timedelta(days=999))
    block = next_block(departments.asker, code=code, now=now)
    suspend_grant(departments.officer, code=grant.code, reason="安全检查", now=now)
    with pytest.raises(GrantNotInForce):
        acknowledge(departments.asker, code=code, block=1, digest=block.checksum, reason="", now=now)


def test_pull_without_a_key_is_refused(departments: Departments, now: datetime) -> None:
    fields = ({"name": "plate", "title": "号牌", "is_key": False},)
    code = make_dataset(departments.provider, sharing="unconditional", fields=fields)
    set_supply(SYSTEM, supply=NewSupply(code, "copy", table="cars"), now=now)
    asked = ask(code, departments, now=now, form="pull", fields=("plate",))
    with pytest.raises(NotSupplied):
        subscribe(departments.asker, new=NewSubscription(asked.grant_code), now=now)
