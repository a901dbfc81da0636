"""What metering keeps and gives: days of zones, prices."""

from typing import Final

from onecity.kernel.text import zh
from onecity.platform.exchange.declare import DataField, Dataset

_PROVIDER: Final = "housing"
_CLASS: Final = "211001"
_WORDS: Final = ("供水", "漏损", "计量分区", "阶梯价格")

ZONE_DAYS: Final = Dataset(
    code="metering.zone_days",
    name=zh("计量分区日损失"),
    abstract=zh("各计量分区每日的供入量、售出量、损失量和夜间最小流量，由考核表和用户表读数计算。"),
    provider=_PROVIDER,
    class_code=_CLASS,
    fields=(
        DataField("date", zh("日期"), "date", nullable=False),
        DataField("zone_code", zh("分区编码"), nullable=False, length=40),
        DataField("zone_name", zh("分区名称"), nullable=False, length=80),
        DataField("supply", zh("计量种类"), nullable=False),
        DataField("supplied", zh("供入量"), "float"),
        DataField("used", zh("售出量"), "float"),
        DataField("loss", zh("损失量"), "float"),
        DataField("night_flow", zh("夜间最小流量"), "float"),
        DataField("customers", zh("用户表数"), "integer", nullable=False),
        DataField("complete", zh("数据完整"), "boolean", nullable=False),
    ),
    key=("date", "zone_code"),
    rows="""
        SELECT d.date, z.code AS zone_code, z.name AS zone_name, z.supply, d.supplied::float8 AS supplied,
            d.used::float8 AS used, d.loss::float8 AS loss, d.night_flow::float8 AS night_flow,
            d.customers::bigint AS customers, d.complete, z.organisation_id, z.division_code
        FROM metering_zoneday d JOIN metering_zone z ON z.id = d.zone_id
    """,
    last_at="SELECT max(date)::timestamp AT TIME ZONE 'Asia/Shanghai' FROM metering_zoneday",
    cycle="daily",
    keywords=_WORDS,
    related=("metering.tariffs",),
)
TARIFFS: Final = Dataset(
    code="metering.tariffs",
    name=zh("水电气热阶梯价格"),
    abstract=zh("已发布的各类用户阶梯价格版本，含生效日期、各档上限和单价。"),
    provider=_PROVIDER,
    class_code=_CLASS,
    fields=(
        DataField("supply", zh("计量种类"), nullable=False),
        DataField("category", zh("用户类别"), nullable=False, length=30),
        DataField("valid_from", zh("生效日期"), "date", nullable=False),
        DataField("tier", zh("阶梯"), "integer", nullable=False),
        DataField("up_to", zh("上限"), "float"),
        DataField("price", zh("单价"), "float", nullable=False, unit="元"),
        DataField("source", zh("文件依据"), nullable=False),
    ),
    key=("supply", "category", "valid_from", "tier"),
    rows="""
        SELECT t.supply, t.category, t.valid_from, r.number::bigint AS tier, r.up_to::float8 AS up_to,
            r.price::float8 AS price, t.source
        FROM metering_tariff t JOIN metering_tarifftier r ON r.tariff_id = t.id WHERE t.published_at IS NOT NULL
    """,
    last_at="SELECT max(published_at) FROM metering_tariff",
    cycle="irregular",
    opening="unconditional",
    keywords=_WORDS,
    related=("metering.zone_days",),
)
DATASETS: Final = (ZONE_DAYS, TARIFFS)
