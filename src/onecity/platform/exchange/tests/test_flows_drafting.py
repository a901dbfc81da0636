"""Connections and flows: made, tested, drafted, published, paused, closed; each refusal for its stated reason."""

from dataclasses import replace

import pytest

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Invalid, NotFound
from onecity.platform.exchange.contracts.blocks import Comparison, Loading, Reading
from onecity.platform.exchange.contracts.flows import ConnectionText, FlowText, NewFlow, Schedule
from onecity.platform.exchange.contracts.plans import Check, CheckKind, ColumnMap, Threshold
from onecity.platform.exchange.contracts.tables import LogicalType
from onecity.platform.exchange.models import Connection, Flow, FlowVersion
from onecity.platform.exchange.permissions import MANAGE_FLOWS
from onecity.platform.exchange.services.flows.connections import (
    ConnectionExists,
    change_connection,
    create_connection,
    discover,
    offered_kinds,
    place_of,
    test_connection,
)
from onecity.platform.exchange.services.flows.drafting import (
    FlowClosed,
    FlowExists,
    RunsAfterItself,
    change_draft,
    discard_draft,
    draft_flow,
)
from onecity.platform.exchange.services.flows.plans import text_of
from onecity.platform.exchange.services.flows.publishing import (
    RELEASE_JOB,
    WrongState,
    close_flow,
    pause_flow,
    publish_flow,
    resume_flow,
)
from onecity.platform.exchange.services.flows.reach import OutsideScope
from onecity.platform.exchange.services.flows.upkeep import release_source
from onecity.platform.exchange.tests.departments import TARGET, Department
from onecity.platform.exchange.tests.factories import MAPS, NOW, ROOT, make_connection, make_flow, make_text, run_flow
from onecity.platform.identity.tests.factories import audited, make_actor, make_organisation
from onecity.platform.jobs.tests.factories import Run, Unwatched

pytestmark = pytest.mark.django_db
test_connection.__test__ = False  # type: ignore[attr-defined]  # a service, whatever its name


def said(dept: Department, **changes: object) -> ConnectionText:
    """Return what a sound connection says."""
    text = ConnectionText("人口库", "postgresql", make_organisation().id, dept.options, dept.secret)
    return replace(text, **changes)  # type: ignore[arg-type]  # tests name the fields that they change


def test_connection_is_made_tested_and_looked_into(dept: Department) -> None:
    made = create_connection(ROOT, code="people", text=said(dept), now=NOW)
    assert test_connection(ROOT, connection_id=made, now=NOW) == ""
    found = Connection.objects.get(id=made)
    assert (found.checked_at, found.check_error) == (NOW, "")
    assert "dept.people" in [shape.name for shape in discover(ROOT, connection_id=made)]
    actions = [action for action, _ in audited(f"exchange.connection:{made}")]
    assert actions == ["exchange.create_connection", "exchange.test_connection", "exchange.discover"]


