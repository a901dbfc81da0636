"""The rates by which a hotline is judged: what stands above and below the line of each.

Cities count differently; these definitions are ours and stand beside every figure. Satisfied are 满意 and 基本满意.
"""

from dataclasses import dataclass
from typing import Final

from onecity.kernel.text import zh

SATISFIED: Final = ("satisfied", "basic")
RATED: Final = ("satisfied", "basic", "unsatisfied")
SOLVED: Final = ("yes",)
ASKED: Final = ("yes", "partly", "no")


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate. code: of its indicator's last word. target: what is aimed at, per cent; None for nothing."""

    code: str
    name: str
    definition: str
    target: float | None = None
    better: str = "higher"
    on_board: bool = False


RATES: Final = (
    Rate("response_rate", zh("响应率"), zh("本月按时签收的工单数÷应签收的工单数"), 100.0, on_board=True),
    Rate("solved_rate", zh("解决率"), zh("本月回访确认已解决的诉求数÷回访到是否解决的诉求数"), 85.0, on_board=True),
    Rate("satisfaction_rate", zh("满意率"), zh("本月评价满意和基本满意的诉求数÷作出评价的诉求数"), 90.0, on_board=True),
    Rate("on_time_rate", zh("按时办结率"), zh("本月按时办结的诉求数÷应办结的诉求数"), 95.0, on_board=True),
    Rate("direct_answer_rate", zh("直接答复率"), zh("本月话务员直接答复的诉求数÷受理的诉求数")),
    Rate("return_rate", zh("退单率"), zh("本月退单次数÷签收环节完成次数"), better="lower"),
    Rate("rework_rate", zh("重办率"), zh("本月回访或办结审核退回重办次数÷回访次数"), better="lower"),
    Rate("call_back_rate", zh("回访率"), zh("本月已回访的诉求数÷已答复的诉求数"), 100.0),
    Rate(
        "repeated_rate", zh("重复诉求率"), zh("本月同一诉求人就同一事项再次提出的诉求数÷受理的诉求数"), better="lower"
    ),
    Rate("knowledge_rate", zh("知识库采用率"), zh("本月直接答复中采用知识条目的诉求数÷直接答复的诉求数")),
)


def percent(top: int, bottom: int) -> float | None:
    """Return top ÷ bottom in per cent, to one decimal; None where nothing stands below the line.

    Source: house rule.
    """
    return round(100 * top / bottom, 1) if bottom else None
