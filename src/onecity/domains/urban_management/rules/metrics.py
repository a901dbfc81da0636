"""Metrics of evaluation: what is counted of one kind of step, and the rates made of the counts.

"Should" counts (应派遣数, 应处置数, 应核查数, 应结案数) take the steps whose limit falls into the period or that ended
in it.
Source: CJ/T 292 and GB/T 30428.4 (names only; the formulas are those of vendors' catalogues).
"""

from dataclasses import dataclass
from typing import Final, Literal

from onecity.kernel.text import zh

Top = Literal["done", "on_time", "failed", "sound"]
Bottom = Literal["due", "done"]


@dataclass(frozen=True, slots=True)
class StepRate:
    """A rate over steps. nodes: of the process. top, bottom: which of the counts stand above and below the line.

    failed: outcomes that count as failed, where top is `failed` or `sound` (done without them).
    """

    code: str
    name: str
    definition: str
    nodes: tuple[str, ...]
    top: Top
    bottom: Bottom
    better: Literal["higher", "lower"] = "higher"
    target: float | None = None
    failed: tuple[str, ...] = ()
    failed_nodes: tuple[str, ...] = ()


HANDLING: Final = ("handle", "handle_longer", "redo")
STEP_RATES: Final = (
    StepRate(
        "intime_accept_rate", zh("按期受理率"), zh("本月按期受理数÷受理数"), ("accept",), "on_time", "done", target=95.0
    ),
    StepRate(
        "accurate_accept_rate",
        zh("准确受理率"),
        zh("本月受理后未被派遣环节退回的案件数÷受理数"),
        ("accept",),
        "sound",
        "done",
        failed=("return",),
        failed_nodes=("dispatch",),
    ),
    StepRate("intime_verify_rate", zh("按期核实率"), zh("本月按时核实数÷应核实数"), ("verify",), "on_time", "due"),
    StepRate(
        "intime_dispatch_rate",
        zh("按期派遣率"),
        zh("本月按时派遣数÷应派遣数"),
        ("dispatch",),
        "on_time",
        "due",
        target=95.0,
    ),
    StepRate(
        "accurate_dispatch_rate",
        zh("准确派遣率"),
        zh("本月派遣后未被专业部门退回的案件数÷派遣数"),
        ("dispatch",),
        "sound",
        "done",
        failed=("return",),
        failed_nodes=("handle", "handle_longer"),
    ),
    StepRate("dispose_rate", zh("处置率"), zh("本月处置数÷应处置数"), HANDLING, "done", "due"),
    StepRate(
        "intime_dispose_rate", zh("按期处置率"), zh("本月按时处置数÷应处置数"), HANDLING, "on_time", "due", target=90.0
    ),
    StepRate("intime_check_rate", zh("按期核查率"), zh("本月按时核查数÷应核查数"), ("check",), "on_time", "due"),
    StepRate(
        "check_pass_rate",
        zh("核查通过率"),
        zh("本月核查通过数÷核查数"),
        ("check",),
        "sound",
        "done",
        failed=("fail",),
        failed_nodes=("check",),
    ),
    StepRate(
        "rework_rate",
        zh("返工率"),
        zh("本月返工数（核查不通过或结案时退回）÷处置数"),
        HANDLING,
        "failed",
        "done",
        better="lower",
        target=5.0,
        failed=("fail", "rework"),
        failed_nodes=("check", "close"),
    ),
    StepRate(
        "return_rate",
        zh("回退率"),
        zh("本月专业部门退回派遣数÷派遣数"),
        ("dispatch",),
        "failed",
        "done",
        better="lower",
        failed=("return",),
        failed_nodes=("handle", "handle_longer"),
    ),
)


def percent(top: int, bottom: int) -> float | None:
    """Return top ÷ bottom in per cent; None of nothing."""
    return 100 * top / bottom if bottom else None
