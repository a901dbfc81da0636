"""What environment keeps and gives beside the air: waters, noise, pollution sources."""

from typing import Final

from onecity.domains.environment.declarations import air_datasets
from onecity.kernel.text import zh
from onecity.platform.exchange.declare import DataField, Dataset

_PROVIDER: Final = "ecology"
_CLASS: Final = "211001"
_WATER_WORDS: Final = ("地表水", "水质", "水环境")
_SECTION: Final = (
    DataField("section_code", zh("断面编码"), nullable=False, length=140),
    DataField("section_name", zh("断面名称"), nullable=False, length=80),
    DataField("river", zh("所在水体")),
)
_WATER: Final = (
    DataField("water_class", zh("水质类别"), "integer", description=zh("1至5为Ⅰ类至Ⅴ类，6为劣Ⅴ类")),
    DataField("main_pollutants", zh("主要污染指标"), description=zh("多个时以逗号分隔")),
    DataField("ph", zh("pH值"), "float"),
    DataField("dissolved_oxygen", zh("溶解氧"), "float", "mg/L"),
    DataField("codmn", zh("高锰酸盐指数"), "float", "mg/L"),
    DataField("nh3n", zh("氨氮"), "float", "mg/L"),
    DataField("tp", zh("总磷"), "float", "mg/L"),
    DataField("tn", zh("总氮"), "float", "mg/L"),
)
_WATER_SQL: Final = """
    s.key AS section_code, s.name AS section_name, s.river, r.water_class::bigint AS water_class,
    array_to_string(r.main, ',') AS main_pollutants, r.ph::float8 AS ph, r.do_mg_l::float8 AS dissolved_oxygen,
    r.codmn_mg_l::float8 AS codmn, r.nh3n_mg_l::float8 AS nh3n, r.tp_mg_l::float8 AS tp, r.tn_mg_l::float8 AS tn,
    s.organisation_id, left(s.division_code, 12) AS division_code
"""
WATER_SECTIONS: Final = Dataset(
    code="environment.water_sections",
    name=zh("地表水监测断面"),
    abstract=zh("全市在用的地表水监测断面，含编码、名称、所在水体、水质目标和位置（WGS 84）。"),
    provider=_PROVIDER,
    class_code=_CLASS,
    fields=(
        *_SECTION,
        DataField("basin", zh("所属流域")),
        DataField("target_class", zh("水质目标"), "integer", nullable=False),
    ),
    key=("section_code",),
    rows="""
        SELECT s.key AS section_code, s.name AS section_name, s.river, s.basin, s.target_class::bigint AS target_class,
            s.organisation_id, left(s.division_code, 12) AS division_code, s.location AS geom
        FROM environment_watersection s WHERE s.in_service
    """,
    opening="unconditional",
    geometry=True,
    keywords=_WATER_WORDS,
    related=("environment.water_samples", "environment.water_months"),
)
WATER_SAMPLES: Final = Dataset(
    code="environment.water_samples",
    name=zh("断面水质监测数据"),
    abstract=zh("各断面自动监测的水质类别、主要污染指标和各项浓度，按地表水环境质量标准单因子评价。"),
    provider=_PROVIDER,
    class_code=_CLASS,
    fields=(DataField("measured_at", zh("监测时间"), "timestamp", nullable=False), *_SECTION, *_WATER),
    key=("measured_at", "section_code"),
    rows=(
        f"SELECT r.measured_at, {_WATER_SQL} FROM environment_watersample r"
        " JOIN environment_watersection s ON s.id = r.section_id"
    ),
    last_at="SELECT max(measured_at) FROM environment_watersample",
    cycle="realtime",
    opening="unconditional",
    keywords=_WATER_WORDS,
    related=("environment.water_sections",),
)
WATER_MONTHS: Final = Dataset(
    code="environment.water_months",
    name=zh("断面月水质"),
    abstract=zh("各断面每月的平均浓度、水质类别和主要污染指标。"),
    provider=_PROVIDER,
    class_code=_CLASS,
    fields=(
        DataField("month", zh("月份"), "date", nullable=False),
        *_SECTION,
        DataField("samples", zh("监测次数"), "integer", nullable=False),
        *_WATER,
    ),
    key=("month", "section_code"),
    rows=(
        f"SELECT r.date AS month, r.count::bigint AS samples, {_WATER_SQL} FROM environment_watermonth r"
        " JOIN environment_watersection s ON s.id = r.section_id"
    ),
    last_at="SELECT max(date)::timestamp AT TIME ZONE 'Asia/Shanghai' FROM environment_watermonth",
    cycle="monthly",
    opening="unconditional",
    keywords=_WATER_WORDS,
    related=("environment.water_sections",),
)
NOISE_DAYS: Final = Dataset(
    code="environment.noise_days",
    name=zh("功能区声环境日监测结果"),
    abstract=zh("各声环境自动站每日的昼间、夜间、昼夜等效声级和超标情况，夜间指当日夜间至次日清晨。"),
    provider=_PROVIDER,
    class_code=_CLASS,
    fields=(
        DataField("date", zh("日期"), "date", nullable=False),
        DataField("station_code", zh("站点编码"), nullable=False, length=64),
        DataField("station_name", zh("站点名称"), nullable=False, length=80),
        DataField("area", zh("声环境功能区"), nullable=False, length=2),
        DataField("ld", zh("昼间等效声级"), "float", "dB(A)"),
        DataField("ln", zh("夜间等效声级"), "float", "dB(A)"),
        DataField("ldn", zh("昼夜等效声级"), "float", "dB(A)"),
        DataField("day_limit", zh("昼间限值"), "float", "dB(A)"),
        DataField("night_limit", zh("夜间限值"), "float", "dB(A)"),
    ),
    key=("date", "station_code"),
    rows="""
        SELECT r.date, s.key AS station_code, s.name AS station_name, r.area_code AS area, r.ld_db::float8 AS ld,
            r.ln_db::float8 AS ln, r.ldn_db::float8 AS ldn, r.day_limit_db::float8 AS day_limit,
            r.night_limit_db::float8 AS night_limit, s.organisation_id, left(s.division_code, 12) AS division_code
        FROM environment_noiseday r JOIN environment_noisestation s ON s.device_id = r.station_id
    """,
    last_at="SELECT max(date)::timestamp AT TIME ZONE 'Asia/Shanghai' FROM environment_noiseday",
    cycle="daily",
    opening="unconditional",
    keywords=("噪声", "声环境"),
)
OUTLET_DAYS: Final = Dataset(
    code="environment.outlet_days",
    name=zh("污染源排口日监测数据"),
    abstract=zh("重点排污单位各排口每日的污染物平均浓度、排放量和超标情况，由自动监测小时数据计算。"),
    provider=_PROVIDER,
    class_code=_CLASS,
    fields=(
        DataField("date", zh("日期"), "date", nullable=False),
        DataField("uscc", zh("统一社会信用代码"), nullable=False, length=18),
        DataField("enterprise", zh("企业名称"), nullable=False, length=120),
        DataField("outlet_code", zh("排口编号"), nullable=False, length=20),
        DataField("factor", zh("监测因子"), nullable=False, length=8),
        DataField("mean", zh("平均浓度"), "float", description=zh("废水为毫克每升，废气为毫克每立方米")),
        DataField("total", zh("排放量"), "float", "kg"),
        DataField("is_valid", zh("是否有效"), "boolean", nullable=False),
        DataField("exceeds", zh("是否超标"), "boolean", nullable=False),
    ),
    key=("date", "uscc", "outlet_code", "factor"),
    rows="""
        SELECT r.date, e.uscc, e.name AS enterprise, o.code AS outlet_code, r.factor, r.mean::float8 AS mean,
            r.total_kg::float8 AS total, r.is_valid, r.exceeds, o.organisation_id,
            left(o.division_code, 12) AS division_code
        FROM environment_outletday r JOIN environment_outlet o ON o.id = r.outlet_id
        JOIN environment_enterprise e ON e.id = o.enterprise_id
    """,
    last_at="SELECT max(date)::timestamp AT TIME ZONE 'Asia/Shanghai' FROM environment_outletday",
    cycle="daily",
    sharing="conditional",
    sharing_condition=zh("用于环境执法、信用评价和税收征管"),
    keywords=("污染源", "自动监控", "排放"),
)
DATASETS: Final = (
    *air_datasets.DATASETS,
    WATER_SECTIONS,
    WATER_SAMPLES,
    WATER_MONTHS,
    NOISE_DAYS,
    OUTLET_DAYS,
)
