"""Taking in what was published: nothing is overwritten, a revision is a further row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.db import transaction

from onecity.kernel.actor import Actor
from onecity.kernel.clock import city_date
from onecity.kernel.errors import Invalid, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity
from onecity.platform.registers.contracts.economy import NewValue, Period
from onecity.platform.registers.models import EconomicSeries, EconomicValue
from onecity.platform.registers.permissions import MAINTAIN_ECONOMY
from onecity.platform.registers.selectors.economy import UnknownSeries, may_maintain, period_of

STAGES: Final = ("preliminary", "revised", "final")
MOST_AT_ONCE: Final = 20_000
Key = tuple[str, str, Period]


@dataclass(frozen=True, slots=True)
class Publication:
    """When and how finally figures were published. table_id: the table that brought them; None when typed in."""

    published_on: date
    stage: str
    table_id: int | None = None


def record_values(
    actor: Actor, *, values: Sequence[NewValue], publication: Publication, now: datetime
) -> tuple[int, int]:
    """Record figures; return how many say something new and how many say what stood before.

    A table's repetition is recorded too, so that the figure stays when the table that said it first is withdrawn; one
    typed in again is not. A figure published before the one that stands is kept in its place in the history and
    changes nothing now. The caller audits a table as a whole; figures typed in are audited here.
    Raises: NotPermitted; UnknownSeries; Invalid for an unknown stage, too many values, a date that is to come, a
    figure named twice, or a value together with a mark.
    """
    _check(values, publication, now=now)
    with transaction.atomic():
        series = _locked({item.series for item in values})
        _check_rights(actor, values, series)
        standing = _standing(values, series)
        same = [item for item in values if _says_the_same(item, standing.get(_key(item)), publication)]
        repeated = {_key(item) for item in same}
        typed_in = publication.table_id is None
        fresh = [item for item in values if not (typed_in and _key(item) in repeated)]
        overtaken = [row.id for item in fresh if (row := standing.get(_key(item))) and not _older(publication, row)]
        EconomicValue.objects.filter(id__in=overtaken).update(is_current=False)
        EconomicValue.objects.bulk_create(
            [_row(actor, item, standing.get(_key(item)), series[item.series], publication, now) for item in fresh],
            batch_size=2_000,
        )
        if typed_in and fresh:
            codes = sorted({item.series for item in fresh})
            identity.record(
                actor,
                action="registers.record_figures",
                target=f"registers.economicseries:{series[codes[0]].id}",
                details={"series": codes, "values": len(fresh)},
            )
    return len(values) - len(same), len(same)


def _check(values: Sequence[NewValue], publication: Publication, *, now: datetime) -> None:
    if publication.stage not in STAGES:
        raise Invalid(fields={"stage": zh("没有这个数据阶段")})
    if publication.published_on > city_date(now):
        raise Invalid(fields={"published_on": zh("发布日期不能晚于今天")})
    if len(values) > MOST_AT_ONCE:
        raise Invalid(zh("一次最多录入{number}个数值"), params={"number": MOST_AT_ONCE})
    if len({_key(item) for item in values}) != len(values):
        raise Invalid(zh("同一指标、区划和报告期出现了两次"))
    if any((item.value is None) != bool(item.mark) for item in values):
        raise Invalid(fields={"value": zh("数值和缺数标记应二者填一")})


def _locked(codes: set[str]) -> dict[str, EconomicSeries]:
    rows = EconomicSeries.objects.select_for_update().filter(code__in=codes).order_by("id")
    found = {row.code: row for row in rows}
    for code in sorted(codes - found.keys()):
        raise UnknownSeries(params={"code": code})
    return found


def _check_rights(actor: Actor, values: Sequence[NewValue], series: Mapping[str, EconomicSeries]) -> None:
    asked = {(series[item.series].organisation_id, item.division_code) for item in values}
    for organisation_id, division_code in sorted(asked):
        permitted = may_maintain(
            actor, permission=MAINTAIN_ECONOMY, organisation_id=organisation_id, division_code=division_code
        )
        if not permitted:
            raise NotPermitted


def _standing(values: Sequence[NewValue], series: Mapping[str, EconomicSeries]) -> dict[Key, EconomicValue]:
    """Return the rows that stand now for these figures."""
    rows = EconomicValue.objects.filter(
        series__in=list(series.values()),
        division_code__in={item.division_code for item in values},
        period_year__in={item.period.year for item in values},
        is_current=True,
    )
    codes = {row.id: code for code, row in series.items()}
    return {(codes[row.series_id], row.division_code, period_of(row)): row for row in rows}


def _key(item: NewValue) -> Key:
    return item.series, item.division_code, item.period


def _says_the_same(item: NewValue, row: EconomicValue | None, publication: Publication) -> bool:
    if row is None:
        return False
    same = row.value == _stored(item.value) and row.mark == item.mark
    return same and row.stage == publication.stage


def _older(publication: Publication, row: EconomicValue) -> bool:
    """Say whether a publication came before the one that stands."""
    mine = (publication.published_on, STAGES.index(publication.stage))
    return mine < (row.published_on, STAGES.index(row.stage))


def _stored(value: Decimal | None) -> Decimal | None:
    return None if value is None else value.quantize(Decimal("1e-12"))


def _row(
    actor: Actor,
    item: NewValue,
    standing: EconomicValue | None,
    series: EconomicSeries,
    publication: Publication,
    now: datetime,
) -> EconomicValue:
    return EconomicValue(
        series=series,
        organisation_id=series.organisation_id,
        division_code=item.division_code,
        period_kind=item.period.kind,
        period_year=item.period.year,
        period_number=item.period.number,
        ends_on=item.period.ends_on,
        value=item.value,
        mark=item.mark,
        stated=item.stated[:60],
        note=item.note[:60],
        stage=publication.stage,
        published_on=publication.published_on,
        table_id=publication.table_id,
        cell=item.cell,
        is_current=standing is None or not _older(publication, standing),
        recorded_by=actor.key[:60],
        created_at=now,
    )
