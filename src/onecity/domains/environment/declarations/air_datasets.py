"""What environment keeps and gives: stations, hours and days of the air."""

from typing import Final

from onecity.kernel.text import zh
from onecity.platform.exchange.declare import DataField, Dataset

_PROVIDER: Final = "ecology"
_CLASS: Final = "211001"
_MEANS: Final = (
    DataField("so2", zh("二氧化硫浓度"), "float", "μg/m³"),
    DataField("no2", zh("二氧化氮浓度"), "float", "μg/m³"),
    DataField("co", zh("一氧化碳浓度"), "float", "mg/m³"),
    DataField("o3", zh("臭氧浓度"), "float", "μg/m³"),
    DataField("pm10", zh("颗粒物（PM10）浓度"), "float", "μg/m³"),
    DataField("pm2_5", zh("细颗粒物（PM2.5）浓度"), "float", "μg/m³"),
)
_INDEX: Final = (
    DataField("aqi", zh("空气质量指数"), "integer"),
    DataField("level", zh("空气质量级别"), "integer", code_list="air_level"),
    DataField("primary_pollutants", zh("首要污染物"), description=zh("多个时以逗号分隔")),
)
_STATION: Final = (
    DataField("station_code", zh("站点编码"), nullable=False, length=64),
    DataField("station_name", zh("站点名称"), nullable=False, length=80),
)
_INDEX_SQL: Final = """
    r.aqi::bigint AS aqi, r.level::bigint AS level, array_to_string(r.primary, ',') AS primary_pollutants,
    r.so2_ug_m3::float8 AS so2, r.no2_ug_m3::float8 AS no2, r.co_mg_m3::float8 AS co, r.o3_ug_m3::float8 AS o3,
    r.pm10_ug_m3::float8 AS pm10, r.pm2_5_ug_m3::float8 AS pm2_5
"""
_STATION_SQL: Final = (
    "s.key AS station_code, s.name AS station_name, s.organisation_id, left(s.division_code, 12) AS division_code"
)
_WORDS: Final = ("空气质量", "AQI", "大气环境")

STATIONS: Final = Dataset(
    code="environment.stations",
    name=zh("环境空气质量监测站点"),
    abstract=zh("全市在用的环境空气质量监测站点，含编码、名称、地址和位置（WGS 84）。"),
    provider=_PROVIDER,
    class_code=_CLASS,
    fields=(
        *_STATION,
        DataField("address", zh("站点地址")),
        DataField("in_service", zh("是否在用"), "boolean", nullable=False),
    ),
    key=("station_code",),
    rows=(
        f"SELECT {_STATION_SQL}, s.address, s.in_service, s.location AS geom"
        " FROM environment_airstation s WHERE s.in_service"
    ),
    cycle="irregular",
    opening="unconditional",
    geometry=True,
    keywords=_WORDS,
    related=("environment.station_hours", "environment.station_days"),
)
STATION_HOURS: Final = Dataset(
    code="environment.station_hours",
    name=zh("站点小时空气质量"),
    abstract=zh("各监测站点每小时的空气质量指数、级别、首要污染物和六项污染物浓度，按空气质量指数技术规定计算。"),
    provider=_PROVIDER,
    class_code=_CLASS,
    fields=(DataField("begins_at", zh("小时起始"), "timestamp", nullable=False), *_STATION, *_INDEX, *_MEANS),
    key=("begins_at", "station_code"),
    rows=(
        f"SELECT r.begins_at, {_STATION_SQL}, {_INDEX_SQL} FROM environment_stationhour r"
        " JOIN environment_airstation s ON s.device_id = r.station_id"
    ),
    last_at="SELECT max(begins_at) + interval '1 hour' FROM environment_stationhour",
    cycle="realtime",
    opening="unconditional",
    keywords=_WORDS,
    related=("environment.stations",),
)
STATION_DAYS: Final = Dataset(
    code="environment.station_days",
    name=zh("站点日空气质量"),
    abstract=zh("各监测站点每日的空气质量指数、级别、首要污染物和六项污染物浓度，按空气质量指数技术规定计算。"),
    provider=_PROVIDER,
    class_code=_CLASS,
    fields=(DataField("date", zh("日期"), "date", nullable=False), *_STATION, *_INDEX, *_MEANS),
    key=("date", "station_code"),
    rows=(
        f"SELECT r.date, {_STATION_SQL}, {_INDEX_SQL} FROM environment_stationday r"
        " JOIN environment_airstation s ON s.device_id = r.station_id"
    ),
    last_at="SELECT max(date)::timestamp AT TIME ZONE 'Asia/Shanghai' FROM environment_stationday",
    cycle="daily",
    opening="unconditional",
    keywords=_WORDS,
    related=("environment.stations", "environment.station_hours"),
)
CITY_DAYS: Final = Dataset(
    code="environment.city_days",
    name=zh("全市日空气质量"),
    abstract=zh("全市每日的空气质量指数、级别、首要污染物和六项污染物浓度，由各站点平均值计算。"),
    provider=_PROVIDER,
    class_code=_CLASS,
    fields=(
        DataField("date", zh("日期"), "date", nullable=False),
        DataField("stations", zh("有效站点数"), "integer", nullable=False),
        *_INDEX,
        *_MEANS,
    ),
    key=("date",),
    rows=f"SELECT r.date, r.count::bigint AS stations, {_INDEX_SQL} FROM environment_cityday r",
    last_at="SELECT max(date)::timestamp AT TIME ZONE 'Asia/Shanghai' FROM environment_cityday",
    cycle="daily",
    opening="unconditional",
    keywords=_WORDS,
    related=("environment.station_days",),
)
DATASETS: Final = (STATIONS, STATION_HOURS, STATION_DAYS, CITY_DAYS)
