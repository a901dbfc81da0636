"""Subscriptions: pushed by a flow that holds the grant's limits, or fetched block by block, each once."""

import sqlite3
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from onecity.kernel import clock
from onecity.kernel.clock import city_date
from onecity.platform.exchange import events
from onecity.platform.exchange.connectors.sqlite.session import OPTIONS
from onecity.platform.exchange.contracts.blocks import Comparison, Position
from onecity.platform.exchange.contracts.flows import ConnectionText, FlowText
from onecity.platform.exchange.contracts.outcomes import Outcome
from onecity.platform.exchange.contracts.plans import ColumnMap, Plan
from onecity.platform.exchange.contracts.sharing import NewSupply
from onecity.platform.exchange.contracts.tables import ColumnShape, LogicalType
from onecity.platform.exchange.engine.journal import Journal
from onecity.platform.exchange.engine.run import run
from onecity.platform.exchange.handlers import sharing as handlers
from onecity.platform.exchange.models import Flow, Run, SharingGrant, Subscription, UseReceipt
from onecity.platform.exchange.selectors.sharing.limits import NoSuchGrant, NotSupplied, grant_supply
from onecity.platform.exchange.services.flows.carrying import carry_out
from onecity.platform.exchange.services.flows.connections import create_connection
from onecity.platform.exchange.services.flows.drafting import change_draft
from onecity.platform.exchange.services.flows.publishing import publish_flow
from onecity.platform.exchange.services.flows.running import start_run
from onecity.platform.exchange.services.sharing.ending import resume_grant, suspend_grant, withdraw_grant
from onecity.platform.exchange.services.sharing.querying import query_subject
from onecity.platform.exchange.services.sharing.subscribing import (
    NewSubscription,
    NotForDeliveries,
    SubscribedAlready,
    SubscriptionRefused,
    flow_text,
    subscribe,
    unsubscribe,
)
from onecity.platform.exchange.services.sharing.supply import set_supply
from onecity.platform.exchange.tests.sharing_factories import (
    ROWS,
    SYSTEM,
    ZHANG,
    Departments,
    approve,
    ask,
    make_dataset,
    make_departments,
    make_grant,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def departments() -> Departments:
    return make_departments()


@pytest.fixture
def today() -> datetime:
    return clock.city_now()


class Shop:
    """A department's own database: the provider's source and the consumer's target are files of SQLite."""

    def __init__(self, folder: Path, departments: Departments, *, now: datetime) -> None:
        self.source, self.target = folder / "police.db", folder / "civil.db"
        with sqlite3.connect(self.source) as link:
            link.execute(
                "CREATE TABLE cars (sfzh TEXT, name TEXT, district TEXT, plate TEXT PRIMARY KEY, secret_note TEXT)"
            )
            link.executemany("INSERT INTO cars VALUES (?, ?, ?, ?, ?)", ROWS)
        sqlite3.connect(self.target).close()
        for code, path, owner in (
            ("police", self.source, departments.provider),
            ("civil", self.target, departments.consumer),
        ):
            text = ConnectionText(name=code, kind="sqlite", organisation_id=owner.id, options=_options(path))
            create_connection(SYSTEM, code=code, text=text, now=now)

    def rows(self, table: str = "cars") -> list[tuple[object, ...]]:
        with sqlite3.connect(self.target) as link:
            return link.execute(f"SELECT * FROM {table} ORDER BY plate").fetchall()


def _options(path: Path) -> dict[str, str]:
    (place,) = (item.name for item in OPTIONS if item.required)
    return {place: str(path)}


@pytest.fixture
def shop(tmp_path: Path, departments: Departments, today: datetime) -> Shop:
    return Shop(tmp_path, departments, now=today)


def pushed(departments: Departments, *, today: datetime, **facts: object) -> SharingGrant:
    """Make a dataset that lies in the provider's own database, and a grant to have it pushed."""
    code = make_dataset(departments.provider)
    supply = NewSupply(
        dataset_code=code,
        kind="connection",
        connection_code="police",
        table="cars",
        key=("plate",),
        columns={"id_number": "sfzh"},
        subject_column="sfzh",
        subject_kind="citizen_id",
    )
    set_supply(SYSTEM, supply=supply, now=today)
    day = city_date(today)
    asked = ask(code, departments, now=today, **{"form": "push", "starts": day, "ends": day, **facts})
    approve(departments, asked.case_number, now=today)
    return SharingGrant.objects.get(request_id=asked.id)


NEW = NewSubscription("", "civil", "cars")


def subscribed(departments: Departments, grant: SharingGrant, *, today: datetime) -> Flow:
    code = subscribe(departments.asker, new=replace(NEW, grant_code=grant.code), now=today)
    return Flow.objects.get(code=Subscription.objects.get(code=code).flow_code)


class Quiet:
    """A job's progress that nobody watches; `then` happens at the first report."""

    def __init__(self, then: Callable[[], None] | None = None) -> None:
        self._then = then

    def step(self, done: int, *, total: int = 0, note: str = "") -> None:
        then, self._then = self._then, None
        if then:
            then()


def work(flow: Flow, *, now: datetime, then: Callable[[], None] | None = None) -> Run:
    run_id = start_run(SYSTEM, flow_id=flow.id, now=now)

    def engine(plan: Plan, name: str, journal: Journal, since: Position | None) -> Outcome:
        return run(plan, run=name, journal=journal, since=since, pauses_s=())

    carry_out(run_id, progress=Quiet(then), engine=engine)
    return Run.objects.get(id=run_id)


def test_push_brings_granted_fields_masked_and_nothing_else(
    departments: Departments, shop: Shop, today: datetime
) -> None:
    grant = pushed(departments, today=today)
    done = work(subscribed(departments, grant, today=today), now=today)
    assert (done.state, done.error) == ("done", "")
    assert shop.rows() == [
        ("110105********002X", "张**", "吉A10001"),
        ("110105********002X", "张**", "吉A10002"),
        ("110105********0046", "李*", "吉A20001"),
    ]


def test_push_brings_only_the_rows_of_the_grant(departments: Departments, shop: Shop, today: datetime) -> None:
    rows = (Comparison("district", "=", ("220103",)),)
    grant = pushed(departments, today=today, conditions=rows)
    assert work(subscribed(departments, grant, today=today), now=today).state == "done"
    assert [row[2] for row in shop.rows()] == ["吉A10002"]


def widened(text: FlowText) -> FlowText:
    """Return a flow's text with a field that the grant does not give, and without its conditions and masks."""
    secret = ColumnShape("secret_note", LogicalType.TEXT)
    return replace(
        text,
        source_columns=(*text.source_columns, secret),
        target_shape=replace(text.target_shape, columns=(*text.target_shape.columns, secret)),
        columns=(*text.columns, ColumnMap("secret_note", LogicalType.TEXT, "secret_note")),
        conditions=(),
        sensitive={},
    )


def test_flow_edited_by_hand_gets_no_more_than_the_grant(departments: Departments, shop: Shop, today: datetime) -> None:
    grant = pushed(departments, today=today)
    flow = subscribed(departments, grant, today=today)
    text = flow_text(replace(NEW, grant_code=grant.code), grant, grant_supply(grant))
    change_draft(SYSTEM, flow_id=flow.id, text=widened(text), now=today)
    publish_flow(SYSTEM, flow_id=flow.id, now=today)
    failed = work(flow, now=today)
    assert failed.state == "failed"
    assert "secret_note" in failed.error


def test_flow_stripped_of_masks_and_conditions_still_holds_them(
    departments: Departments, shop: Shop, today: datetime
) -> None:
    grant = pushed(departments, today=today, conditions=(Comparison("district", "=", ("220102",)),))
    flow = subscribed(departments, grant, today=today)
    text = flow_text(replace(NEW, grant_code=grant.code), grant, grant_supply(grant))
    change_draft(SYSTEM, flow_id=flow.id, text=replace(text, sensitive={}, conditions=()), now=today)
    publish_flow(SYSTEM, flow_id=flow.id, now=today)
    assert work(flow, now=today).state == "done"
    assert sorted(row[1:] for row in shop.rows()) == [("张**", "吉A10001"), ("李*", "吉A20001")]


def test_grant_withdrawn_before_a_run_fails_it(departments: Departments, shop: Shop, today: datetime) -> None:
    grant = pushed(departments, today=today)
    flow = subscribed(departments, grant, today=today)
    SharingGrant.objects.filter(id=grant.id).update(state="withdrawn")
    failed = work(flow, now=today)
    assert failed.state == "failed"
    assert "撤销" in failed.error


def test_grant_withdrawn_during_a_run_ends_it_before_the_target_is_touched(
    departments: Departments, shop: Shop, today: datetime
) -> None:
    grant = pushed(departments, today=today)
    flow = subscribed(departments, grant, today=today)

    def withdraw() -> None:
        SharingGrant.objects.filter(id=grant.id).update(state="withdrawn")

    ended = work(flow, now=today, then=withdraw)
    assert ended.state in {"failed", "cancelled"}
    with pytest.raises(sqlite3.OperationalError):
        shop.rows()


def test_withdrawal_closes_the_flow_and_stops_the_subscription(
    departments: Departments, shop: Shop, today: datetime
) -> None:
    grant = pushed(departments, today=today)
    flow = subscribed(departments, grant, today=today)
    run_id = start_run(SYSTEM, flow_id=flow.id, now=today)
    withdraw_grant(departments.officer, code=grant.code, reason="职责调整", now=today)
    flow.refresh_from_db()
    assert flow.state == "closed"
    assert Run.objects.get(id=run_id).state == "cancelled"
    assert Subscription.objects.get().state == "stopped"


def test_suspension_pauses_the_flow_until_it_is_resumed(departments: Departments, shop: Shop, today: datetime) -> None:
    grant = pushed(departments, today=today)
    flow = subscribed(departments, grant, today=today)
    suspend_grant(departments.officer, code=grant.code, reason="安全检查", now=today)
    flow.refresh_from_db()
    assert flow.state == "paused"
    resume_grant(departments.officer, code=grant.code, reason="检查完毕", now=today)
    flow.refresh_from_db()
    assert flow.state == "active"


def test_finished_push_leaves_one_receipt_however_often_it_is_told(
    departments: Departments, shop: Shop, today: datetime
) -> None:
    grant = pushed(departments, today=today)
    flow = subscribed(departments, grant, today=today)
    done = work(flow, now=today)
    told = dict.fromkeys(events.RUN_FINISHED.fields, "") | {"run_id": done.id, "grant_code": grant.code}
    for _ in range(2):
        handlers.on_run_finished(told)
    handlers.on_run_finished({**told, "grant_code": ""})
    receipt = UseReceipt.objects.get()
    assert (receipt.kind, receipt.result, receipt.rows) == ("push", "given", 3)
    assert (receipt.grant_id, len(receipt.checksum)) == (grant.id, 64)


def test_push_needs_the_consumers_own_connection_and_a_table(
    departments: Departments, shop: Shop, today: datetime
) -> None:
    grant = pushed(departments, today=today)
    for facts, field in (
        ({"connection_code": "police"}, "connection_code"),
        ({"connection_code": "nowhere"}, "connection_code"),
        ({"target_table": " "}, "target_table"),
    ):
        with pytest.raises(SubscriptionRefused) as refusal:
            subscribe(departments.asker, new=replace(NEW, grant_code=grant.code, **facts), now=today)
        assert set(refusal.value.fields) == {field}


def test_push_of_the_platforms_own_rows_is_not_offered(departments: Departments, shop: Shop, today: datetime) -> None:
    day = city_date(today)
    grant = make_grant(departments, now=today, form="push", starts=day, ends=day)
    with pytest.raises(NotSupplied):
        subscribe(departments.asker, new=replace(NEW, grant_code=grant.code), now=today)


def test_same_push_is_set_up_once(departments: Departments, shop: Shop, today: datetime) -> None:
    grant = pushed(departments, today=today)
    subscribed(departments, grant, today=today)
    with pytest.raises(SubscribedAlready):
        subscribed(departments, grant, today=today)
    assert Flow.objects.count() == 1


def test_consumer_alone_subscribes_and_stops(departments: Departments, shop: Shop, today: datetime) -> None:
    grant = pushed(departments, today=today)
    for actor in (departments.officer, departments.stranger, departments.clerk):
        with pytest.raises(NoSuchGrant):
            subscribe(actor, new=replace(NEW, grant_code=grant.code), now=today)
    flow = subscribed(departments, grant, today=today)
    code = Subscription.objects.get().code
    for actor in (departments.officer, departments.stranger):
        with pytest.raises(NoSuchGrant):
            unsubscribe(actor, code=code, reason="停止", now=today)
    unsubscribe(departments.asker, code=code, reason="停止", now=today)
    flow.refresh_from_db()
    assert flow.state == "closed"
    with pytest.raises(SubscriptionRefused):
        unsubscribe(departments.asker, code=code, reason="停止", now=today)
    with pytest.raises(NoSuchGrant):
        unsubscribe(departments.asker, code="unknown", reason="停止", now=today)


def test_query_grant_is_not_subscribed_to(departments: Departments, now: datetime) -> None:
    grant = make_grant(departments, now=now)
    with pytest.raises(NotForDeliveries):
        subscribe(departments.asker, new=NewSubscription(grant.code), now=now)


def test_masked_key_is_not_merged_by(departments: Departments, now: datetime) -> None:
    grant = make_grant(departments, now=now, form="push")
    supply = replace(grant_supply(grant), key=("sfzh",), connection_code="police")
    text = flow_text(replace(NEW, grant_code=grant.code), grant, supply)
    assert (text.target_shape.key, text.loading.value) == ((), "swap")


def test_live_source_answers_queries(departments: Departments, shop: Shop, today: datetime) -> None:
    grant = pushed(departments, today=today, form="query")
    answer = query_subject(departments.clerk, grant_code=grant.code, identifier=ZHANG, reason="核对低保申请", now=today)
    assert answer is not None
    assert sorted(str(row["plate"]) for row in answer.rows) == ["吉A10001", "吉A10002"]
