"""The language: CEL with the platform's functions over readings; parsed and type-checked by the CEL project's library.

Source: CEL language definition (github.com/google/cel-spec), with the functions below.
"""

from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from typing import Any, Final

from cel_expr_python import cel

from onecity.kernel.text import zh
from onecity.platform.iot.rules.conditions.faults import BadCondition, Fault, faults_of
from onecity.platform.iot.rules.conditions.tree import Parsed, parsed

LONGEST: Final = 2_000
"""Characters of a condition. House rule."""


class Mode(StrEnum):
    """What a rule judges: each of its devices by itself, or all of them as one."""

    EACH = "each"
    TOGETHER = "together"


FUNCTIONS: Final[Mapping[str, tuple[str, str]]] = {
    "last": ("double", zh("窗口内最近一次监测值；不写窗口时最多追溯24小时")),
    "mean": ("double", zh("窗口内的平均值")),
    "min": ("double", zh("窗口内的最小值")),
    "max": ("double", zh("窗口内的最大值")),
    "sum": ("double", zh("窗口内的合计")),
    "count": ("int", zh("窗口内的数据条数")),
    "seen": ("bool", zh("窗口内是否有数据")),
    "change": ("double", zh("窗口内最后一次与第一次之差")),
    "rate": ("double", zh("窗口内平均每分钟的变化量")),
    "age": ("duration", zh("距最近一次数据有多久，最多追溯7天")),
}
"""Functions over readings: what they give, and what they mean."""
WITHOUT_WINDOW: Final = frozenset({"last", "age"})
CLOCK: Final[Mapping[str, tuple[str, str]]] = {
    "hour": ("int", zh("当时的钟点，0至23")),
    "weekday": ("int", zh("星期几，1为星期一，7为星期日")),
    "working_day": ("bool", zh("当天是否工作日（按工作日历）")),
}
"""Functions of the city's clock."""


def read(text: str, *, mode: Mode) -> Parsed:
    """Return a text as a checked expression that is true or false.

    Raises: BadCondition with every fault and its place.
    """
    if len(text) > LONGEST:
        raise BadCondition([Fault(1, LONGEST, zh("条件不超过2000个字"))])
    try:
        expression = _environment(mode).compile(text)
        written = expression.serialize()
    except RuntimeError as refusal:
        raise BadCondition(faults_of(str(refusal))) from None
    if expression.return_type().name() != "BOOL":
        raise BadCondition([Fault(1, 1, zh('条件的结果应为真或假，例如 last("pm2_5") > 75.0'))])
    assert isinstance(written, bytes)
    return parsed(written, text)


@cache
def _environment(mode: Mode) -> Any:
    """Return the checker's environment; the library brings no types, so its objects stay in this file."""
    device = cel.Type.AbstractType("device")
    functions = [_over_readings(name, gives, device, bare=mode is Mode.EACH) for name, (gives, _) in FUNCTIONS.items()]
    functions += [
        cel.FunctionDecl(name, [cel.Overload(f"{name}_now", return_type=_type(gives), parameters=[])])
        for name, (gives, _) in CLOCK.items()
    ]
    named = cel.Overload("device_string", return_type=device, parameters=[cel.Type.STRING])
    functions.append(cel.FunctionDecl("device", [named]))
    variables = {"devices": cel.Type.List(device)} if mode is Mode.TOGETHER else {}
    return cel.NewEnv(variables=variables, functions=functions)


def _over_readings(name: str, gives: str, device: Any, *, bare: bool) -> Any:
    text, window = cel.Type.STRING, cel.Type.DURATION
    shapes = [[text]] if name == "age" else [[text, window]]
    if name == "last":
        shapes.append([text])
    overloads = []
    for shape in shapes:
        code = f"{name}_{len(shape)}"
        overloads.append(
            cel.Overload(f"device_{code}", return_type=_type(gives), parameters=[device, *shape], is_member=True)
        )
        if bare:
            overloads.append(cel.Overload(code, return_type=_type(gives), parameters=shape))
    return cel.FunctionDecl(name, overloads)


def _type(name: str) -> Any:
    return {"double": cel.Type.DOUBLE, "int": cel.Type.INT, "bool": cel.Type.BOOL, "duration": cel.Type.DURATION}[name]
