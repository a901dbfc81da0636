"""What the hotline gives to everybody: figures by month, topic and district, nobody's demand."""

from typing import Final

from onecity.kernel.text import zh
from onecity.platform.exchange.declare import DataField, Dataset

MONTHLY: Final = Dataset(
    code="hotline.demands_monthly",
    name=zh("热线诉求月度统计"),
    abstract=zh("每月各区县各大类热线诉求的受理数和办结数，不含诉求人信息，不足5件的不列。"),
    provider="hotline",
    class_code="209001",
    fields=(
        DataField("month", zh("月份"), nullable=False, length=7, description=zh("按受理时间，如 2026-03")),
        DataField("district_code", zh("区县代码"), nullable=False, length=6),
        DataField("topic_code", zh("分类编码"), nullable=False, length=6),
        DataField("taken_in", zh("受理数"), "integer", nullable=False),
        DataField("closed", zh("办结数"), "integer", nullable=False),
        DataField("closed_on_time", zh("按期办结数"), "integer", nullable=False),
    ),
    key=("month", "district_code", "topic_code"),
    rows="""
        SELECT to_char(opened_at AT TIME ZONE 'Asia/Shanghai', 'YYYY-MM') AS month,
            left(division_code, 6) AS district_code, left(topic_code, 2) || '0000' AS topic_code, count(*) AS taken_in,
            count(*) FILTER (WHERE status = 'closed') AS closed,
            count(*) FILTER (WHERE status = 'closed' AND (due_at IS NULL OR closed_at <= due_at)) AS closed_on_time
        FROM hotline_demand WHERE topic_code <> '' GROUP BY 1, 2, 3 HAVING count(*) >= 5
    """,
    last_at="SELECT max(updated_at) FROM hotline_demand",
    cycle="monthly",
    opening="unconditional",
    keywords=("12345", "统计"),
)
DATASETS: Final = (MONTHLY,)
