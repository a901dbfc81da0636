"""Made-up economic series and three statistical tables of them, taken in by the way that real ones come."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from onecity.kernel.actor import Actor
from onecity.kernel.ciphers.sm3 import sm3
from onecity.kernel.clock import CITY_ZONE, city_date
from onecity.kernel.text import zh
from onecity.platform.geo import api as geo
from onecity.platform.registers.codecs.spreadsheets import Grid, grid_text
from onecity.platform.registers.contracts.economy import NewSeries, NewValue
from onecity.platform.registers.models import EconomicSeries
from onecity.platform.registers.rules.economy.comparing import SeriesKind
from onecity.platform.registers.rules.economy.planning import Known, Reading, RowsAre, plan
from onecity.platform.registers.rules.economy.tables import read_table
from onecity.platform.registers.selectors.economy import all_series
from onecity.platform.registers.services.economy.series import define_series
from onecity.platform.registers.services.economy.tables import NewTable, take_table
from onecity.platform.registers.services.economy.values import Publication

YEARS: Final = 10
MADE_UP: Final = "（示意数据）"
_WAVES: Final = tuple(map(Decimal, ("1", "1.006", "1.011", "1.003", "0.996", "0.991", "0.998")))
_CENT: Final = Decimal("0.01")
_SERIES: Final[Sequence[tuple[str, str, SeriesKind, str, int, str]]] = (
    ("gdp", zh("地区生产总值"), "flow", "亿元", 2, ""),
    ("gdp.primary", zh("第一产业增加值"), "flow", "亿元", 2, "gdp"),
    ("gdp.secondary", zh("第二产业增加值"), "flow", "亿元", 2, "gdp"),
    ("gdp.tertiary", zh("第三产业增加值"), "flow", "亿元", 2, "gdp"),
    ("population", zh("常住人口"), "stock", "万人", 2, ""),
    ("retail", zh("社会消费品零售总额"), "flow", "亿元", 2, ""),
    ("revenue", zh("一般公共预算收入"), "flow", "亿元", 2, ""),
    ("income.urban", zh("城镇居民人均可支配收入"), "flow", "元", 0, ""),
    ("cpi", zh("居民消费价格指数"), "index", "上年=100", 1, ""),
    ("unemployment", zh("城镇调查失业率"), "rate", "%", 1, ""),
)
_SUMMED: Final = frozenset({"gdp", "population"})
_DEFINITIONS: Final[Mapping[str, str]] = {
    "gdp": zh("本地区所有常住单位在一定时期内生产活动的最终成果，按当年价格计算。"),
    "population": zh("年末实际居住在本地区半年以上的人口。"),
    "cpi": zh("反映居民购买的消费品和服务项目价格水平变动，以上年为100。"),
}


def seed_economy(actor: Actor, *, organisation_id: int, now: datetime) -> int:
    """Define series and take in three tables of made-up figures; returns how many series there are. now: city time.

    Where there is a series already, nothing is done.
    """
    standing = EconomicSeries.objects.count()
    if standing:
        return standing
    for code, name, kind, unit, decimals, whole in _SERIES:
        new = NewSeries(
            code=code,
            name=name,
            kind=kind,
            unit=unit,
            organisation_id=organisation_id,
            definition=_DEFINITIONS.get(code, ""),
            decimals=decimals,
            whole=whole,
            parts_are_complete=code == "gdp",
            sums_over_divisions=code in _SUMMED,
            is_population=code == "population",
            is_made_up=True,
        )
        define_series(actor, new=new, now=now)
    last = now.astimezone(CITY_ZONE).year - 1
    day = min(date(last + 1, 1, 20), city_date(now))
    city, counties = _divisions()
    _take(actor, _yearly(last), "indicators", city, counties, organisation_id, day, now)
    _take(actor, _quarterly(last), "indicators", city, counties, organisation_id, day, now)
    if counties:
        _take(actor, _by_county(last, list(counties)), "divisions", city, counties, organisation_id, day, now)
    return len(_SERIES)


def yearly_figures(year: int, *, last: int) -> dict[str, Decimal]:
    """Return a year's made-up figures by series; parts add up to their whole to the last digit."""
    age = year - (last - YEARS + 1)
    gdp = _rounded(Decimal(2600) * Decimal("1.058") ** age * _WAVES[age % len(_WAVES)])
    primary, secondary = _rounded(gdp * Decimal("0.071")), _rounded(gdp * (Decimal("0.402") - age * Decimal("0.004")))
    return {
        "gdp": gdp,
        "gdp.primary": primary,
        "gdp.secondary": secondary,
        "gdp.tertiary": gdp - primary - secondary,
        "population": _rounded(Decimal("412.60") + age * Decimal("1.85")),
        "retail": _rounded(gdp * Decimal("0.379")),
        "revenue": _rounded(gdp * Decimal("0.083")),
        "income.urban": (Decimal(31_200) * Decimal("1.064") ** age).quantize(Decimal(1)),
        "cpi": Decimal("101.8") + Decimal(age % 3 - 1) * Decimal("0.4"),
        "unemployment": Decimal("4.6") + Decimal(age % 4) * Decimal("0.1"),
    }


