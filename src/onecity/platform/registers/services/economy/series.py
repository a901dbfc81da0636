"""Defining series."""

import re
from datetime import datetime
from typing import Final

from django.db import transaction

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, Invalid, NotFound, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity
from onecity.platform.registers.contracts.economy import NewSeries, SeriesInfo
from onecity.platform.registers.models import EconomicSeries, EconomicValue
from onecity.platform.registers.permissions import MAINTAIN_ECONOMY
from onecity.platform.registers.rules.economy.units import UnknownUnit, measured
from onecity.platform.registers.selectors.economy import may_maintain, series_info

CODE: Final = re.compile(r"[a-z][a-z0-9_.-]{0,59}")


class SeriesExists(Conflict):
    """A series has this code already."""

    code = "registers.series_exists"
    message = zh("指标编码“{code}”已存在")


class UnitIsFixed(Conflict):
    """The series has values, which would be read in another unit."""

    code = "registers.unit_is_fixed"
    message = zh("该指标已有数值，计量单位和指标性质不能再修改")


def define_series(actor: Actor, *, new: NewSeries, now: datetime) -> SeriesInfo:
    """Define a series.

    Raises: NotPermitted; Invalid for a bad code, name, unit or whole; SeriesExists.
    """
    _check_right(actor, new.organisation_id)
    _check(new)
    with transaction.atomic():
        if EconomicSeries.objects.filter(code=new.code).exists():
            raise SeriesExists(params={"code": new.code}, fields={"code": zh("指标编码已存在")})
        row = EconomicSeries(code=new.code, created_at=now)
        _write(row, new)
        identity.record(actor, action="registers.define_series", target=f"registers.economicseries:{row.id}")
    return series_info(row)


def change_series(actor: Actor, *, new: NewSeries) -> SeriesInfo:
    """Change a series' definition; `new.code` names it. Its unit and kind are fixed once it has values.

    Raises: NotPermitted; NotFound; Invalid; UnitIsFixed.
    """
    _check(new)
    with transaction.atomic():
        row = EconomicSeries.objects.select_for_update().filter(code=new.code).first()
        if row is None:
            raise NotFound
        _check_right(actor, row.organisation_id)
        _check_right(actor, new.organisation_id)
        if (row.unit, row.kind) != (new.unit, new.kind) and EconomicValue.objects.filter(series=row).exists():
            raise UnitIsFixed
        moved = row.organisation_id != new.organisation_id
        _write(row, new)
        if moved:
            EconomicValue.objects.filter(series=row).update(organisation_id=new.organisation_id)
        identity.record(actor, action="registers.change_series", target=f"registers.economicseries:{row.id}")
    return series_info(row)


def _check_right(actor: Actor, organisation_id: int) -> None:
    if not may_maintain(actor, permission=MAINTAIN_ECONOMY, organisation_id=organisation_id):
        raise NotPermitted


def _check(new: NewSeries) -> None:
    faults = {}
    if not CODE.fullmatch(new.code):
        faults["code"] = zh("指标编码应以小写字母开头，由小写字母、数字和“_.-”组成")
    if not new.name.strip():
        faults["name"] = zh("请填写指标名称")
    try:
        measured(new.unit)
    except UnknownUnit as refusal:
        faults["unit"] = refusal.sentence()
    if faults:
        raise Invalid(fields=faults)


def _write(row: EconomicSeries, new: NewSeries) -> None:
    row.whole = _whole(row, new.whole)
    if new.is_population:
        EconomicSeries.objects.filter(is_population=True).exclude(id=row.id).update(is_population=False)
    row.name, row.aliases, row.definition = new.name.strip(), list(new.aliases), new.definition.strip()
    row.kind, row.unit, row.decimals, row.base_year = new.kind, new.unit, new.decimals, new.base_year
    row.organisation_id = new.organisation_id
    row.parts_are_complete, row.sums_over_divisions = new.parts_are_complete, new.sums_over_divisions
    row.is_population, row.is_made_up = new.is_population, new.is_made_up
    row.save()


def _whole(row: EconomicSeries, code: str) -> EconomicSeries | None:
    """Return the series of which this one is a part; no series is, through others, a part of itself."""
    if not code:
        return None
    whole = EconomicSeries.objects.filter(code=code).first()
    above = whole
    while above is not None:
        if above.code == row.code:
            raise Invalid(fields={"whole": zh("指标不能直接或间接属于自己")})
        above = EconomicSeries.objects.filter(id=above.whole_id).first() if above.whole_id else None
    if whole is None:
        raise Invalid(fields={"whole": zh("没有这个总量指标")})
    return whole
