"""Scores what a run carried."""

from datetime import datetime, timedelta

from onecity.kernel.clock import city_date
from onecity.platform.exchange.contracts.outcomes import Outcome
from onecity.platform.exchange.models import QualityScore, QualityStandard, Run
from onecity.platform.exchange.rules.implied import implied_checks
from onecity.platform.exchange.rules.scoring import (
    Standard,
    dimension_scores,
    grade,
    timeliness_score,
    total_score,
)
from onecity.platform.exchange.services.flows.plans import text_of

LOOKED_BACK: int = 20


def score_run(run: Run, outcome: Outcome, *, now: datetime) -> QualityScore | None:
    """Write the score of a finished run; None where no standard holds yet or no row was read. now: city time."""
    standard = standard_on(now)
    if standard is None or not outcome.counts.read:
        return None
    text = text_of(run.version)
    checks = (*text.checks, *implied_checks(text.target_shape))
    scores = dimension_scores(checks, failed=outcome.failed_checks, rows=outcome.counts.read)
    if run.due_at is not None:
        limit = timedelta(seconds=run.version.late_after_s)
        scores["timeliness"] = timeliness_score(due_at=run.due_at, ended_at=now, late_after=limit)
    scores["accessibility"] = _reached(run)
    total = total_score(scores, weights=standard.weights)
    return QualityScore.objects.create(
        run=run,
        flow_id=run.flow_id,
        dataset_code=run.flow.dataset_code,
        total=total,
        grade=grade(total, standard=standard),
        rows=outcome.counts.read,
        organisation_id=run.organisation_id,
        division_code=run.division_code,
        created_at=now,
        **scores,
    )


def standard_on(now: datetime) -> Standard | None:
    """Return the standard that holds at an instant."""
    row = QualityStandard.objects.filter(valid_from_date__lte=city_date(now)).order_by("-valid_from_date").first()
    return Standard(row.weights, tuple(row.bounds), tuple(row.grades)) if row else None


def _reached(run: Run) -> float:
    """Return the share (0–100) of the flow's last ended runs that did not fail, this one among them."""
    ended = Run.objects.filter(flow_id=run.flow_id, state__in=[Run.State.DONE, Run.State.FAILED]).exclude(id=run.id)
    states = [*ended.order_by("-created_at", "-id").values_list("state", flat=True)[: LOOKED_BACK - 1], Run.State.DONE]
    return 100.0 * sum(state == Run.State.DONE for state in states) / len(states)
