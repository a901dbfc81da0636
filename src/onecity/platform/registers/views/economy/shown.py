"""What people read of the macro-economic register: periods, figures, divisions, choices."""

from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Final

from django.utils.translation import gettext

from onecity.kernel.actor import Actor
from onecity.kernel.text import zh
from onecity.platform.geo import api as geo
from onecity.platform.identity import api as identity
from onecity.platform.registers.contracts.economy import Finding, Measure, Period, SeriesInfo, ValueInfo
from onecity.platform.registers.permissions import MAINTAIN_ECONOMY
from onecity.platform.registers.rules.economy.planning import Fault
from onecity.web.listing import Badge

MEASURES: Final[Mapping[Measure, str]] = {
    "value": zh("数值"),
    "year_on_year": zh("同比"),
    "period_on_period": zh("环比"),
    "share": zh("占总量比重"),
    "per_head": zh("人均"),
}
KINDS: Final[Mapping[str, str]] = {
    "year": zh("年度"),
    "half": zh("半年"),
    "quarter": zh("季度"),
    "month": zh("月度"),
    "cumulative": zh("累计"),
}
STAGES: Final[Mapping[str, Badge]] = {
    "preliminary": Badge(zh("初步核算数"), "yellow"),
    "revised": Badge(zh("修订数"), "blue"),
    "final": Badge(zh("最终核实数"), "green"),
}
SERIES_KIND: Final[Mapping[str, Badge]] = {
    "flow": Badge(zh("时期指标"), "blue"),
    "stock": Badge(zh("时点指标"), "green"),
    "rate": Badge(zh("比率"), "purple"),
    "index": Badge(zh("指数"), "orange"),
}
TABLE_STATE: Final[Mapping[str, Badge]] = {
    "taken": Badge(zh("已入库"), "green"),
    "withdrawn": Badge(zh("已撤销"), "grey"),
}
CHECKS: Final[Mapping[str, str]] = {
    "parts": zh("分项合计与总量不符"),
    "divisions": zh("下级区划合计与全市不符"),
    "growth": zh("表列增速与按现价计算的增速不符"),
    "quarters": zh("各季度合计与累计不符"),
    "falling": zh("累计值比前期减少"),
}
_ORDINALS: Final = "一二三四"
_STREET: Final = 4


def period_text(period: Period) -> str:
    """Return a period in words."""
    year, number = period.year, period.number
    match period.kind:
        case "year":
            return gettext("{year}年").format(year=year)
        case "half":
            wording = zh("{year}年上半年") if number == 1 else zh("{year}年下半年")
            return gettext(wording).format(year=year)
        case "quarter":
            return gettext("{year}年{ordinal}季度").format(year=year, ordinal=_ORDINALS[number - 1], number=number)
        case "month":
            return gettext("{year}年{number}月").format(year=year, number=number)
        case "cumulative":
            return gettext("{year}年1-{number}月").format(year=year, number=number)


def figure_text(value: Decimal | None, *, decimals: int, mark: str = "") -> str:
    """Return a figure with grouped thousands; a dash or an ellipsis where there is none."""
    if value is None:
        return "…" if mark == "unknown" else "—"
    return f"{value:,.{decimals}f}"


def value_text(info: ValueInfo, series: SeriesInfo) -> str:
    """Return a published figure."""
    return figure_text(info.value, decimals=series.decimals, mark=info.mark)


def measure_unit(series: SeriesInfo, measure: str, *, population_unit: str = "") -> str:
    """Return the unit of a comparison."""
    if measure in {"year_on_year", "period_on_period"}:
        return gettext("百分点") if series.kind == "rate" else "%"
    if measure == "share":
        return "%"
    return f"{series.unit}/{population_unit}" if measure == "per_head" else series.unit


def measure_decimals(series: SeriesInfo, measure: str) -> int:
    """Return how many decimals a comparison is shown with."""
    return series.decimals if measure == "value" else 4 if measure == "per_head" else 1


def fault_text(fault: Fault) -> str:
    """Return what is wrong with a cell, in the visitor's language."""
    return gettext(fault.reason).format_map(dict(fault.params))


def finding_text(finding: Finding, *, decimals: int) -> str:
    """Return a finding's figures in words."""
    places = 2 if finding.check == "growth" else decimals
    expected = figure_text(finding.expected, decimals=places)
    found = figure_text(finding.found, decimals=places)
    wording = {
        "growth": zh("表列{expected}，按数值计算为{found}"),
        "falling": zh("前期累计{expected}，本期累计{found}"),
    }.get(finding.check, zh("总量{expected}，合计{found}"))
    return gettext(wording).format(expected=expected, found=found)


def city_divisions() -> dict[str, str]:
    """Return the city and its counties, by code."""
    city = geo.city()
    if city is None:
        return {}
    whole = geo.division(city.division_code)
    return {whole.code: whole.name} | {item.code: item.name for item in geo.divisions(parent_code=whole.code)}


def division_names(codes: Iterable[str]) -> dict[str, str]:
    """Return the names of divisions by code; one that the map does not know keeps its code."""
    known = city_divisions()
    streets = {item.code: item.full_name for item in geo.divisions(level=_STREET)} if set(codes) - set(known) else {}
    return {code: known.get(code) or streets.get(code, code) for code in codes}


def division_codes() -> dict[str, str]:
    """Return the codes of divisions by the names that tables use; a name that several streets bear means none."""
    streets = geo.divisions(level=_STREET)
    often = Counter(item.name for item in streets)
    found = {item.name: item.code for item in streets if often[item.name] == 1}
    known = city_divisions()
    found |= {name: code for code, name in known.items()}
    whole = next(iter(known), "")
    return found | dict.fromkeys(("全市", "合计", "总计", "全市合计"), whole) if whole else found


def departments(actor: Actor) -> list[tuple[str, str]]:
    """Return the departments whose figures the actor may maintain."""
    scope = identity.row_scope(actor, MAINTAIN_ECONOMY)
    return [
        (str(item.id), item.short_name or item.name)
        for item in identity.organisations()
        if scope.everything or item.id in scope.organisation_ids
    ]


def organisation_names() -> dict[int, str]:
    """Return the organisations' short names by id."""
    return {item.id: item.short_name or item.name for item in identity.organisations()}
