"""Reading series, what was published of them, and the tables that brought it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from onecity.kernel.actor import EVERYTHING, Actor
from onecity.kernel.errors import NotFound
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity
from onecity.platform.registers.contracts.economy import Period, SeriesInfo, ValueInfo
from onecity.platform.registers.models import EconomicSeries, EconomicTable, EconomicValue
from onecity.platform.registers.permissions import VIEW_ECONOMY
from onecity.platform.registers.rules.economy.comparing import SERIES_KINDS
from onecity.platform.registers.rules.economy.periods import PERIOD_KINDS
from onecity.web.keyset import page_of
from onecity.web.listing import Query
from onecity.web.paging import Count, Page

STAGE_RANK: Final = Case(
    When(stage="final", then=Value(3)),
    When(stage="revised", then=Value(2)),
    default=Value(1),
    output_field=IntegerField(),
)
"""A later stage outranks an earlier one published on the same day."""
KEY: Final = ("series_id", "division_code", "period_kind", "period_year", "period_number")
"""What a value is of."""


class UnknownSeries(NotFound):
    """No series has this code."""

    code = "registers.unknown_series"
    message = zh("没有这个经济指标：{code}")


@dataclass(frozen=True, slots=True)
class LineKey:
    """One line of figures: of a series, for a division."""

    series: str
    division_code: str


Lines = Mapping[LineKey, Mapping[Period, ValueInfo]]


def series_page(query: Query) -> Page[SeriesInfo]:
    """Return series, newest first; definitions are no secret. Filters: kind, organisation."""
    rows = EconomicSeries.objects.all()
    if query.filters.get("kind"):
        rows = rows.filter(kind=query.filters["kind"])
    if query.filters.get("organisation"):
        rows = rows.filter(organisation_id=int(query.filters["organisation"]))
    if query.search:
        named = Q(name__icontains=query.search) | Q(code__icontains=query.search)
        rows = rows.filter(named | Q(aliases__contains=[query.search]))
    count = None if query.after else Count(rows.count())
    rows = rows.select_related("whole")
    return page_of(rows, after=query.after, size=query.size, count=count).shown(series_info)


def all_series() -> list[SeriesInfo]:
    """Return every series, ordered by code; a city has some thousands at most."""
    return [series_info(row) for row in EconomicSeries.objects.select_related("whole").order_by("code")]


def series_by_code(code: str) -> SeriesInfo:
    """Return a series.

    Raises: UnknownSeries.
    """
    row = EconomicSeries.objects.select_related("whole").filter(code=code).first()
    if row is None:
        raise UnknownSeries(params={"code": code})
    return series_info(row)


def parts_of(code: str) -> list[SeriesInfo]:
    """Return the series that are parts of one, ordered by code."""
    rows = EconomicSeries.objects.select_related("whole").filter(whole__code=code).order_by("code")
    return [series_info(row) for row in rows]


def population_series() -> SeriesInfo | None:
    """Return the series by which figures are shared out per head; None while none is named."""
    row = EconomicSeries.objects.select_related("whole").filter(is_population=True).first()
    return series_info(row) if row else None


def lines(
    actor: Actor,
    *,
    series: Iterable[str],
    divisions: Sequence[str] = (),
    kind: str = "",
    known_on: date | None = None,
) -> Lines:
    """Return figures that the actor may see, by series, division and period.

    divisions: none for all. kind: of periods, none for all. known_on: as had been published by the end of that day;
    None for what stands now.
    """
    rows = _visible(actor).filter(series__code__in=list(series), withdrawn_at__isnull=True)
    if divisions:
        rows = rows.filter(division_code__in=list(divisions))
    if kind:
        rows = rows.filter(period_kind=kind)
    found: dict[LineKey, dict[Period, ValueInfo]] = {}
    for row in _as_known(rows, known_on):
        info = value_info(row)
        found.setdefault(LineKey(info.series, info.division_code), {})[info.period] = info
    return found


def versions(actor: Actor, *, series: str, division_code: str, period: Period) -> list[ValueInfo]:
    """Return everything that was published of one figure, withdrawn or not, the newest first."""
    rows = _visible(actor).filter(
        series__code=series,
        division_code=division_code,
        period_kind=period.kind,
        period_year=period.year,
        period_number=period.number,
    )
    ordered = rows.annotate(rank=STAGE_RANK).order_by("-published_on", "-rank", "-id")
    return [value_info(row) for row in ordered.select_related("series")]


def divisions_with_values(actor: Actor, *, series: Sequence[str]) -> list[str]:
    """Return the codes of the divisions for which the actor may see figures of these series, ordered."""
    rows = _visible(actor).filter(series__code__in=list(series), is_current=True)
    return sorted(set(rows.values_list("division_code", flat=True)))


def period_kinds(actor: Actor, *, series: str) -> list[str]:
    """Return the kinds of periods for which there are figures."""
    rows = _visible(actor).filter(series__code=series, is_current=True)
    return sorted(set(rows.values_list("period_kind", flat=True)))


def tables_page(actor: Actor, query: Query) -> Page[EconomicTable]:
    """Return tables that the actor may see, newest first. Filter: state."""
    rows = EconomicTable.objects.filter(_tables_scope(actor))
    if query.filters.get("state"):
        rows = rows.filter(state=query.filters["state"])
    if query.search:
        rows = rows.filter(Q(title__icontains=query.search) | Q(filename__icontains=query.search))
    return page_of(rows, after=query.after, size=query.size)


def table_for(actor: Actor, table_id: int) -> EconomicTable:
    """Return a table.

    Raises: NotFound if there is none, or the actor may not see it.
    """
    row = EconomicTable.objects.filter(_tables_scope(actor), id=table_id).first()
    if row is None:
        raise NotFound
    return row


def values_of_table(actor: Actor, table_id: int, *, most: int) -> list[ValueInfo]:
    """Return the values that a table brought, in its own order, at most so many."""
    rows = _visible(actor).filter(table_id=table_id).select_related("series").order_by("id")
    return [value_info(row) for row in rows[:most]]


def may_maintain(actor: Actor, *, permission: str, organisation_id: int, division_code: str = "") -> bool:
    """Say whether a right holds for a department's figures of a division."""
    keys = identity.row_keys(organisation_id=organisation_id, division_code=division_code)
    return bool({*keys, EVERYTHING} & actor.scopes(permission))


