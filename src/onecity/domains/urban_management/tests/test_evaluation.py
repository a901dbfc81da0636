"""Comprehensive evaluation: formulas, scores, ranks, the rows behind each count, weights, the report."""

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from onecity.domains.urban_management.contracts import Sheet
from onecity.domains.urban_management.models import EvaluationResult, EvaluationRun, StepRecord
from onecity.domains.urban_management.rules.catalogue import BY_CODE, FIRST_WEIGHTS, KINDS, METRICS, Kind
from onecity.domains.urban_management.rules.evaluation import (
    FIRST_SCALE,
    Bands,
    Scale,
    band_of,
    parts,
    ranks,
    scale_faults,
    score_of,
    value_of,
)
from onecity.domains.urban_management.selectors import evaluation
from onecity.domains.urban_management.selectors.counting import COUNTS
from onecity.domains.urban_management.selectors.summing import wanted_counts
from onecity.domains.urban_management.services.evaluating import (
    begin_last_month,
    evaluate,
    month_bounds,
    request_evaluation,
    run_evaluation,
)
from onecity.domains.urban_management.services.printing import monthly_report
from onecity.domains.urban_management.services.reporting import report_from_patrol
from onecity.domains.urban_management.services.weighing import publish_weights
from onecity.domains.urban_management.tests.factories import (
    GRID,
    SYSTEM,
    Offices,
    make_city_case,
    new_report,
    picture,
    to_handling,
    walk,
)
from onecity.domains.urban_management.tests.test_measures import a_busy_month
from onecity.kernel.errors import Invalid, NotFound, NotPermitted
from onecity.platform.identity.tests.factories import plain_actor

pytestmark = pytest.mark.django_db
MARCH = date(2026, 3, 1)
KIND_CODES: list[Kind] = [kind for kind, _ in KINDS]


def test_every_metric_is_made_of_known_counts_and_every_count_is_used() -> None:
    used = {code for kind in KIND_CODES for code in wanted_counts(kind)}
    assert used == set(COUNTS)
    assert all(metric.bottom and metric.kinds for metric in METRICS)
    assert scale_faults(FIRST_SCALE) == []


@pytest.mark.parametrize(
    ("code", "counts", "value"),
    [
        ("intime_archive_rate", {"closed_on_time": 2, "should_close": 3}, 66.7),
        ("intime_archive_rate", {}, None),
        ("accurate_accept_rate", {"accept_done": 4, "accept_failed": 1}, 75.0),
        ("accurate_accept_rate", {"accept_done": 1, "accept_failed": 2}, 0.0),
        ("miss_rate", {"missed": 1, "patrol_filed": 3}, 25.0),
        ("repeat_rate", {"repeated": 1, "reported": 8}, 12.5),
        ("rework_rate", {"reworked": 1, "handle_done": 16}, 6.3),  # 6.25: a half goes up
    ],
)
def test_metric_follows_its_formula(code: str, counts: dict[str, int], value: float | None) -> None:
    assert value_of(BY_CODE[code], counts) == value


def test_score_is_the_weighted_mean_of_what_has_a_denominator() -> None:
    counts = {"handle_on_time": 9, "handle_due": 10, "handle_done": 10, "reworked": 2}
    # 60 × 90 + 15 × (100 − 20), over 75; 结案率 and 回退率 have no denominator
    assert score_of("department", counts, scale=FIRST_SCALE) == 88.0
    assert score_of("department", {}, scale=FIRST_SCALE) is None


def test_equal_scores_share_a_rank_and_nobody_without_a_score_has_one() -> None:
    assert ranks([80.0, None, 90.0, 80.0, 70.0]) == [2, None, 1, 2, 4]


@pytest.mark.parametrize(
    ("score", "band"), [(90.0, "excellent"), (89.99, "good"), (60.0, "fair"), (59.9, "poor"), (None, "")]
)
def test_band_begins_at_its_bound(score: float | None, band: str) -> None:
    assert band_of(score, bands=Bands()) == band


@given(st.dictionaries(st.sampled_from(sorted(COUNTS)), st.integers(0, 1000)), st.sampled_from(KIND_CODES))
def test_score_stays_between_nothing_and_a_hundred(counts: dict[str, int], kind: Kind) -> None:
    score = score_of(kind, counts, scale=FIRST_SCALE)
    assert score is None or 0 <= score <= 100


@pytest.mark.parametrize(
    "scale",
    [
        Scale(0, FIRST_WEIGHTS, Bands(80, 80, 60)),
        Scale(0, FIRST_WEIGHTS, Bands(101, 80, 60)),
        Scale(0, {**FIRST_WEIGHTS, "post": {}}, Bands()),
        Scale(0, {**FIRST_WEIGHTS, "post": {"miss_rate": 10}}, Bands()),
        Scale(0, {**FIRST_WEIGHTS, "post": {"intime_close_rate": -1}}, Bands()),
    ],
)
def test_unsound_weights_are_refused(scale: Scale) -> None:
    assert len(scale_faults(scale)) == 1