def _yearly(last: int) -> Grid:
    """Return the table of main figures by year, as a yearbook prints it."""
    years = range(last - YEARS + 1, last + 1)
    figures = {year: yearly_figures(year, last=last) for year in years}
    return [
        [f"表1　主要经济指标{MADE_UP}"],
        ["指标", "单位", *(f"{year}年" for year in years)],
        *([name, unit, *(f"{figures[year][code]:,}" for year in years)] for code, name, _, unit, _, _ in _SERIES),
        ["注：本表为演示用的示意数据，不是任何城市的统计结果。"],
    ]


def _quarterly(last: int) -> Grid:
    """Return the table of two years by running totals, with the growth that it tells."""
    spans = (("一季度", "0.218"), ("上半年", "0.461"), ("前三季度", "0.718"))
    rows: list[list[str]] = []
    for code, name in (
        ("gdp", "一、地区生产总值"),
        ("retail", "二、社会消费品零售总额"),
        ("revenue", "三、一般公共预算收入"),
    ):
        row = [name]
        for year in (last - 1, last):
            for _, share in spans:
                now, before = (
                    _rounded(yearly_figures(item, last=last)[code] * Decimal(share)) for item in (year, year - 1)
                )
                row += [f"{now:,}", f"{((now - before) / before * 100).quantize(Decimal('0.1'), ROUND_HALF_UP)}"]
        rows.append(row)
    names = [f"{year}年{span}" for year in (last - 1, last) for span, _ in spans]
    return [
        [f"表2　分季度主要指标{MADE_UP}"],
        ["", "", "单位：亿元"],
        ["指标", *(cell for name in names for cell in (name, ""))],
        ["", *(cell for _ in names for cell in ("累计", "增长（%）"))],
        *rows,
    ]


def _by_county(last: int, names: Sequence[str]) -> Grid:
    """Return the table of the gross product by county; the last one takes what rounding left."""
    years = range(last - 2, last + 1)
    weights = [Decimal(len(names) - place + 2) for place in range(len(names))]
    totals = [yearly_figures(year, last=last)["gdp"] for year in years]
    shares = [[_rounded(total * weight / sum(weights)) for total in totals] for weight in weights[:-1]]
    rest = [total - sum((row[place] for row in shares), Decimal(0)) for place, total in enumerate(totals)]
    return [
        [f"表3　分县（市、区）地区生产总值{MADE_UP}"],
        ["单位：亿元"],
        ["地区", *(f"{year}年" for year in years)],
        ["全市", *(f"{total:,}" for total in totals)],
        *([name, *(f"{value:,}" for value in row)] for name, row in zip(names, [*shares, rest], strict=True)),
    ]


def _take(
    actor: Actor,
    grid: Grid,
    rows_are: RowsAre,
    city: str,
    counties: Mapping[str, str],
    organisation_id: int,
    day: date,
    now: datetime,
) -> None:
    table = read_table(grid)
    known = [Known(item.code, frozenset({item.name}), item.unit, item.kind) for item in all_series()]
    divisions = {**counties, "全市": city}
    found = plan(table, Reading(rows_are, known, divisions, series="gdp", division=city))
    if found.faults:
        raise ValueError(f"the made-up table has faults: {found.faults[0]}")
    values = [
        NewValue(item.series, item.division_code, item.period, item.value, item.mark, item.stated, item.note, item.cell)
        for item in found.values
    ]
    new = NewTable(
        title=table.title,
        filename="",
        digest=sm3(grid_text(grid).encode()).hex(),
        organisation_id=organisation_id,
        publication=Publication(day, "preliminary"),
        is_made_up=True,
    )
    take_table(actor, new=new, values=values, now=now)


def _divisions() -> tuple[str, dict[str, str]]:
    """Return the city's code, and its counties' codes by name."""
    city = geo.city()
    if city is None:
        return "", {}
    code = geo.division(city.division_code).code
    return code, {item.name: item.code for item in geo.divisions(parent_code=code)}


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(_CENT, ROUND_HALF_UP)