def test_dead_server_is_told_in_chinese_without_the_secret(dept: Department) -> None:
    made = create_connection(ROOT, code="dead", text=said(dept, options={**dept.options, "port": 1}), now=NOW)
    error = test_connection(ROOT, connection_id=made, now=NOW)
    assert error.startswith("连接不上对方")
    assert not dept.secret or dept.secret not in error
    assert Connection.objects.get(id=made).check_error == error[:300]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": " "}, "name"),
        ({"at_once": 0}, "at_once"),
        ({"at_once": 65}, "at_once"),
        ({"rows_per_second": -1}, "rows_per_second"),
        ({"kind": "telepathy"}, "kind"),
        ({"kind": "rows"}, "kind"),
        ({"options": {}}, "host"),
        ({"options": {"host": "x", "database": "x", "user": "x", "port": "5432"}}, "port"),
        ({"options": {"host": "x", "database": "x", "user": "x", "sslmode": "maybe"}}, "sslmode"),
        ({"options": {"host": 5, "database": "x", "user": "x"}}, "host"),
        ({"options": {"host": "x", "database": "x", "user": "x", "colour": "red"}}, "colour"),
    ],
)
def test_unsound_connection_names_its_field(dept: Department, changes: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        create_connection(ROOT, code="x1", text=said(dept, **changes), now=NOW)
    assert field in refusal.value.fields


@pytest.mark.parametrize("code", ["X", "a", "人口", "-a", "a" * 61])
def test_unsound_code_is_refused(dept: Department, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        create_connection(ROOT, code=code, text=said(dept), now=NOW)
    assert "code" in refusal.value.fields


def test_code_is_given_once(dept: Department) -> None:
    create_connection(ROOT, code="people", text=said(dept), now=NOW)
    with pytest.raises(ConnectionExists):
        create_connection(ROOT, code="people", text=said(dept), now=NOW)


def test_change_keeps_the_secret_unless_a_new_one_is_given(dept: Department) -> None:
    made = create_connection(ROOT, code="people", text=said(dept), now=NOW)
    text = said(dept, name="新名称", secret=None)
    change_connection(ROOT, connection_id=made, text=text)
    found = Connection.objects.get(id=made)
    assert (found.name, place_of(found).secret) == ("新名称", dept.secret)
    change_connection(ROOT, connection_id=made, text=replace(text, secret="别的"))
    assert place_of(Connection.objects.get(id=made)).secret == "别的"
    change_connection(ROOT, connection_id=made, text=replace(text, secret=""))
    assert place_of(Connection.objects.get(id=made)).secret == ""


def test_kind_stays(dept: Department) -> None:
    made = create_connection(ROOT, code="people", text=said(dept), now=NOW)
    Connection.objects.filter(id=made).update(kind="other")
    with pytest.raises(Invalid) as refusal:
        change_connection(ROOT, connection_id=made, text=said(dept))
    assert "kind" in refusal.value.fields


def test_rows_in_memory_are_no_choice() -> None:
    assert "rows" not in {item.kind for item in offered_kinds()}


@pytest.fixture
def clerk(dept: Department) -> tuple[Actor, Connection]:
    """Somebody who manages one office's flows, and that office's connection."""
    office = make_organisation("民政局")
    return make_actor(MANAGE_FLOWS, organisation=office), make_connection(dept, organisation=office)


def test_nobody_works_beyond_his_office(dept: Department, clerk: tuple[Actor, Connection]) -> None:
    actor, own = clerk
    foreign = make_connection(dept)
    with pytest.raises(OutsideScope):
        create_connection(actor, code="foreign", text=said(dept), now=NOW)
    with pytest.raises(OutsideScope):
        change_connection(actor, connection_id=own.id, text=said(dept))
    for attempt in (
        lambda: test_connection(actor, connection_id=foreign.id, now=NOW),
        lambda: discover(actor, connection_id=foreign.id),
        lambda: draft_flow(actor, new=NewFlow("flow", "流程", own.organisation_id), text=make_text(foreign), now=NOW),
        lambda: publish_flow(actor, flow_id=make_flow(foreign).id, now=NOW),
    ):
        with pytest.raises(NotFound):
            attempt()
    with pytest.raises(OutsideScope):
        draft_flow(actor, new=NewFlow("flow", "流程", foreign.organisation_id), text=make_text(own), now=NOW)


def test_flow_is_drafted_published_and_drafted_anew(dept: Department, clerk: tuple[Actor, Connection]) -> None:
    actor, own = clerk
    new = NewFlow("people", "人口汇聚", own.organisation_id, dataset_code="307/1")
    flow_id = draft_flow(actor, new=new, text=make_text(own), now=NOW)
    flow = Flow.objects.get(id=flow_id)
    assert (flow.state, flow.published, flow.next_due_at) == (Flow.State.DRAFT, None, None)
    publish_flow(actor, flow_id=flow_id, now=NOW)
    with pytest.raises(NotFound):
        publish_flow(actor, flow_id=flow_id, now=NOW)
    assert change_draft(actor, flow_id=flow_id, text=make_text(own, block_rows=100), now=NOW) == 2
    assert change_draft(actor, flow_id=flow_id, text=make_text(own, block_rows=200), now=NOW) == 2
    flow.refresh_from_db()
    assert flow.published is not None
    assert flow.published.block_rows == 50_000
    publish_flow(actor, flow_id=flow_id, now=NOW)
    states = FlowVersion.objects.filter(flow=flow).order_by("number").values_list("state", "block_rows")
    assert list(states) == [("superseded", 50_000), ("published", 200)]


def test_what_a_version_says_comes_back_as_it_was_said(dept: Department) -> None:
    connection = make_connection(dept)
    upstream = make_flow(connection)
    text = make_text(
        connection,
        conditions=(Comparison("id", "in", (1, 2)),),
        threshold=Threshold(0.5, 10),
        schedule=Schedule(after=upstream.code, late_after_s=60),
        rows_per_second=7,
        parts=2,
    )
    flow_id = draft_flow(ROOT, new=NewFlow("said", "流程", connection.organisation_id), text=text, now=NOW)
    found = text_of(FlowVersion.objects.get(flow_id=flow_id))
    assert found == replace(text, sensitive={"name": "masked_name", "number": "masked_identity_number"})


SOUND = "sound"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"source_table": ""}, "source_table"),
        ({"source_columns": ()}, "source_table"),
        ({"target_shape": replace(TARGET, name="")}, "target_table"),
        ({"loading": Loading.MERGE_DELETE, "reading": Reading.BY_CURSOR, "cursor": "id"}, "loading"),
        ({"loading": Loading.APPEND, "reading": Reading.CHANGES}, "loading"),
        ({"target_shape": replace(TARGET, key=())}, "key"),
        ({"target_shape": replace(TARGET, key=("z",))}, "key"),
        ({"reading": Reading.BY_CURSOR}, "cursor"),
        ({"columns": ()}, "columns"),
        ({"columns": (*MAPS, MAPS[0])}, "columns"),
        ({"columns": (ColumnMap("id", LogicalType.INTEGER, "z"), *MAPS[1:])}, "columns"),
        ({"columns": (ColumnMap("id", LogicalType.INTEGER, expression="now()"), *MAPS[1:])}, "columns"),
        ({"checks": (Check("x", CheckKind.RANGE, ("id",), ()),)}, "checks"),
        ({"sensitive": {"z": "masked_name"}}, "sensitive"),
        ({"sensitive": {"name": "painted"}}, "sensitive"),
        ({"conditions": (Comparison("z", "=", (1,)),)}, "conditions"),
        ({"conditions": (Comparison("id", "~", (1,)),)}, "conditions"),
        ({"conditions": (Comparison("id", "="),)}, "conditions"),
        ({"threshold": Threshold(share=2.0)}, "threshold_share"),
        ({"threshold": Threshold(rows=-1)}, "threshold_rows"),
        ({"block_rows": 1}, "block_rows"),
        ({"parts": 0}, "parts"),
        ({"rows_per_second": -1}, "rows_per_second"),
        ({"schedule": Schedule(cron="x")}, "cron"),
        ({"schedule": Schedule(cron="0 1 * * *", after="flow")}, "after"),
        ({"schedule": Schedule(late_after_s=0)}, "late_after_s"),
        ({"schedule": Schedule(after="nobody")}, "after"),
    ],
)
def test_unsound_flow_names_its_field(dept: Department, changes: dict[str, object], field: str) -> None:
    connection = make_connection(dept)
    with pytest.raises(Invalid) as refusal:
        draft_flow(
            ROOT,
            new=NewFlow("flow", "流程", connection.organisation_id),
            text=make_text(connection, **changes),
            now=NOW,
        )
    assert field in refusal.value.fields
    assert not Flow.objects.exists()


