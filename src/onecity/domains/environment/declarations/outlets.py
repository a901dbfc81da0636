"""Outlets of pollution sources: what they measure, how it travels, rules of the first day, their layer and figures."""

from typing import Final

from onecity.domains.environment.permissions import HANDLE_EXCESS, MANAGE_OUTLETS, VIEW_OUTLETS
from onecity.domains.environment.rules.outlets.codes import TYPES
from onecity.domains.environment.rules.outlets.factors import FACTORS_OF, FLOW, HJ212_CODES, Factor, Kind
from onecity.domains.environment.selectors.outlets.figures import (
    excess_rows,
    open_excesses,
    transmission_rate,
    transmission_rows,
)
from onecity.kernel.registry import Declared
from onecity.kernel.text import zh
from onecity.kernel.units import (
    CUBIC_METRE,
    CUBIC_METRE_PER_SECOND,
    DEGREE_CELSIUS,
    KILOGRAM,
    KILOPASCAL,
    LITRE_PER_SECOND,
    METRE_PER_SECOND,
    MILLIGRAM_PER_CUBIC_METRE,
    MILLIGRAM_PER_LITRE,
    PERCENT,
    PH,
)
from onecity.platform.geo.declare import Layer, LayerField, StyleClass
from onecity.platform.identity.declare import Permission, Role
from onecity.platform.indicators.declare import Indicator
from onecity.platform.iot.declare import (
    AlarmRule,
    Command,
    DeviceType,
    Limits,
    ObservationWatch,
    ObservedProperty,
    Period,
    Protocol,
    ProtocolMapping,
    Severity,
    WireField,
)
from onecity.web.declare import HomeEntry, Menu

_HOUR_S: Final = 3600
_GROUP: Final = zh("污染源监控")
_SHARES: Final = {
    Factor.PH: zh("pH值小时均值占许可限值"),
    Factor.COD: zh("化学需氧量小时均值占许可限值"),
    Factor.NH3N: zh("氨氮小时均值占许可限值"),
    Factor.TP: zh("总磷小时均值占许可限值"),
    Factor.TN: zh("总氮小时均值占许可限值"),
    Factor.SS: zh("悬浮物小时均值占许可限值"),
    Factor.SO2: zh("二氧化硫小时均值占许可限值"),
    Factor.NOX: zh("氮氧化物小时均值占许可限值"),
    Factor.DUST: zh("颗粒物小时均值占许可限值"),
}
_NAMES: Final = {
    Factor.PH: zh("pH值超标"),
    Factor.COD: zh("化学需氧量超标"),
    Factor.NH3N: zh("氨氮超标"),
    Factor.TP: zh("总磷超标"),
    Factor.TN: zh("总氮超标"),
    Factor.SS: zh("悬浮物超标"),
    Factor.SO2: zh("二氧化硫超标"),
    Factor.NOX: zh("氮氧化物超标"),
    Factor.DUST: zh("颗粒物超标"),
}
_WATER_TYPE, _GAS_TYPE = tuple(TYPES)


def _measured(kind: Kind) -> tuple[ObservedProperty, ...]:
    unit = MILLIGRAM_PER_LITRE if kind is Kind.WATER else MILLIGRAM_PER_CUBIC_METRE
    return tuple(
        ObservedProperty(factor.value, factor.label, PH if factor is Factor.PH else unit, 2, KILOGRAM)
        for factor in FACTORS_OF[kind]
    )


def _shares(kind: Kind) -> tuple[ObservedProperty, ...]:
    return tuple(ObservedProperty(item.share_code, _SHARES[item], PERCENT, 0) for item in FACTORS_OF[kind])


def _wires(kind: Kind, *more: WireField) -> tuple[ProtocolMapping, ...]:
    fields = tuple(WireField(HJ212_CODES[factor], factor.value) for factor in FACTORS_OF[kind])
    return (ProtocolMapping(Protocol.HJ212, (*fields, *more)),)


