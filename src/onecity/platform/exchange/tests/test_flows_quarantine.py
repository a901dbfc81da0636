"""Refused rows: sealed, shown masked, mended and checked again, replayed through the engine, dropped, forgotten."""

from dataclasses import replace
from datetime import timedelta

import pytest

from onecity.kernel.errors import Invalid, NotFound
from onecity.platform.exchange.contracts.blocks import Comparison, Loading
from onecity.platform.exchange.contracts.outcomes import BadRow
from onecity.platform.exchange.contracts.plans import Check, CheckKind, Limits, Threshold
from onecity.platform.exchange.models import Flow, RefusedRow, Run
from onecity.platform.exchange.permissions import MEND_ROWS, VIEW_FLOWS
from onecity.platform.exchange.selectors.flows.refused import RefusedQuery, open_rows, refused_row, refused_rows
from onecity.platform.exchange.services.flows import limits
from onecity.platform.exchange.services.flows.drafting import change_draft
from onecity.platform.exchange.services.flows.due import forget_refused
from onecity.platform.exchange.services.flows.plans import text_of
from onecity.platform.exchange.services.flows.publishing import close_flow, publish_flow
from onecity.platform.exchange.services.flows.quarantine import keeping
from onecity.platform.exchange.services.flows.quarantine.keeping import keep_refused, open_values
from onecity.platform.exchange.services.flows.quarantine.mending import (
    AT_ONCE,
    RowIsSettled,
    StillBad,
    drop_rows,
    look_at_value,
    mend_row,
)
from onecity.platform.exchange.services.flows.quarantine.replaying import replay_rows
from onecity.platform.exchange.services.flows.references import NoReference, reference
from onecity.platform.exchange.services.flows.running import NotRunnable, RunsAlready, cancel_run, start_run
from onecity.platform.exchange.tests.departments import NUMBERS, TARGET, Department
from onecity.platform.exchange.tests.factories import (
    CHECKS,
    MAPS,
    NOW,
    ROOT,
    make_connection,
    make_flow,
    run_flow,
    work,
)
from onecity.platform.identity.api import ReasonNeeded
from onecity.platform.identity.tests.factories import audited, make_actor, make_organisation

pytestmark = pytest.mark.django_db
BAD = "110105194912310021"


@pytest.fixture
def flow(dept: Department) -> Flow:
    """A flow that has run once and refused row 5."""
    dept.put(5, BAD, name="王小明", born="1990-02-30")
    made = make_flow(make_connection(dept))
    run_flow(made)
    return made


def the_row() -> RefusedRow:
    return RefusedRow.objects.get()


def test_sensitive_values_lie_sealed_and_are_shown_masked(flow: Flow) -> None:
    row = the_row()
    assert row.values["number"] == "110105********0021"
    assert row.values["name"] == "王**"
    assert row.values["id"] == 5
    assert BAD.encode() not in bytes(row.sealed)
    assert open_values(row)["number"] == BAD
    assert BAD not in str(row.reasons)


def test_every_reason_stands_with_the_row(flow: Flow) -> None:
    assert the_row().reason_codes == ["cast.born", "identifier.number"]
    assert the_row().row_number == 5


def test_block_that_is_told_again_replaces_what_was_kept(flow: Flow) -> None:
    run = Run.objects.get()
    rows = [BadRow(number, {"id": number, "number": None}, (("x", "y"),)) for number in (1, 2)]
    keep_refused(run, block=7, rows=rows, now=NOW)
    keep_refused(run, block=7, rows=rows, now=NOW)
    assert RefusedRow.objects.filter(block=7).count() == 2
    assert bytes(RefusedRow.objects.filter(block=7)[0].sealed) == b""