def test_condition_without_value_asks_for_null(dept: Department) -> None:
    connection = make_connection(dept)
    assert make_flow(connection, conditions=(Comparison("name", "not_null"),))


def test_code_and_name_of_a_flow_are_checked(dept: Department) -> None:
    connection = make_connection(dept)
    for new, field in (
        (NewFlow("X", "流程", connection.organisation_id), "code"),
        (NewFlow("flow", " ", connection.organisation_id), "name"),
    ):
        with pytest.raises(Invalid) as refusal:
            draft_flow(ROOT, new=new, text=make_text(connection), now=NOW)
        assert field in refusal.value.fields
    made = make_flow(connection)
    with pytest.raises(FlowExists):
        draft_flow(
            ROOT, new=NewFlow(made.code, "流程", connection.organisation_id), text=make_text(connection), now=NOW
        )


def test_circle_of_flows_is_refused(dept: Department) -> None:
    connection = make_connection(dept)
    first = make_flow(connection)
    second = make_flow(connection, schedule=Schedule(after=first.code))
    third = make_flow(connection, schedule=Schedule(after=second.code))
    for code in (first.code, third.code):
        text: FlowText = make_text(connection, schedule=Schedule(after=code))
        with pytest.raises(RunsAfterItself):
            change_draft(ROOT, flow_id=first.id, text=text, now=NOW)