@pytest.mark.parametrize(("month", "after"), [(date(2026, 3, 15), "2026-04-01"), (date(2026, 12, 1), "2027-01-01")])
def test_month_ends_where_the_next_one_begins(month: date, after: str) -> None:
    assert month_bounds(month)[1].date().isoformat() == after


def judged(offices: Offices, now: datetime) -> EvaluationRun:
    a_busy_month(offices, now)
    run_id = evaluate(offices.centre.id, month=MARCH, now=now + timedelta(days=20), by="account:1")
    return EvaluationRun.objects.get(id=run_id)


def test_month_is_counted_for_every_kind_of_object(offices: Offices, now: datetime) -> None:
    row = judged(offices, now)
    assert (row.cases, row.status, row.weight_edition) == (5, "done", 0)
    bureau = EvaluationResult.objects.get(run=row, kind="department", key=str(offices.bureau.id))
    assert bureau.name == "生态环境局"
    assert {code: bureau.counts[code] for code in ("received", "handle_done", "returned", "reworked", "closed")} == {
        "received": 3, "handle_done": 4, "returned": 1, "reworked": 1, "closed": 2,
    }  # fmt: skip
    levels = set(EvaluationResult.objects.filter(run=row, kind="region").values_list("level", "key"))
    assert levels == {(str(size), GRID[:size]) for size in (6, 9, 12, 15)}
    acceptor = EvaluationResult.objects.get(run=row, kind="post", level="acceptor")
    assert acceptor.key == offices.acceptor.key
    assert (acceptor.counts["accept_done"], acceptor.counts["filed"]) == (4, 3)
    assert EvaluationResult.objects.get(run=row, kind="post", level="dispatcher").counts["dispatch_failed"] == 1
    supervisor = EvaluationResult.objects.get(run=row, kind="supervisor", key=offices.supervisor.key)
    assert supervisor.counts["check_due"] == 3


def test_region_counts_agree_with_the_indicators(offices: Offices, now: datetime) -> None:
    row = judged(offices, now)
    city = EvaluationResult.objects.get(run=row, kind="region", level="6")
    values = {
        code: value_of(BY_CODE[code], city.counts) for code in ("valid_report_rate", "archive_rate", "rework_rate")
    }
    assert values == {"valid_report_rate": 60.0, "archive_rate": 66.7, "rework_rate": 25.0}


def test_rows_behind_every_count_are_as_many_as_the_count_says(offices: Offices, now: datetime) -> None:
    row = judged(offices, now)
    seen = 0
    for found in EvaluationResult.objects.filter(run=row):
        for code, number in found.counts.items():
            assert len(evaluation.rows_behind(row, found, code=code)) == number, (found.kind, code)
            seen += number
    assert seen > 100


def test_patrol_s_own_reports_and_repetitions_count_for_the_supervisor(offices: Offices, now: datetime) -> None:
    new = new_report(class_code="E0304-1")
    number = report_from_patrol(offices.supervisor, new=new, uploads=[picture()], now=now).number
    walk(offices, number, "verify", "unreal", "void", now=now)
    row = EvaluationRun.objects.get(
        id=evaluate(offices.centre.id, month=MARCH, now=now + timedelta(days=1), by="account:1")
    )
    counts = EvaluationResult.objects.get(run=row, kind="supervisor", key=offices.supervisor.key).counts
    assert (counts["reported"], counts["valid"], counts["wrong"]) == (1, 0, 1)


def test_citizen_s_filed_problem_counts_as_missed_by_the_patrol(offices: Offices, now: datetime) -> None:
    for source in ("urban_management.citizen", "urban_management.patrol"):
        to_handling(offices, make_city_case(offices, now=now, source_code=source), now=now)
    run_id = evaluate(offices.centre.id, month=MARCH, now=now + timedelta(days=1), by="account:1")
    counts = EvaluationResult.objects.get(run_id=run_id, kind="region", level="15").counts
    assert parts(BY_CODE["miss_rate"], counts) == (1, 2)


def figures(run_id: int) -> list[object]:
    rows = EvaluationResult.objects.filter(run_id=run_id).order_by("kind", "level", "key")
    return list(rows.values_list("kind", "level", "key", "counts", "score", "rank"))


def test_evaluating_a_past_month_again_replaces_it_and_changes_nothing(offices: Offices, now: datetime) -> None:
    a_busy_month(offices, now)
    first = evaluate(offices.centre.id, month=MARCH, now=now + timedelta(days=40), by="account:1")
    before = figures(first)
    second = evaluate(offices.centre.id, month=MARCH, now=now + timedelta(days=70), by="account:1")
    assert list(EvaluationRun.objects.values_list("id", flat=True)) == [second]
    assert figures(second) == before


def test_case_of_another_centre_is_not_counted(offices: Offices, now: datetime) -> None:
    a_busy_month(offices, now)
    run_id = evaluate(offices.other.id, month=MARCH, now=now, by="account:1")
    assert not EvaluationResult.objects.filter(run_id=run_id).exists()