def test_mended_row_is_replayed_into_the_target_once(flow: Flow, dept: Department) -> None:
    mend_row(ROOT, row_id=the_row().id, values={"number": NUMBERS[0], "born": "19900228"}, now=NOW)
    row = the_row()
    assert row.state == RefusedRow.State.MENDED
    assert row.mended == {**row.values, "number": "110105********002X", "born": "19900228"}
    assert open_values(row)["number"] == NUMBERS[0]
    run = work(replay_rows(ROOT, [row.id], flow_id=flow.id, now=NOW))
    assert (run.state, run.error, run.landed, run.trigger) == (Run.State.DONE, "", 1, Run.Trigger.REPLAY)
    assert the_row().state == RefusedRow.State.REPLAYED
    assert dept.execute("SELECT name, born::text FROM hub.people WHERE id = 5") == [("王小明", "1990-02-28")]
    with pytest.raises(Invalid, match="没有可重放的数据"):
        replay_rows(ROOT, [row.id], flow_id=flow.id, now=NOW)
    assert ("exchange.mend_row", "done") in audited(f"exchange.refusedrow:{row.id}")


def test_mending_that_does_not_help_is_refused_with_every_reason(flow: Flow) -> None:
    with pytest.raises(StillBad, match="字段“born”的值不能转换为日期"):
        mend_row(ROOT, row_id=the_row().id, values={"number": NUMBERS[0]}, now=NOW)
    assert the_row().state == RefusedRow.State.WAITING


def test_value_that_is_not_of_the_sources_type_is_refused(flow: Flow) -> None:
    with pytest.raises(StillBad, match="字段“income”的值不是小数"):
        mend_row(ROOT, row_id=the_row().id, values={"income": "many"}, now=NOW)


def test_unknown_column_is_refused(flow: Flow) -> None:
    with pytest.raises(Invalid) as refusal:
        mend_row(ROOT, row_id=the_row().id, values={"zodiac": "x"}, now=NOW)
    assert refusal.value.fields == {"zodiac": "该行没有这个字段"}


def test_row_that_would_pass_by_now_is_replayed_unmended(dept: Department) -> None:
    dept.put(5, NUMBERS[0], sex="M")
    flow = make_flow(make_connection(dept))
    run_flow(flow)
    Flow.objects.get(id=flow.id)

    flow.refresh_from_db()
    assert flow.published is not None
    wider = replace(MAPS[3], codes={**MAPS[3].codes, "M": "1"})
    text = replace(text_of(flow.published), columns=(*MAPS[:3], wider, *MAPS[4:]))
    change_draft(ROOT, flow_id=flow.id, text=text, now=NOW)
    publish_flow(ROOT, flow_id=flow.id, now=NOW)
    work(replay_rows(ROOT, [the_row().id], flow_id=flow.id, now=NOW))
    assert (5, "1", "1990-01-02") in dept.people()


def test_row_that_is_still_bad_stays_with_the_reasons_of_today(flow: Flow) -> None:
    RefusedRow.objects.update(reasons=[["old", "旧"]], reason_codes=["old"])
    with pytest.raises(Invalid, match="没有可重放的数据"):
        replay_rows(ROOT, [the_row().id], flow_id=flow.id, now=NOW)
    assert the_row().state == RefusedRow.State.WAITING


def test_cancelled_replay_gives_the_rows_back(flow: Flow) -> None:
    mend_row(ROOT, row_id=the_row().id, values={"number": NUMBERS[0], "born": "19900228"}, now=NOW)
    run_id = replay_rows(ROOT, [the_row().id], flow_id=flow.id, now=NOW)
    assert the_row().state == RefusedRow.State.REPLAYING
    with pytest.raises(RowIsSettled):
        mend_row(ROOT, row_id=the_row().id, values={}, now=NOW)
    with pytest.raises(RunsAlready):
        start_run(ROOT, flow_id=flow.id, now=NOW)
    cancel_run(ROOT, run_id=run_id, now=NOW)
    assert the_row().state == RefusedRow.State.MENDED


