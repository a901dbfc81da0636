"""Where shared rows are read: modules' own tables, live connections; and what happens by the clock."""

import sqlite3
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import IntegrityError
from psycopg import sql

from onecity.kernel import clock
from onecity.kernel.clock import city_date
from onecity.platform.cases.declare import Facts
from onecity.platform.exchange.connectors.contract import NotUnderstood, Unreachable
from onecity.platform.exchange.connectors.sqlite.session import OPTIONS
from onecity.platform.exchange.contracts.flows import ConnectionText
from onecity.platform.exchange.contracts.sharing import NewSupply
from onecity.platform.exchange.models import SharingGrant, Subscription
from onecity.platform.exchange.selectors.sharing.grants import grant_page
from onecity.platform.exchange.selectors.sharing.limits import NotSupplied
from onecity.platform.exchange.services.flows.connections import create_connection
from onecity.platform.exchange.services.sharing import own_tables, pulling, upkeep
from onecity.platform.exchange.services.sharing.deciding import DecidedAlready, grant_request
from onecity.platform.exchange.services.sharing.pulling import WrongBlock, acknowledge, next_block
from onecity.platform.exchange.services.sharing.querying import query_subject
from onecity.platform.exchange.services.sharing.subscribing import NewSubscription, _save, subscribe
from onecity.platform.exchange.services.sharing.supply import set_supply
from onecity.platform.exchange.tests.sharing_factories import (
    ROWS,
    SYSTEM,
    ZHANG,
    Departments,
    ask,
    make_copy,
    make_dataset,
    make_departments,
    make_grant,
)
from onecity.platform.geo.tests.factories import make_tree
from onecity.platform.identity.tests.factories import make_actor
from onecity.web.listing import Query

pytestmark = pytest.mark.django_db
DIVISION = ({"name": "code", "title": "区划代码", "is_key": True}, {"name": "name", "title": "区划名称"})


@pytest.fixture
def departments() -> Departments:
    return make_departments()


def test_modules_own_rows_are_pulled_as_they_are_declared(departments: Departments, now: datetime) -> None:
    make_tree()
    code = make_dataset(
        departments.provider,
        sharing="unconditional",
        code="geo.divisions",
        source_kind="declared",
        fields=DIVISION,
    )
    asked = ask(code, departments, now=now, form="pull", fields=("code", "name"))
    subscription = subscribe(departments.asker, new=NewSubscription(asked.grant_code), now=now)
    block = next_block(departments.asker, code=subscription, now=now, most=2)
    assert [set(row) for row in block.rows] == [{"code", "name"}] * 2
    assert [row["code"] for row in block.rows] == sorted(str(row["code"]) for row in block.rows)


def test_declared_dataset_that_nobody_declares_gives_nothing(departments: Departments, now: datetime) -> None:
    code = make_dataset(departments.provider, sharing="unconditional", source_kind="declared")
    asked = ask(code, departments, now=now, form="pull", fields=("plate",))
    subscription = subscribe(departments.asker, new=NewSubscription(asked.grant_code), now=now)
    with pytest.raises(NotSupplied):
        next_block(departments.asker, code=subscription, now=now)


def test_supply_without_a_subject_answers_no_queries(departments: Departments, now: datetime) -> None:
    code = make_dataset(departments.provider, sharing="unconditional")
    set_supply(SYSTEM, supply=NewSupply(code, "copy", table="cars"), now=now)
    asked = ask(code, departments, now=now)
    with pytest.raises(NotSupplied):
        query_subject(departments.clerk, grant_code=asked.grant_code, identifier=ZHANG, reason="核对低保", now=now)


