"""What digital urban management keeps and gives: its cases, and figures of them for everybody."""

from typing import Final

from onecity.kernel.text import zh
from onecity.platform.exchange.declare import DataField, Dataset

_PROVIDER: Final = "urban_management"
_CLASS: Final = "209001"
_MONTH: Final = "to_char(opened_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM')"

CASES: Final = Dataset(
    code="urban_management.cases",
    name=zh("城市管理案件"),
    abstract=zh("数字城管立案的部件、事件案件，含类别、位置、主管和处置部门、时限和办理状态，不含反映人信息。"),
    provider=_PROVIDER,
    class_code=_CLASS,
    fields=(
        DataField("number", zh("案件编号"), nullable=False, length=19, sensitivity="internal"),
        DataField("title", zh("标题"), length=120, sensitivity="internal"),
        DataField("source_code", zh("来源"), sensitivity="internal"),
        DataField("class_code", zh("类别编码"), sensitivity="internal"),
        DataField("division_code", zh("网格或区划代码"), length=15, sensitivity="internal"),
        DataField("address", zh("地址"), length=200, sensitivity="sensitive", mask="masked_address", open=False),
        DataField("opened_at", zh("上报时间"), "timestamp", nullable=False, sensitivity="internal"),
        DataField("due_at", zh("办结时限"), "timestamp", sensitivity="internal"),
        DataField("closed_at", zh("结束时间"), "timestamp", sensitivity="internal"),
        DataField("status", zh("状态"), sensitivity="internal"),
    ),
    key=("number",),
    rows="""
        SELECT number, title, source_code, class_code, division_code, address, opened_at, due_at, closed_at, status,
            organisation_id, CASE WHEN longitude IS NOT NULL AND latitude IS NOT NULL
            THEN ST_SetSRID(ST_MakePoint(longitude, latitude), 4326) END AS geom
        FROM urban_management_caserecord
    """,
    last_at="SELECT max(opened_at) FROM urban_management_caserecord",
    cycle="daily",
    sharing="conditional",
    sharing_condition=zh("用于城市管理、应急处置和综合执法工作，不得用于其他用途"),
    geometry=True,
    keywords=("数字城管", "案件"),
    related=("urban_management.cases_monthly",),
)
CASES_MONTHLY: Final = Dataset(
    code="urban_management.cases_monthly",
    name=zh("城市管理案件月度统计"),
    abstract=zh("各区县每月上报、结案、按期结案的城市管理案件数，按案件状态统计，用于公众监督。"),
    provider=_PROVIDER,
    class_code=_CLASS,
    fields=(
        DataField("month", zh("月份"), nullable=False, length=7, description=zh("按上报时间，如 2026-03")),
        DataField("district_code", zh("区县代码"), nullable=False, length=6),
        DataField("reported", zh("上报数"), "integer", nullable=False),
        DataField("closed", zh("结案数"), "integer", nullable=False),
        DataField("closed_on_time", zh("按期结案数"), "integer", nullable=False),
        DataField("open_now", zh("在办数"), "integer", nullable=False),
    ),
    key=("month", "district_code"),
    rows=f"""
        SELECT {_MONTH} AS month, left(division_code, 6) AS district_code, count(*) AS reported,
            count(*) FILTER (WHERE status = 'closed') AS closed,
            count(*) FILTER (WHERE status = 'closed' AND (due_at IS NULL OR closed_at <= due_at)) AS closed_on_time,
            count(*) FILTER (WHERE status = 'open') AS open_now
        FROM urban_management_caserecord GROUP BY 1, 2
    """,
    last_at="SELECT max(opened_at) FROM urban_management_caserecord",
    cycle="monthly",
    opening="unconditional",
    keywords=("数字城管", "统计"),
    related=("urban_management.cases",),
)
DATASETS: Final = (CASES, CASES_MONTHLY)