def test_replay_that_is_refused_again_gives_the_rows_back(flow: Flow, dept: Department) -> None:
    row = the_row()
    mend_row(ROOT, row_id=row.id, values={"number": NUMBERS[0], "born": "19900228"}, now=NOW)
    run_id = replay_rows(ROOT, [row.id], flow_id=flow.id, now=NOW)
    RefusedRow.objects.filter(id=row.id).update(mended=row.values, mended_sealed=bytes(row.sealed))

    mended, sealed = keeping.hidden({**open_values(the_row_plain(row)), "sex": "?"}, {}, context=keeping.MENDED)
    RefusedRow.objects.filter(id=row.id).update(mended=mended, mended_sealed=sealed)
    run = work(run_id)
    assert (run.state, run.refused) == (Run.State.DONE, 1)
    assert the_row().state == RefusedRow.State.WAITING
    assert "codes.sex" in the_row().reason_codes
    assert len(dept.people()) == 4


def the_row_plain(row: RefusedRow) -> RefusedRow:
    """Return the row as it was before it was mended."""
    return RefusedRow(values=row.values, sealed=bytes(row.sealed))


def test_replay_without_a_key_only_adds(dept: Department) -> None:
    dept.put(5, BAD)

    shape = replace(TARGET, key=(), columns=tuple(replace(item, nullable=True) for item in TARGET.columns))
    flow = make_flow(make_connection(dept), loading=Loading.SWAP, target_shape=shape)
    run_flow(flow)
    mend_row(ROOT, row_id=the_row().id, values={"number": NUMBERS[0]}, now=NOW)
    work(replay_rows(ROOT, [the_row().id], flow_id=flow.id, now=NOW))
    assert len(dept.people()) == 5


def test_dropped_rows_need_a_reason_and_stay_dropped(flow: Flow) -> None:
    with pytest.raises(Invalid) as refusal:
        drop_rows(ROOT, [the_row().id], reason=" ", now=NOW)
    assert "note" in refusal.value.fields
    assert drop_rows(ROOT, [the_row().id], reason="来源已更正", now=NOW) == 1
    assert drop_rows(ROOT, [the_row().id], reason="来源已更正", now=NOW) == 0
    row = the_row()
    assert (row.state, row.note, row.decided_at) == (RefusedRow.State.DROPPED, "来源已更正", NOW)
    with pytest.raises(RowIsSettled):
        mend_row(ROOT, row_id=row.id, values={}, now=NOW)


def test_too_many_rows_at_once_are_refused(flow: Flow) -> None:
    with pytest.raises(Invalid, match="5000"):
        drop_rows(ROOT, range(AT_ONCE + 1), reason="x", now=NOW)
    with pytest.raises(Invalid, match="5000"):
        replay_rows(ROOT, range(AT_ONCE + 1), flow_id=flow.id, now=NOW)


def test_stranger_reaches_no_row(flow: Flow) -> None:
    stranger = make_actor(MEND_ROWS, organisation=make_organisation("住建局"))
    row = the_row()
    assert refused_rows(stranger, RefusedQuery()).rows == []
    assert open_rows(stranger, flow_id=flow.id, size=5) == []
    assert drop_rows(stranger, [row.id], reason="不该发生", now=NOW) == 0
    for attempt in (
        lambda: refused_row(stranger, row.id),
        lambda: mend_row(stranger, row_id=row.id, values={}, now=NOW),
        lambda: replay_rows(stranger, [row.id], flow_id=flow.id, now=NOW),
        lambda: look_at_value(stranger, row_id=row.id, column="name", reason="核对身份"),
    ):
        with pytest.raises(NotFound):
            attempt()
    viewer = make_actor(VIEW_FLOWS, everywhere=True)
    assert refused_rows(viewer, RefusedQuery()).rows == []


def test_look_at_a_sensitive_value_leaves_a_trace(flow: Flow) -> None:
    row = the_row()
    with pytest.raises(ReasonNeeded):
        look_at_value(ROOT, row_id=row.id, column="number", reason="")
    assert look_at_value(ROOT, row_id=row.id, column="number", reason="核对身份信息") == BAD
    assert audited(f"exchange.refusedrow:{row.id}") == [("identity.look", "done")]
    with pytest.raises(NotFound):
        look_at_value(ROOT, row_id=row.id, column="born", reason="核对身份信息")
    mend_row(ROOT, row_id=row.id, values={"number": NUMBERS[0], "born": "19900228"}, now=NOW)
    assert look_at_value(ROOT, row_id=row.id, column="number", reason="核对身份信息") == NUMBERS[0]