def test_draft_is_discarded_with_its_unpublished_flow(dept: Department) -> None:
    connection = make_connection(dept)
    young, old = make_flow(connection, published=False), make_flow(connection)
    discard_draft(ROOT, flow_id=young.id)
    assert not Flow.objects.filter(id=young.id).exists()
    change_draft(ROOT, flow_id=old.id, text=make_text(connection), now=NOW)
    discard_draft(ROOT, flow_id=old.id)
    assert Flow.objects.filter(id=old.id).exists()
    with pytest.raises(NotFound):
        discard_draft(ROOT, flow_id=old.id)


def test_schedule_begins_with_publishing_and_rests_while_paused(dept: Department) -> None:
    flow_id = make_flow(make_connection(dept), schedule=Schedule(cron="0 13 * * *")).id

    def stands() -> tuple[str, str, str]:
        flow = Flow.objects.get(id=flow_id)
        return flow.state, flow.state_reason, flow.next_due_at.isoformat() if flow.next_due_at else ""

    assert stands() == ("active", "", "2026-03-10T05:00:00+00:00")
    with pytest.raises(Invalid) as refusal:
        pause_flow(ROOT, flow_id=flow_id, reason=" ", now=NOW)
    assert "reason" in refusal.value.fields
    pause_flow(ROOT, flow_id=flow_id, reason="检修", now=NOW)
    assert stands() == ("paused", "检修", "")
    with pytest.raises(WrongState):
        pause_flow(ROOT, flow_id=flow_id, reason="检修", now=NOW)
    resume_flow(ROOT, flow_id=flow_id, now=NOW)
    assert stands() == ("active", "", "2026-03-10T05:00:00+00:00")
    with pytest.raises(WrongState):
        resume_flow(ROOT, flow_id=flow_id, now=NOW)


def test_closed_flow_stays_closed(dept: Department) -> None:
    connection = make_connection(dept)
    flow = make_flow(connection)
    change_draft(ROOT, flow_id=flow.id, text=make_text(connection), now=NOW)
    close_flow(ROOT, flow_id=flow.id, reason="不再需要", now=NOW)
    with pytest.raises(FlowClosed):
        change_draft(ROOT, flow_id=flow.id, text=make_text(connection), now=NOW)
    with pytest.raises(FlowClosed):
        publish_flow(ROOT, flow_id=flow.id, now=NOW)
    with pytest.raises(WrongState):
        close_flow(ROOT, flow_id=flow.id, reason="不再需要", now=NOW)


def test_source_of_a_closed_flow_keeps_no_changes_for_it(dept: Department) -> None:
    flow = make_flow(make_connection(dept), reading=Reading.CHANGES)
    close_flow(ROOT, flow_id=flow.id, reason="不再需要", now=NOW)
    [run] = Run.objects.filter(code=RELEASE_JOB)
    release_source(Unwatched(), run.arguments)  # nothing was captured: there is nothing to let go, and no fault
    assert dept.execute("SELECT count(*) FROM pg_replication_slots WHERE database = current_database()") == [(0,)]


def test_position_is_kept_only_while_it_means_something(dept: Department) -> None:
    connection = make_connection(dept)
    flow = make_flow(connection, reading=Reading.BY_CURSOR, cursor="changed_at")
    text = make_text(connection, reading=Reading.BY_CURSOR, cursor="changed_at", parts=2)
    run_flow(flow)
    change_draft(ROOT, flow_id=flow.id, text=text, now=NOW)
    publish_flow(ROOT, flow_id=flow.id, now=NOW)
    flow.refresh_from_db()
    assert flow.position is not None
    change_draft(ROOT, flow_id=flow.id, text=replace(text, cursor="id"), now=NOW)
    publish_flow(ROOT, flow_id=flow.id, now=NOW)
    flow.refresh_from_db()
    assert flow.position is None