@pytest.mark.parametrize("cursor", ["", "plate"])
def test_live_rows_are_pulled_block_by_block(
    departments: Departments, now: datetime, tmp_path: Path, cursor: str
) -> None:
    with sqlite3.connect(tmp_path / "cars.db") as link:
        link.execute("CREATE TABLE cars (sfzh TEXT, name TEXT, district TEXT, plate TEXT PRIMARY KEY, note TEXT)")
        link.executemany("INSERT INTO cars VALUES (?, ?, ?, ?, ?)", ROWS)
    place = {item.name: str(tmp_path / "cars.db") for item in OPTIONS if item.required}
    text = ConnectionText("车辆库", "sqlite", departments.provider.id, options=place)
    create_connection(SYSTEM, code="cars", text=text, now=now)
    code = make_dataset(departments.provider, sharing="unconditional")
    columns = {"id_number": "sfzh"}
    supply = NewSupply(code, "connection", "cars", "cars", key=("plate",), cursor=cursor, columns=columns)
    set_supply(SYSTEM, supply=supply, now=now)
    asked = ask(code, departments, now=now, form="pull", fields=("plate",))
    subscription = subscribe(departments.asker, new=NewSubscription(asked.grant_code), now=now)
    plates = []
    while (block := next_block(departments.asker, code=subscription, now=now, most=2)).rows:
        plates += [row["plate"] for row in block.rows]
        acknowledge(departments.asker, code=subscription, block=block.number, digest=block.checksum, reason="", now=now)
    assert plates == ["吉A10001", "吉A10002", "吉A20001"]


def test_block_acknowledged_meanwhile_is_not_offered_again(
    departments: Departments, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    grant = make_grant(departments, now=now, form="pull")
    code = subscribe(departments.asker, new=NewSubscription(grant.code), now=now)
    read = pulling._read

    def slow(*given: object, **named: object) -> object:
        Subscription.objects.filter(code=code).update(block=1)
        return read(*given, **named)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr(pulling, "_read", slow)
    with pytest.raises(WrongBlock):
        next_block(departments.asker, code=code, now=now)


def test_fault_that_is_no_double_is_not_called_one(departments: Departments, now: datetime) -> None:
    grant = make_grant(departments, now=now, form="pull")
    subscribe(departments.asker, new=NewSubscription(grant.code), now=now)
    first = Subscription.objects.get()
    again = Subscription(
        code=first.code,
        grant=grant,
        organisation_id=grant.organisation_id,
        form="pull",
        target_table="other",
        created_at=now,
    )
    with pytest.raises(IntegrityError):
        _save(again)


def test_decided_request_is_not_decided_again(departments: Departments, now: datetime) -> None:
    grant = make_grant(departments, now=now)
    case_id = grant.request.case_id
    assert case_id is not None
    facts = Facts(case_id, "", "", "", "", 0, 0, None, "", "", {}, {}, now)
    with pytest.raises(DecidedAlready):
        grant_request(facts, {})


def test_clock_ends_grants_tells_of_ends_seals_and_watches(departments: Departments) -> None:
    now = clock.city_now()
    day = city_date(now)
    ended = make_grant(departments, now=now, starts=day - timedelta(days=3), ends=day)
    SharingGrant.objects.filter(id=ended.id).update(ends_date=day - timedelta(days=1))
    alive = make_grant(departments, now=now, starts=day, ends=day + timedelta(days=5))
    query_subject(departments.clerk, grant_code=alive.code, identifier=ZHANG, reason="核对低保", now=now)
    assert upkeep.end_due_grants() == 2
    assert upkeep.seal_receipts() == 1
    assert upkeep.watch_uses() == 0
    assert upkeep.limits_now(alive.code).columns == frozenset({"sfzh", "name", "plate"})


def test_rights_over_a_division_reach_the_organisations_in_it(departments: Departments, now: datetime) -> None:
    make_grant(departments, now=now)
    inside = make_actor("exchange.supervise_sharing", division="220102")
    outside = make_actor("exchange.supervise_sharing", division="220103")
    assert [len(grant_page(actor, Query()).rows) for actor in (inside, outside)] == [1, 0]


def test_copies_are_read_from_their_own_schema_only(departments: Departments, now: datetime) -> None:
    code = make_dataset(departments.provider, sharing="unconditional")
    make_copy(code)
    supply = NewSupply(code, "copy", table="identity_account", key=("id",), columns={"plate": "password"})
    set_supply(departments.officer, supply=supply, now=now)
    asked = ask(code, departments, now=now, form="pull", fields=("plate",))
    subscription = subscribe(departments.asker, new=NewSubscription(asked.grant_code), now=now)
    with pytest.raises(NotUnderstood):
        next_block(departments.asker, code=subscription, now=now)


def test_read_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_tables, "SECONDS", 1)
    with pytest.raises(Unreachable):
        own_tables.own_rows(sql.SQL("pg_sleep(30) AS slept"), columns=("slept",))