WASTE_WATER: Final = DeviceType(
    code=_WATER_TYPE,
    name=zh("废水排口数采仪"),
    properties=(
        *_measured(Kind.WATER),
        ObservedProperty(FLOW, zh("废水流量"), LITRE_PER_SECOND, total_unit=CUBIC_METRE),
        *_shares(Kind.WATER),
    ),
    mappings=_wires(Kind.WATER, WireField("w00000", FLOW)),
    commands=(Command("set_time", zh("校时")),),
    silent_after_s=2 * _HOUR_S,
    icon="droplet",
)
WASTE_GAS: Final = DeviceType(
    code=_GAS_TYPE,
    name=zh("废气排口数采仪"),
    properties=(
        *_measured(Kind.GAS),
        ObservedProperty(FLOW, zh("废气流量"), CUBIC_METRE_PER_SECOND, total_unit=CUBIC_METRE),
        ObservedProperty("oxygen", zh("氧含量"), PERCENT),
        ObservedProperty("smoke_temperature", zh("烟气温度"), DEGREE_CELSIUS),
        ObservedProperty("smoke_velocity", zh("烟气流速"), METRE_PER_SECOND),
        ObservedProperty("smoke_pressure", zh("烟气压力"), KILOPASCAL, decimals=2),
        ObservedProperty("smoke_humidity", zh("烟气湿度"), PERCENT),
        *_shares(Kind.GAS),
    ),
    mappings=_wires(
        Kind.GAS,
        WireField("a00000", FLOW),
        WireField("a19001", "oxygen"),
        WireField("a01011", "smoke_velocity"),
        WireField("a01012", "smoke_temperature"),
        WireField("a01013", "smoke_pressure"),
        WireField("a01014", "smoke_humidity"),
    ),
    commands=(Command("set_time", zh("校时")),),
    silent_after_s=2 * _HOUR_S,
    icon="building-factory",
)
_RULES: Final = tuple(
    AlarmRule(
        code=f"environment.excess_{factor.value}",
        name=_NAMES[factor],
        device_type=code,
        property_code=factor.share_code,
        kind="above",
        limits=Limits(upper=100),
        text=zh("{device}{property}的{value}%（{time}）"),
        period=Period.HOUR,
        severity=Severity.MAJOR,
        source="HJ 212-2017",
    )
    for code, kind in TYPES.items()
    for factor in FACTORS_OF[kind]
)
"""What is allowed is the permit's; an hour's mean above it is an alarm."""
_WATCHES: Final = (
    ObservationWatch("environment.watch_waste_water", _WATER_TYPE, (Period.MINUTE, Period.HOUR)),
    ObservationWatch("environment.watch_waste_gas", _GAS_TYPE, (Period.MINUTE, Period.HOUR)),
)
_LAYER: Final = Layer(
    code="environment.outlets",
    name=zh("污染源排口"),
    group=zh("生态环境"),
    source="""
        SELECT o.id, o.location AS geom, o.name, e.name AS enterprise, o.code, o.organisation_id, o.division_code,
            o.heard_at, e.id AS enterprise_id,
            CASE WHEN EXISTS (SELECT 1 FROM environment_excess x WHERE x.outlet_id = o.id
                AND x.state IN ('open', 'handling')) THEN 'excess' ELSE o.kind END AS look
        FROM environment_outlet o JOIN environment_enterprise e ON e.id = o.enterprise_id
        WHERE o.in_service AND o.location IS NOT NULL
    """,
    geometry="point",
    fields=(
        LayerField("name", zh("排口名称")),
        LayerField("enterprise", zh("企业名称")),
        LayerField("code", zh("排口编号"), "code"),
        LayerField("look", zh("状态"), "code"),
        LayerField("heard_at", zh("最新小时"), "moment"),
    ),
    permission=VIEW_OUTLETS,
    scoped=True,
    live=True,
    style_field="look",
    classes=(
        StyleClass("excess", zh("有超标待办"), "--tone-red"),
        StyleClass("water", zh("废水"), "--tone-blue"),
        StyleClass("gas", zh("废气"), "--tone-orange"),
    ),
    label_field="name",
    link="/environment/outlets/{id}",
    order=33,
)
_FIGURES: Final = (
    Indicator(
        code="environment.transmission_rate",
        name=zh("污染源有效传输率"),
        definition=zh("本月各排口有效小时数据个数 ÷ 应收小时数据个数；报备停运的时段不计"),
        unit="%",
        compute=transmission_rate,
        rows=transmission_rows,
        group=_GROUP,
        better="higher",
        target=90,
        decimals=1,
        permission=VIEW_OUTLETS,
        every_s=60.0,
        order=37,
    ),
    Indicator(
        code="environment.open_excesses",
        name=zh("未办结超标记录"),
        definition=zh("待核实和核实中的超标记录数"),
        unit=zh("条"),
        compute=open_excesses,
        rows=excess_rows,
        group=_GROUP,
        better="lower",
        permission=VIEW_OUTLETS,
        order=38,
    ),
)


def _menu(code: str, name: str, icon: str, order: int) -> Menu:
    return Menu(
        f"environment.{code}",
        name,
        f"environment:{code}",
        permission=VIEW_OUTLETS,
        group=_GROUP,
        icon=icon,
        order=order,
    )


_ENTRIES: Final = (
    _menu("enterprises", zh("排污企业"), "building-factory", 70),
    _menu("excesses", zh("超标记录"), "alert-triangle", 71),
    _menu("transmission", zh("有效传输率"), "chart-bar", 72),
    HomeEntry(
        "environment.excesses_workbench",
        zh("污染源超标"),
        zh("待核实的超标记录"),
        "environment:excesses",
        portal="workbench",
        permission=VIEW_OUTLETS,
        icon="alert-triangle",
        order=41,
        fragment="environment:excess_card",
    ),
)
ITEMS: Final[tuple[Declared, ...]] = (
    WASTE_WATER,
    WASTE_GAS,
    *_WATCHES,
    *_RULES,
    _LAYER,
    *_FIGURES,
    *_ENTRIES,
    Permission(VIEW_OUTLETS, zh("查看排污企业、排口数据和超标记录")),
    Permission(MANAGE_OUTLETS, zh("登记排污企业、排口、许可限值和停运")),
    Permission(HANDLE_EXCESS, zh("核实超标记录")),
    Role(
        code="environment.enforcement_officer",
        name=zh("生态环境执法员"),
        description=zh("监控污染源：登记企业和排口，核实超标记录，查看有效传输率"),
        permissions=(
            VIEW_OUTLETS,
            MANAGE_OUTLETS,
            HANDLE_EXCESS,
            "iot.view_devices",
            "iot.view_alarms",
            "geo.view",
            "cases.view",
            "registers.view_entities",
        ),
    ),
)
