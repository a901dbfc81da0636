"""Evaluating a month."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final

from django.db import connection, transaction

from onecity.domains.urban_management.models import Centre, EvaluationResult, EvaluationRun
from onecity.domains.urban_management.permissions import SUPERVISE
from onecity.domains.urban_management.rules.catalogue import KINDS, Kind
from onecity.domains.urban_management.rules.evaluation import Scale, band_of, ranks, score_of
from onecity.domains.urban_management.selectors.evaluation import owners_of, scale_at
from onecity.domains.urban_management.selectors.naming import names_of
from onecity.domains.urban_management.selectors.summing import copy_month, sums
from onecity.kernel import bus, clock
from onecity.kernel.actor import Actor, system_actor
from onecity.kernel.clock import CITY_ZONE, city_date
from onecity.kernel.errors import Invalid, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.identity.api import organisation, record, row_scope
from onecity.platform.jobs.declare import Progress, Result

JOB: Final = "urban_management.evaluate"
_TIMER: Final = system_actor("urban_management.evaluation")
_BATCH: Final = 2000


def month_bounds(month: date) -> tuple[datetime, datetime]:
    """Return a month's first instant and the next month's, in the city's time."""
    start = datetime(month.year, month.month, 1, tzinfo=CITY_ZONE)
    return start, datetime(month.year + month.month // 12, month.month % 12 + 1, 1, tzinfo=CITY_ZONE)


def request_evaluation(actor: Actor, *, organisation_id: int, month: date, now: datetime) -> str:
    """Start the evaluation of a centre's month in the background; return the address that shows how it goes.

    month: any of its days; the running one counts as far as it has come. now: city time.
    Raises: NotPermitted; NotFound; Invalid for a month to come.
    """
    centre = organisation(organisation_id)
    scope = row_scope(actor, SUPERVISE)
    if not scope.everything and centre.id not in scope.organisation_ids:
        raise NotPermitted
    if month.replace(day=1) > city_date(now):
        raise Invalid(fields={"month": zh("不能评价尚未开始的月份")})
    title = f"{centre.short_name or centre.name} {month:%Y-%m} 综合评价"
    with transaction.atomic():
        record(actor, action="urban_management.request_evaluation", details={"month": f"{month:%Y-%m}"})
        return bus.begin(
            actor,
            code=JOB,
            title=title,
            organisation=centre.id,
            month=month.replace(day=1).isoformat(),
            now=now.isoformat(),
            by=actor.key,
        )


def run_evaluation(progress: Progress, arguments: Mapping[str, object]) -> Result:
    """Evaluate as background work. Arguments: organisation, month, now (city time), by (an actor's key)."""
    run_id = evaluate(
        int(str(arguments["organisation"])),
        month=date.fromisoformat(str(arguments["month"])),
        now=datetime.fromisoformat(str(arguments["now"])),
        by=str(arguments["by"]),
        progress=progress,
    )
    row = EvaluationRun.objects.get(id=run_id)
    return {"cases": row.cases, "steps": row.steps, "objects": EvaluationResult.objects.filter(run=row).count()}


def evaluate(organisation_id: int, *, month: date, now: datetime, by: str, progress: Progress | None = None) -> int:
    """Evaluate a centre's month and return the run's id; an earlier run of the month is replaced, all or nothing.

    Two that come at once wait for each other. now: city time; what happened later is not counted.
    """
    start, end = month_bounds(month)
    scale = scale_at(month)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"urban.evaluate:{organisation_id}"]
            )
            cursor.execute("SET LOCAL work_mem = '128MB'")
        row = EvaluationRun.objects.create(
            organisation_id=organisation_id,
            month_date=month.replace(day=1),
            starts_at=start,
            ends_at=min(end, now),
            weight_edition=scale.edition,
            created_at=now,
            requested_by=by,
        )
        row.cases, row.steps = copy_month(owners_of(organisation_id), start=start, end=row.ends_at)
        for place, (kind, name) in enumerate(KINDS):
            if progress is not None:
                progress.step(place, total=len(KINDS), note=name)
            for level, found in sums(kind, start=start, end=row.ends_at).items():
                _write(row, kind, level, found, scale)
        of_month = EvaluationRun.objects.filter(organisation_id=organisation_id, month_date=row.month_date)
        of_month.exclude(id=row.id).delete()
        row.status, row.finished_at = EvaluationRun.Status.DONE, now
        row.save()
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE urban_month_case, urban_month_step")
        details = {"month": f"{month:%Y-%m}", "cases": row.cases, "edition": scale.edition}
        record(
            _TIMER,
            action="urban_management.evaluate",
            target=f"urban_management.evaluationrun:{row.id}",
            details=details,
        )
    return row.id


def _write(row: EvaluationRun, kind: Kind, level: str, found: Mapping[str, Mapping[str, int]], scale: Scale) -> None:
    names = names_of(kind, level, list(found))
    scores = [score_of(kind, counts, scale=scale) for counts in found.values()]
    placed = ranks(scores)
    EvaluationResult.objects.bulk_create(
        (
            EvaluationResult(
                run=row,
                kind=kind,
                level=level,
                key=key,
                name=names.get(key, key)[:120],
                counts=counts,
                score=score,
                band=band_of(score, bands=scale.bands),
                rank=place,
            )
            for (key, counts), score, place in zip(found.items(), scores, placed, strict=True)
        ),
        batch_size=_BATCH,
    )


def begin_last_month(*, now: datetime) -> Sequence[int]:
    """Start what nobody has started of last month's evaluations, once for each centre; returns the centres.

    A row that says so is written with the job, so that the next tick does not start it again. now: city time.
    """
    first = city_date(now).replace(day=1)
    month = date(first.year - (first.month == 1), (first.month - 2) % 12 + 1, 1)
    start, end = month_bounds(month)
    begun = []
    for centre in sorted(set(Centre.objects.values_list("organisation_id", flat=True))):
        if EvaluationRun.objects.filter(organisation_id=centre, month_date=month).exists():
            continue
        with transaction.atomic():
            EvaluationRun.objects.create(
                organisation_id=centre, month_date=month, starts_at=start, ends_at=end,
                weight_edition=scale_at(month).edition, created_at=now, requested_by=_TIMER.key,
            )  # fmt: skip
            request_evaluation(_TIMER, organisation_id=centre, month=month, now=now)
        begun.append(centre)
    return begun


def evaluate_last_month() -> None:
    """Start what is missing of last month's evaluations; a tick."""
    begin_last_month(now=clock.city_now())
