"""Figures of use, of compilation by department, and the drawing of lineage."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db.models import Count, Q, Sum

from onecity.platform.exchange.models import Dataset, DatasetVersion, LineageEdge, UsageDay, UsageTotal

MOST_NODES: Final = 60
_STEPS: Final = 3


@dataclass(frozen=True, slots=True)
class Used:
    """How often something was used."""

    views: int = 0
    downloads: int = 0
    queries: int = 0
    shares: int = 0


@dataclass(frozen=True, slots=True)
class Node:
    """A dataset in the drawing. step: how far from the one in the middle, negative for where it comes from."""

    id: int
    code: str
    title: str
    state: str
    step: int


@dataclass(frozen=True, slots=True)
class Edge:
    """One dataset comes from another."""

    source_id: int
    target_id: int
    origin: str
    flow_code: str
    note: str


@dataclass(frozen=True, slots=True)
class Department:
    """How a provider's catalogue stands."""

    organisation_id: int
    published: int
    unconditional: int
    conditional: int
    withheld: int
    opened: int
    overdue: int


def use_of(dataset_id: int) -> Used:
    """Return how often a dataset was used in all."""
    row = UsageTotal.objects.filter(dataset_id=dataset_id).first()
    return Used(row.views, row.downloads, row.queries, row.shares) if row else Used()


def use_by_day(dataset_id: int, *, until: date, days: int = 30) -> list[tuple[date, Used]]:
    """Return a dataset's use on each of the last days, oldest first; days without any are zero."""
    first = until - timedelta(days=days - 1)
    rows = {row.day: row for row in UsageDay.objects.filter(dataset_id=dataset_id, day__gte=first, day__lte=until)}
    found = []
    for place in range(days):
        day = first + timedelta(days=place)
        row = rows.get(day)
        found.append((day, Used(row.views, row.downloads, row.queries, row.shares) if row else Used()))
    return found


def most_used(*, until: date, days: int = 30, most: int = 10) -> list[tuple[str, str, int]]:
    """Return (code, title, uses) of the datasets used most in the last days."""
    first = until - timedelta(days=days - 1)
    uses = Sum("views") + Sum("downloads") + Sum("queries") + Sum("shares")
    rows = UsageDay.objects.filter(day__gte=first, day__lte=until).values("dataset_id").annotate(uses=uses)
    top = [(row["dataset_id"], row["uses"]) for row in rows.order_by("-uses")[:most]]
    known = Dataset.objects.filter(state=Dataset.State.PUBLISHED).in_bulk([number for number, _ in top])
    return [(known[number].code, known[number].title, uses) for number, uses in top if number in known]


def departments(*, now: datetime) -> list[Department]:
    """Return how each provider's catalogue stands, most entries first. now: city time."""
    rows = (
        Dataset.objects.filter(state=Dataset.State.PUBLISHED)
        .values("organisation_id")
        .annotate(
            published=Count("id"),
            unconditional=Count("id", filter=Q(sharing_type="unconditional")),
            conditional=Count("id", filter=Q(sharing_type="conditional")),
            withheld=Count("id", filter=Q(sharing_type="none")),
            opened=Count("id", filter=~Q(open_type="none")),
            overdue=Count("id", filter=Q(next_data_at__lt=now)),
        )
    )
    return [Department(**row) for row in rows.order_by("-published", "organisation_id")]


def waiting_reviews() -> int:
    """Return how many versions wait for review."""
    return DatasetVersion.objects.filter(state=DatasetVersion.State.SUBMITTED).count()


def lineage_of(dataset: Dataset) -> tuple[list[Node], list[Edge]]:
    """Return the published datasets around one, three steps back and forth, and the edges between them.

    A wide neighbourhood is cut at `MOST_NODES`.
    """
    steps: dict[int, int] = {dataset.id: 0}
    for sign, near, far in ((-1, "target_id", "source_id"), (1, "source_id", "target_id")):
        edge = [dataset.id]
        for step in range(1, _STEPS + 1):
            found = _beyond(edge, near, far)
            edge = [number for number in found if number not in steps][: MOST_NODES - len(steps)]
            steps.update(dict.fromkeys(edge, sign * step))
    rows = Dataset.objects.filter(id__in=steps).filter(Q(state=Dataset.State.PUBLISHED) | Q(id=dataset.id))
    nodes = [Node(row.id, row.code, row.title, row.state, steps[row.id]) for row in rows.order_by("id")]
    shown = {node.id for node in nodes}
    edges = LineageEdge.objects.filter(source_id__in=shown, target_id__in=shown).order_by("id")
    return nodes, [Edge(row.source_id, row.target_id, row.origin, row.flow_code, row.note) for row in edges]


def _beyond(numbers: Sequence[int], near: str, far: str) -> list[int]:
    rows = LineageEdge.objects.filter(**{f"{near}__in": numbers}).order_by(far)
    return list(rows.values_list(far, flat=True).distinct()[:MOST_NODES])