@pytest.mark.usefixtures("_no_limits")
def test_row_beyond_the_grant_is_not_replayed(flow: Flow) -> None:
    mend_row(ROOT, row_id=the_row().id, values={"number": NUMBERS[0], "born": "19900228"}, now=NOW)
    Flow.objects.filter(id=flow.id).update(grant_code="g1")
    limits.install(lambda code: Limits(conditions=(Comparison("id", "<", (5,)),)))
    with pytest.raises(Invalid):
        replay_rows(ROOT, [the_row().id], flow_id=flow.id, now=NOW)
    assert the_row().reasons == [["limits", "超出授权的数据范围"]]


def test_closed_flow_replays_nothing(flow: Flow) -> None:
    close_flow(ROOT, flow_id=flow.id, reason="停用", now=NOW)
    with pytest.raises(NotRunnable):
        replay_rows(ROOT, [the_row().id], flow_id=flow.id, now=NOW)


def test_reference_is_another_tables_column(dept: Department) -> None:
    connection = make_connection(dept)
    dept.execute("CREATE TABLE dept.places AS SELECT '张三'::text AS name")
    dept.put(5, NUMBERS[0], name="无名")
    known = Check("reference.name", CheckKind.REFERENCE, ("name",), (f"{connection.code}/dept.places/name",))
    flow = make_flow(connection, checks=(*CHECKS, known))
    run = run_flow(flow)
    assert (run.error, run.refused) == ("", 1)
    assert the_row().reason_codes == ["reference.name"]
    mend_row(ROOT, row_id=the_row().id, values={"name": "张三"}, now=NOW)


@pytest.mark.parametrize("name", ["places", "elsewhere/dept.places/name"])
def test_reference_that_leads_nowhere_fails_the_run(dept: Department, name: str) -> None:
    unknown = Check("reference.name", CheckKind.REFERENCE, ("name",), (name,))
    assert "没有参照数据" in run_flow(make_flow(make_connection(dept), checks=(unknown,))).error


def test_reference_of_another_organisation_is_none(dept: Department) -> None:

    other = make_connection(dept, organisation=make_organisation("住建局"))
    flow = make_flow(make_connection(dept))
    assert flow.published is not None
    with pytest.raises(NoReference):
        reference(flow.published, f"{other.code}/dept.people/name")


def test_lists_filter_by_what_people_ask(flow: Flow) -> None:
    row = the_row()
    for query in (
        RefusedQuery(flow_id=flow.id),
        RefusedQuery(run_id=row.run_id),
        RefusedQuery(state="waiting"),
        RefusedQuery(reason="cast.born"),
        RefusedQuery(since=row.created_at, until=row.created_at + timedelta(seconds=1)),
    ):
        assert [item.id for item in refused_rows(ROOT, query).rows] == [row.id]
    for query in (RefusedQuery(flow_id=-1), RefusedQuery(state="dropped"), RefusedQuery(reason="born")):
        assert refused_rows(ROOT, query).rows == []


def test_old_rows_are_forgotten(flow: Flow) -> None:
    created = the_row().created_at
    assert forget_refused(created + timedelta(days=30), keep_days=30) == 0
    assert forget_refused(created + timedelta(days=30, seconds=1), keep_days=30) == 1
    assert not RefusedRow.objects.exists()


def test_threshold_does_not_stop_a_replay(dept: Department) -> None:
    dept.put(5, BAD)
    flow = make_flow(make_connection(dept), threshold=Threshold(rows=1))
    run_flow(flow)
    mend_row(ROOT, row_id=the_row().id, values={"number": NUMBERS[0]}, now=NOW)
    assert work(replay_rows(ROOT, [the_row().id], flow_id=flow.id, now=NOW)).state == Run.State.DONE
