"""Where metering has its place: on the map, in menus, on home pages."""

from typing import Final

from onecity.domains.metering.permissions import HANDLE, PRICES, VIEW
from onecity.kernel.text import zh
from onecity.platform.geo.declare import Layer, LayerField, StyleClass
from onecity.web.declare import HomeEntry, Menu

_GROUP: Final = zh("水电气热")
ZONES: Final = Layer(
    code="metering.zones",
    name=zh("计量分区漏损"),
    group=_GROUP,
    source="""
        SELECT z.id, z.outline AS geom, z.name, z.organisation_id, z.division_code, d.date::text AS date,
            round(100 * d.loss / nullif(d.supplied, 0), 1)::text AS rate, round(d.night_flow, 2)::text AS night_flow,
            CASE WHEN d.loss IS NULL OR d.supplied = 0 OR d.supplied IS NULL THEN 'unknown'
                WHEN d.loss / d.supplied <= 0.10 THEN 'good' WHEN d.loss / d.supplied <= 0.20 THEN 'near'
                ELSE 'bad' END AS verdict
        FROM metering_zone z
        LEFT JOIN LATERAL (SELECT * FROM metering_zoneday x WHERE x.zone_id = z.id AND x.loss IS NOT NULL
            ORDER BY x.date DESC LIMIT 1) d ON true
        WHERE z.outline IS NOT NULL
    """,
    geometry="polygon",
    fields=(
        LayerField("name", zh("计量分区")),
        LayerField("date", zh("日期")),
        LayerField("rate", zh("损失率（%）")),
        LayerField("night_flow", zh("夜间最小流量")),
        LayerField("verdict", zh("评价"), "code"),
    ),
    permission=VIEW,
    scoped=True,
    live=True,
    style_field="verdict",
    classes=(
        StyleClass("good", zh("不超过10%"), "--tone-green"),
        StyleClass("near", zh("10%至20%"), "--tone-yellow"),
        StyleClass("bad", zh("超过20%"), "--tone-red"),
        StyleClass("unknown", zh("无数据"), "--tone-grey"),
    ),
    label_field="name",
    link="/metering/zones/{id}",
    order=60,
)
METERS: Final = Layer(
    code="metering.meters",
    name=zh("计量表"),
    group=_GROUP,
    source="""
        SELECT m.id, m.location AS geom, m.name, m.key, m.supply, m.organisation_id, m.division_code, m.read_at,
            CASE WHEN EXISTS (SELECT 1 FROM metering_abnormality a WHERE a.meter_id = m.id AND a.state <> 'closed')
                THEN 'abnormal' ELSE m.supply END AS look
        FROM metering_meter m WHERE m.in_service AND m.location IS NOT NULL
    """,
    geometry="point",
    fields=(
        LayerField("name", zh("名称")),
        LayerField("key", zh("表号"), "code"),
        LayerField("look", zh("状态"), "code"),
        LayerField("read_at", zh("最近抄表时间"), "moment"),
    ),
    permission=VIEW,
    scoped=True,
    live=True,
    min_zoom=11,
    style_field="look",
    classes=(
        StyleClass("abnormal", zh("用量异常"), "--tone-red"),
        StyleClass("water", zh("水"), "--tone-blue"),
        StyleClass("electricity", zh("电"), "--tone-green"),
        StyleClass("gas", zh("燃气"), "--tone-orange"),
        StyleClass("heat", zh("供热"), "--tone-purple"),
    ),
    link="/metering/meters/{id}",
    order=61,
)


def _menu(code: str, name: str, permission: str, icon: str, order: int) -> Menu:
    return Menu(
        f"metering.{code}", name, f"metering:{code}", permission=permission, group=_GROUP, icon=icon, order=order
    )


ENTRIES: Final = (
    _menu("overview", zh("损耗总览"), VIEW, "gauge", 70),
    _menu("meters", zh("计量表"), VIEW, "list", 71),
    _menu("abnormalities", zh("异常用量"), VIEW, "alert-triangle", 72),
    _menu("bills", zh("账单"), VIEW, "receipt", 73),
    _menu("tariffs", zh("价格"), PRICES, "currency-yuan", 74),
    Menu("metering.prices", zh("水电气价格"), "metering:prices", portal="citizen", icon="receipt", order=60),
    HomeEntry(
        "metering.abnormal",
        zh("异常用量"),
        zh("尚未办结的异常用量，新的在前"),
        "metering:abnormalities",
        portal="workbench",
        permission=HANDLE,
        icon="gauge",
        order=60,
        fragment="metering:abnormal_card",
    ),
    HomeEntry(
        "metering.citizen",
        zh("水电气价格"),
        zh("阶梯价格是多少，一年的用量要付多少，当场算给您看"),
        "metering:prices",
        portal="citizen",
        icon="receipt",
        order=60,
    ),
)