def series_info(row: EconomicSeries) -> SeriesInfo:
    """Return a series' row as others see it."""
    return SeriesInfo(
        id=row.id,
        code=row.code,
        name=row.name,
        kind=SERIES_KINDS[row.kind],
        unit=row.unit,
        decimals=row.decimals,
        organisation_id=row.organisation_id,
        definition=row.definition,
        base_year=row.base_year,
        whole=row.whole.code if row.whole else "",
        aliases=tuple(row.aliases),
        parts_are_complete=row.parts_are_complete,
        sums_over_divisions=row.sums_over_divisions,
        is_population=row.is_population,
        is_made_up=row.is_made_up,
        created_at=row.created_at,
    )


def period_of(row: EconomicValue) -> Period:
    """Return the period of a value's row."""
    return Period(row.period_year, PERIOD_KINDS[row.period_kind], row.period_number)


def value_info(row: EconomicValue) -> ValueInfo:
    """Return a value's row as others see it."""
    return ValueInfo(
        id=row.id,
        series=row.series.code,
        division_code=row.division_code,
        period=period_of(row),
        value=row.value,
        mark=row.mark,
        stated=row.stated,
        note=row.note,
        stage=row.stage,
        published_on=row.published_on,
        table_id=row.table_id,
        cell=row.cell,
        is_current=row.is_current,
        recorded_by=row.recorded_by,
        created_at=row.created_at,
        withdrawn_at=row.withdrawn_at,
    )


def _visible(actor: Actor) -> QuerySet[EconomicValue]:
    return EconomicValue.objects.filter(identity.row_scope(actor, VIEW_ECONOMY).q())


def _tables_scope(actor: Actor) -> Q:
    scope = identity.row_scope(actor, VIEW_ECONOMY)
    return Q() if scope.everything else Q(organisation_id__in=scope.organisation_ids)


def _as_known(rows: QuerySet[EconomicValue], known_on: date | None) -> QuerySet[EconomicValue]:
    if known_on is None:
        return rows.filter(is_current=True).select_related("series").order_by("ends_on")
    published = rows.filter(published_on__lte=known_on).annotate(rank=STAGE_RANK)
    return published.select_related("series").order_by(*KEY, "-published_on", "-rank", "-id").distinct(*KEY)