def test_only_who_supervises_the_centre_sees_its_evaluation(offices: Offices, now: datetime) -> None:
    row = judged(offices, now)
    assert evaluation.run(offices.leader, row.id) == row
    assert evaluation.runs(offices.leader) == [row]
    for stranger in (offices.acceptor, plain_actor()):
        assert evaluation.runs(stranger) == []
        with pytest.raises(NotFound):
            evaluation.run(stranger, row.id)
    with pytest.raises(NotPermitted):
        request_evaluation(offices.acceptor, organisation_id=offices.centre.id, month=MARCH, now=now)


def test_unknown_count_or_one_of_another_kind_is_not_found(offices: Offices, now: datetime) -> None:
    row = judged(offices, now)
    found = EvaluationResult.objects.filter(run=row, kind="supervisor").first()
    assert found is not None
    for code in ("nothing", "handle_done"):
        with pytest.raises(NotFound):
            evaluation.rows_behind(row, found, code=code)
    with pytest.raises(NotFound):
        evaluation.result(row, 0)


def test_month_to_come_is_not_evaluated(offices: Offices, now: datetime) -> None:
    with pytest.raises(Invalid):
        request_evaluation(offices.leader, organisation_id=offices.centre.id, month=date(2026, 4, 1), now=now)
    assert request_evaluation(offices.leader, organisation_id=offices.centre.id, month=MARCH, now=now) == "/jobs/1"


class Told:
    """Keeps what a job reported."""

    def __init__(self) -> None:
        self.notes: list[str] = []

    def step(self, done: int, *, total: int = 0, note: str = "") -> None:
        self.notes.append(f"{done}/{total} {note}")


def test_job_says_how_far_it_is_and_what_it_counted(offices: Offices, now: datetime) -> None:
    a_busy_month(offices, now)
    told, later = Told(), (now + timedelta(days=4)).isoformat()
    arguments = {"organisation": offices.centre.id, "month": "2026-03-01", "now": later, "by": "account:1"}
    found = run_evaluation(told, arguments)
    assert found is not None
    assert found["cases"] == 5
    assert told.notes[0] == "0/4 区域评价"


def test_last_month_is_begun_once_for_each_centre(offices: Offices, now: datetime) -> None:
    assert begin_last_month(now=now) == [offices.centre.id]
    assert begin_last_month(now=now) == []
    assert EvaluationRun.objects.get().month_date == date(2026, 2, 1)
    evaluate(offices.centre.id, month=date(2026, 2, 1), now=now, by="system")
    assert EvaluationRun.objects.get().status == "done"
    january = datetime(2026, 1, 5, tzinfo=now.tzinfo)
    begin_last_month(now=january)
    assert EvaluationRun.objects.filter(month_date=date(2025, 12, 1)).exists()


def test_weights_hold_from_their_month_and_judged_months_keep_theirs(offices: Offices, now: datetime) -> None:
    row = judged(offices, now)
    scale = Scale(0, {**FIRST_WEIGHTS, "department": {"rework_rate": 100}}, Bands(95, 85, 70))
    assert publish_weights(offices.leader, scale=scale, effective_from=date(2026, 4, 9), note="", now=now) == 1
    assert evaluation.scale_at(MARCH) == FIRST_SCALE
    assert evaluation.scale_at(date(2026, 4, 1)).bands.excellent == 95
    assert evaluation.scale_of(row.weight_edition) == FIRST_SCALE
    assert evaluation.scale_of(1).weights["department"] == {"rework_rate": 100}
    assert len(evaluation.weight_editions()) == 1


def test_weights_are_published_forward_only_and_by_who_configures(offices: Offices, now: datetime) -> None:
    given_facts = {"scale": FIRST_SCALE, "note": "", "now": now}
    with pytest.raises(NotPermitted):
        publish_weights(offices.acceptor, effective_from=MARCH, **given_facts)  # type: ignore[arg-type]  # test data
    for month in (date(2026, 2, 28),):
        with pytest.raises(Invalid):
            publish_weights(SYSTEM, effective_from=month, **given_facts)  # type: ignore[arg-type]  # test data
    publish_weights(SYSTEM, effective_from=MARCH, **given_facts)  # type: ignore[arg-type]  # test data
    with pytest.raises(Invalid):
        publish_weights(SYSTEM, effective_from=MARCH, **given_facts)  # type: ignore[arg-type]  # test data
    with pytest.raises(Invalid):
        publish_weights(SYSTEM, scale=Scale(0, {}, Bands()), effective_from=date(2026, 5, 1), note="", now=now)


def test_temporary_tables_are_gone_and_a_second_run_in_the_same_transaction_works(
    offices: Offices, now: datetime
) -> None:
    judged(offices, now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('pg_temp.urban_month_case')")
        assert cursor.fetchone()[0] is None
    assert StepRecord.objects.exists()


def test_report_is_a_pdf_with_a_font_for_chinese() -> None:
    sheet = Sheet("部门", ["名次", "对象", "得分"], [["1", "城管局", "98.00"]])
    body = monthly_report("月报 <一>", facts=["统计"], sheets=[sheet])
    assert body.startswith(b"%PDF-")
    assert b"STSong-Light" in body
