"""The metrics of comprehensive evaluation 综合评价, their formulas and first weights.

Formulas are those of vendors' catalogues; where the catalogues leave a denominator open, the choice is a house rule and
stands in the metric's own sentence. Counts are defined beside their statements, `selectors/counting.py`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from onecity.kernel.text import zh

Kind = Literal["region", "department", "post", "supervisor"]
KINDS: Final[tuple[tuple[Kind, str], ...]] = (
    ("region", zh("区域评价")),
    ("department", zh("部门评价")),
    ("post", zh("岗位评价")),
    ("supervisor", zh("监督员评价")),
)
POSTS: Final = (("acceptor", zh("受理员")), ("dispatcher", zh("派遣员")), ("leader", zh("值班长")))


@dataclass(frozen=True, slots=True)
class Metric:
    """A rate in per cent. top less `less`, over the sum of bottom; all are codes of counts. lower: less is better."""

    code: str
    name: str
    formula: str
    top: str
    bottom: tuple[str, ...]
    kinds: tuple[Kind, ...]
    less: str = ""
    lower: bool = False


_PLACES: Final[tuple[Kind, ...]] = ("region", "department")
METRICS: Final[tuple[Metric, ...]] = (
    Metric(
        "valid_report_rate", zh("有效上报率"), zh("有效上报数÷上报数"), "valid", ("reported",), ("region", "supervisor")
    ),
    Metric(
        "intime_verify_rate",
        zh("按期核实率"),
        zh("按时核实数÷应核实数"),
        "verify_on_time",
        ("verify_due",),
        ("region", "supervisor"),
    ),
    Metric(
        "intime_check_rate",
        zh("按期核查率"),
        zh("按时核查数÷应核查数"),
        "check_on_time",
        ("check_due",),
        ("region", "supervisor"),
    ),
    Metric(
        "intime_accept_rate",
        zh("按期受理率"),
        zh("按期受理数÷受理数"),
        "accept_on_time",
        ("accept_done",),
        ("region", "post"),
    ),
    Metric(
        "accurate_accept_rate",
        zh("准确受理率"),
        zh("（受理数－派遣退回数）÷受理数"),
        "accept_done",
        ("accept_done",),
        ("region", "post"),
        less="accept_failed",
    ),
    Metric(
        "intime_register_rate",
        zh("按时立案率"),
        zh("按时立案数÷立案数"),
        "filed_on_time",
        ("filed",),
        ("region", "post"),
    ),
    Metric(
        "accurate_register_rate",
        zh("准确立案率"),
        zh("（立案数－立案后被退回受理的案件数）÷立案数"),
        "filed",
        ("filed",),
        ("region", "post"),
        less="misfiled",
    ),
    Metric("register_rate", zh("立案率"), zh("立案数÷上报数"), "filed", ("reported",), ("region",)),
    Metric(
        "intime_dispatch_rate",
        zh("按期派遣率"),
        zh("按时派遣数÷应派遣数"),
        "dispatch_on_time",
        ("dispatch_due",),
        ("region", "post"),
    ),
    Metric(
        "accurate_dispatch_rate",
        zh("准确派遣率"),
        zh("（派遣数－部门退回数）÷派遣数"),
        "dispatch_done",
        ("dispatch_done",),
        ("region", "post"),
        less="dispatch_failed",
    ),
    Metric("dispose_rate", zh("处置率"), zh("处置数÷应处置数"), "handle_done", ("handle_due",), _PLACES),
    Metric(
        "intime_dispose_rate", zh("按期处置率"), zh("按期处置数÷应处置数"), "handle_on_time", ("handle_due",), _PLACES
    ),
    Metric("archive_rate", zh("结案率"), zh("结案数÷应结案数"), "closed", ("should_close",), _PLACES),
    Metric(
        "intime_archive_rate", zh("按期结案率"), zh("按期结案数÷应结案数"), "closed_on_time", ("should_close",), _PLACES
    ),
    Metric(
        "overtime_archive_rate",
        zh("超期结案率"),
        zh("超期结案数÷应结案数"),
        "closed_late",
        ("should_close",),
        _PLACES,
        lower=True,
    ),
    Metric(
        "to_archive_rate", zh("未结案率"), zh("未结案数÷上报数"), "unclosed", ("reported",), ("region",), lower=True
    ),
    Metric("rework_rate", zh("返工率"), zh("返工数÷处置数"), "reworked", ("handle_done",), _PLACES, lower=True),
    Metric(
        "return_rate", zh("回退率"), zh("退回数÷接收案件数"), "returned", ("received",), ("department",), lower=True
    ),
    Metric("check_pass_rate", zh("核查通过率"), zh("核查通过数÷核查数"), "check_passed", ("check_done",), _PLACES),
    Metric(
        "intime_close_rate",
        zh("按时结案审批率"),
        zh("按时结案审批数÷应结案审批数"),
        "close_on_time",
        ("close_due",),
        ("post",),
    ),
    Metric(
        "miss_rate",
        zh("漏报率"),
        zh("漏报数÷（漏报数＋监督员有效上报数）；公众、热线、媒体、领导交办的立案计为漏报"),
        "missed",
        ("missed", "patrol_filed"),
        ("region",),
        lower=True,
    ),
    Metric("wrong_rate", zh("误报率"), zh("误报数÷上报数"), "wrong", ("reported",), ("supervisor",), lower=True),
    Metric(
        "repeat_rate",
        zh("重复案件率"),
        zh("重复案件数÷上报数"),
        "repeated",
        ("reported",),
        ("region", "supervisor"),
        lower=True,
    ),
)
BY_CODE: Final[Mapping[str, Metric]] = {metric.code: metric for metric in METRICS}
# House rule: first weights until the city publishes its own; one municipal sheet gives 60 points to closing in time.
FIRST_WEIGHTS: Final[Mapping[Kind, Mapping[str, int]]] = {
    "region": {
        "intime_archive_rate": 60,
        "valid_report_rate": 10,
        "rework_rate": 10,
        "miss_rate": 10,
        "repeat_rate": 10,
    },
    "department": {"intime_dispose_rate": 60, "archive_rate": 15, "rework_rate": 15, "return_rate": 10},
    "post": {
        "intime_accept_rate": 40,
        "accurate_accept_rate": 30,
        "accurate_register_rate": 30,
        "intime_dispatch_rate": 50,
        "accurate_dispatch_rate": 50,
        "intime_close_rate": 100,
    },
    "supervisor": {
        "valid_report_rate": 40,
        "intime_verify_rate": 20,
        "intime_check_rate": 20,
        "wrong_rate": 10,
        "repeat_rate": 10,
    },
}
