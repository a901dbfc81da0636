"""The case type that carries a task of a response: its clock, its lights and its supervision are those of any case."""

from pathlib import Path
from typing import Final

from onecity.domains.emergency.rules.plans import STEP_MINUTES
from onecity.kernel.deadlines import TimeUnit
from onecity.kernel.text import zh
from onecity.platform.cases.declare import CaseClass, CaseType, Classification, Limit, Source, Stage

TASK_TYPE: Final = "emergency.task"
SCHEME: Final = "emergency.limits"
SOURCE: Final = Source("emergency.plan", zh("应急预案"), icon="bell", order=60)


def class_of(minutes: int) -> str:
    """Return the class of a task with this limit. minutes: one of `rules.plans.STEP_MINUTES`."""
    return f"m{minutes}"


LIMITS: Final = Classification(
    SCHEME,
    zh("应急任务时限"),
    tuple(
        CaseClass(class_of(item), f"{item}分钟", limits={"carry_out": Limit(f"{item / 60:g}", TimeUnit.URGENT_HOUR)})
        for item in STEP_MINUTES
    ),
)
TASK: Final = CaseType(
    code=TASK_TYPE,
    name=zh("应急响应任务"),
    process=Path(__file__).parent / "processes" / "task.bpmn",
    stages=(Stage("carry_out", zh("执行")),),
    limits={"carry_out": Limit("1", TimeUnit.URGENT_HOUR)},
    scheme=SCHEME,
    icon="bell",
)
DIAGRAM_WORDS: Final = (zh("应急响应任务"), zh("任务下达"), zh("执行"), zh("已完成"), zh("不再执行"), zh("任务结束"))
