"""The process of a finding: assessed 研判, handled 处置, fed back 反馈, concluded 办结. Limits stand by level as rows.

Source: House rule; all limits are local.
"""

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from onecity.kernel.deadlines import TimeUnit
from onecity.kernel.text import zh
from onecity.platform.cases.declare import CaseClass, CaseType, Classification, Limit, Source, Stage

FINDING_TYPE: Final = "opinion.finding"
LEVEL_SCHEME: Final = "opinion.levels"
SOURCE: Final = "opinion.monitoring"
MONITORING: Final = Source(SOURCE, zh("舆情监测"), icon="world", order=310)
CLASS_NAMES: Final = (zh("红色舆情"), zh("橙色舆情"), zh("黄色舆情"), zh("蓝色舆情"))
"""Names of the classes, named here so that the catalogues have them."""
_FOLDER: Final = Path(__file__).parent

FINDING: Final = CaseType(
    code=FINDING_TYPE,
    name=zh("舆情事项"),
    process=_FOLDER / "processes" / "finding.bpmn",
    stages=(
        Stage("assess", zh("研判")),
        Stage("handle", zh("处置")),
        Stage("feedback", zh("反馈")),
        Stage("close", zh("办结")),
    ),
    limits={
        "assess": Limit("4", TimeUnit.WORK_HOUR),
        "handle": Limit("2", TimeUnit.WORK_DAY),
        "feedback": Limit("4", TimeUnit.WORK_HOUR),
        "close": Limit("1", TimeUnit.WORK_DAY),
        "whole": Limit("4", TimeUnit.WORK_DAY),
    },
    case_limit="whole",
    scheme=LEVEL_SCHEME,
    icon="world",
)
DIAGRAM_WORDS: Final = (
    zh("舆情事项"),
    zh("发现舆情"),
    zh("研判"),
    zh("交办责任单位"),
    zh("无需处置"),
    zh("处置"),
    zh("处置完毕"),
    zh("退回研判"),
    zh("反馈"),
    zh("提交反馈"),
    zh("办结审核"),
    zh("办结"),
    zh("退回处置"),
)
"""What the diagram says to people, named here so that the catalogues have it; a test compares both."""


@cache
def first_edition() -> Classification:
    """Return the levels with their limits as they stand on the first day."""
    with (_FOLDER / "data" / "levels.csv").open(encoding="utf-8", newline="") as file:
        return Classification(LEVEL_SCHEME, zh("舆情等级与时限"), tuple(_class(row) for row in csv.DictReader(file)))


def class_of(level: int) -> str:
    """Return the class of a level, 1 blue to 4 red."""
    return f"level_{level}"


def _class(row: Mapping[str, str]) -> CaseClass:
    limits = {}
    for part in row["limits"].split(";"):
        name, _, rest = part.partition(":")
        amount, _, unit = rest.partition(" ")
        limits[name] = Limit(amount, TimeUnit(unit))
    return CaseClass(row["code"], row["name"], row["parent"], limits)
