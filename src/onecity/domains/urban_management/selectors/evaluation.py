"""Finished evaluations as an actor may see them: runs, results in order of rank, and the rows behind each count."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import connection

from onecity.domains.urban_management.models import EvaluationResult, EvaluationRun, WeightEdition
from onecity.domains.urban_management.permissions import SUPERVISE
from onecity.domains.urban_management.rules.catalogue import KINDS, Kind
from onecity.domains.urban_management.rules.evaluation import FIRST_SCALE, Bands, Scale
from onecity.domains.urban_management.selectors.counting import COUNTS, owner_of, values_of
from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotFound
from onecity.kernel.text import zh
from onecity.platform.identity.api import organisations, row_scope

MOST_RUNS: Final = 60
MOST_ROWS: Final = 2000
_ROWS: Final = """
    SELECT c.case_id, c.number, c.title, c.opened_at, {due}, {ended}
    FROM {table} WHERE c.organisation_id = ANY(%(owners)s) AND ({when}) AND ({owner}) = %(key)s
    ORDER BY {ended} DESC NULLS FIRST, c.case_id DESC LIMIT %(most)s
"""
_TABLES: Final = {
    "case": ("urban_management_caserecord c", "c.due_at", "c.closed_at"),
    "step": (
        "urban_management_steprecord s JOIN urban_management_caserecord c ON c.case_id = s.case_id",
        "s.due_at",
        "s.ended_at",
    ),
}


@dataclass(frozen=True, slots=True)
class CountedRow:
    """A case or step behind a count. due_at, ended_at: of the step where steps are counted."""

    case_id: int
    number: str
    title: str
    opened_at: datetime
    due_at: datetime | None
    ended_at: datetime | None


def runs(actor: Actor) -> list[EvaluationRun]:
    """Return the newest finished runs that the actor may see."""
    rows = EvaluationRun.objects.filter(row_scope(actor, SUPERVISE).q(division="organisation__division_code"))
    return list(
        rows.filter(status="done").select_related("organisation").order_by("-month_date", "organisation")[:MOST_RUNS]
    )


def run(actor: Actor, run_id: int) -> EvaluationRun:
    """Return a finished run.

    Raises: NotFound also where the actor may not see it.
    """
    rows = EvaluationRun.objects.filter(row_scope(actor, SUPERVISE).q(division="organisation__division_code"))
    row = rows.filter(id=run_id, status="done").select_related("organisation").first()
    if row is None:
        raise NotFound(zh("没有这次评价"))
    return row


def results(row: EvaluationRun, *, kind: Kind, level: str) -> list[EvaluationResult]:
    """Return how the objects of a kind stand, the best first; whoever has no score stands last."""
    found = list(EvaluationResult.objects.filter(run=row, kind=kind, level=level))
    return sorted(found, key=lambda item: (item.rank is None, item.rank or 0, item.key))


def result(row: EvaluationRun, result_id: int) -> EvaluationResult:
    """Return one object's result in a run.

    Raises: NotFound.
    """
    found = EvaluationResult.objects.filter(run=row, id=result_id).first()
    if found is None:
        raise NotFound(zh("没有这个评价对象"))
    return found


def rows_behind(row: EvaluationRun, found: EvaluationResult, *, code: str) -> list[CountedRow]:
    """Return the cases or steps that one of an object's counts is made of, newest end first, at most `MOST_ROWS`.

    Raises: NotFound for a count that the kind is not judged by.
    """
    kind = next((kind for kind, _ in KINDS if kind == found.kind), None)
    count = COUNTS.get(code)
    owner = owner_of(kind, count, digits=int(found.level) if kind == "region" else 0) if kind and count else ""
    if count is None or not owner:
        raise NotFound(zh("该类对象不统计这一项"))
    table, due, ended = _TABLES[count.base]
    statement = _ROWS.format(table=table, due=due, ended=ended, when=count.when, owner=owner)
    key = f"{found.level}:{found.key}" if kind == "post" else found.key
    values = {**values_of(row.starts_at, row.ends_at), "owners": owners_of(row.organisation_id), "key": key}
    with connection.cursor() as cursor:
        cursor.execute(statement, {**values, "most": MOST_ROWS})
        return [CountedRow(*item) for item in cursor.fetchall()]


def owners_of(organisation_id: int) -> list[int]:
    """Return a supervision centre and all below it: whose cases its evaluation counts."""
    return [item.id for item in organisations(below=organisation_id)]


def scale_at(month: date) -> Scale:
    """Return the weights and bands in force for a month."""
    row = WeightEdition.objects.filter(effective_from__lte=month).order_by("-effective_from").first()
    return _scale(row) if row else FIRST_SCALE


def scale_of(edition: int) -> Scale:
    """Return an edition of the weights; the house's own for 0."""
    return _scale(WeightEdition.objects.get(edition=edition)) if edition else FIRST_SCALE


def weight_editions() -> Sequence[WeightEdition]:
    """Return the editions that the city published, newest first."""
    return list(WeightEdition.objects.order_by("-edition"))


def _scale(row: WeightEdition) -> Scale:
    weights = {kind: {code: float(weight) for code, weight in row.weights.get(kind, {}).items()} for kind, _ in KINDS}
    return Scale(row.edition, weights, Bands(row.excellent, row.good, row.fair))
