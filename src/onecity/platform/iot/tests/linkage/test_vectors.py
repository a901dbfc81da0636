"""The expression for many devices at once says what the CEL project's own evaluator says of each."""

from datetime import timedelta
from functools import cache
from typing import Any

import numpy as np
import pytest
from cel_expr_python import cel
from hypothesis import given, settings
from hypothesis import strategies as st

from onecity.platform.iot.rules.conditions import Mode, Need, condition_of
from onecity.platform.iot.rules.conditions.vectors import Values, judged
from onecity.platform.iot.rules.instants import SECOND

DOUBLES = ("a", "b")
Facts = dict[str, float | int | None]


class Sight:
    """Devices with a value for each property, or none: one instant."""

    def __init__(self, devices: list[Facts], hour: int) -> None:
        self._devices, self._hour = devices, hour

    @property
    def shape(self) -> tuple[int, int]:
        return len(self._devices), 1

    def reading(self, need: Need) -> Values:
        name = f"{need.function}_{need.observed.property_code}"
        found = [device.get(name) for device in self._devices]
        kind = np.float64 if need.function == "last" else np.int64
        data = np.array([0 if value is None else value for value in found], kind)[:, None]
        return Values(data, np.array([value is not None for value in found], np.bool_)[:, None])

    def clock(self, name: str) -> Values:
        return Values(np.array([[self._hour]], np.int64), np.ones((1, 1), np.bool_))


@cache
def oracle(mode: Mode) -> Any:
    """The official environment, whose functions look into a device's own facts."""
    device = cel.Type.Map(cel.Type.STRING, cel.Type.DYN)
    text, window = cel.Type.STRING, cel.Type.DURATION
    gives = {"last": (cel.Type.DOUBLE, [text]), "count": (cel.Type.INT, [text, window]), "age": (window, [text])}
    functions = []
    for name, (kind, shape) in gives.items():
        overloads = [
            cel.Overload(
                f"d_{name}", return_type=kind, parameters=[device, *shape], is_member=True, impl=_looker(name)
            ),
            cel.Overload(name, return_type=kind, parameters=shape, impl=_current(name)),
        ]
        functions.append(cel.FunctionDecl(name, overloads))
    functions.append(
        cel.FunctionDecl("hour", [cel.Overload("hour_now", return_type=cel.Type.INT, parameters=[], impl=_hour)])
    )
    return cel.NewEnv(variables={"devices": cel.Type.List(device)}, functions=functions)


_now: dict[str, Any] = {}


def _hour() -> int:
    return int(_now["hour"])


def _value(facts: Facts, name: str, code: str) -> float | int | timedelta:
    value = facts[f"{name}_{code}"]
    if value is None:
        raise ValueError("nothing")
    return timedelta(microseconds=value) if name == "age" else value


def _looker(name: str) -> Any:
    return lambda device, code, *_: _value(device, name, code)


def _current(name: str) -> Any:
    return lambda code, *_: _value(_now["device"], name, code)


def official(expression: Any, devices: list[Facts]) -> bool | None:
    """What the official evaluator says; None for its errors."""
    value = expression.eval(data={"devices": devices})
    return bool(value.value()) if value.type().name() == "BOOL" else None


def ours(text: str, mode: Mode, devices: list[Facts], hour: int) -> list[bool | None]:
    found = judged(condition_of(text, mode=mode).root, Sight(devices, hour)).holds
    rows = (len(devices) if mode is Mode.EACH else 1, 1)
    data, known = np.broadcast_to(found.data, rows), np.broadcast_to(found.known, rows)
    return [bool(value) if there else None for value, there in zip(data[:, 0], known[:, 0], strict=True)]


def agrees(text: str, mode: Mode, devices: list[Facts], hour: int = 9) -> list[bool | None]:
    """Both evaluators' answer, after seeing that they are the same."""
    expression = oracle(mode).compile(text)
    _now["hour"] = hour
    expected = []
    if mode is Mode.EACH:
        for device in devices:
            _now["device"] = device
            expected.append(official(expression, devices))
    else:
        expected.append(official(expression, devices))
    assert ours(text, mode, devices, hour) == expected, text
    return expected


finite = st.sampled_from([0.0, -1.5, 2.0, 7.0, 1e308, -1e308, 75.0])
device_facts = st.fixed_dictionaries(
    {
        **{f"last_{code}": st.none() | finite for code in DOUBLES},
        **{f"count_{code}": st.none() | st.sampled_from([0, 1, 5, 2**62, -(2**63)]) for code in DOUBLES},
        **{f"age_{code}": st.none() | st.integers(0, 9 * 60).map(lambda s: s * SECOND) for code in DOUBLES},
    }
)
number = st.sampled_from(["0.0", "2.0", "75.0", "-1.5", "1e308"])
whole = st.sampled_from(["0", "1", "-1", "3", "9223372036854775807", "(-9223372036854775807 - 1)"])


def expressions(of: str) -> st.SearchStrategy[str]:
    """Conditions over readings called `of` + function: "" for the device itself, "d." within a macro."""
    double = st.recursive(
        number | st.sampled_from(DOUBLES).map(lambda code: f'{of}last("{code}")'),
        lambda inner: st.one_of(
            st.tuples(inner, st.sampled_from("+-*/"), inner).map(lambda part: f"({part[0]} {part[1]} {part[2]})"),
            inner.map(lambda text: f"-({text})"),
        ),
        max_leaves=4,
    )
    counted = st.sampled_from(DOUBLES).map(lambda code: f'{of}count("{code}", duration("1m"))')
    integer = st.recursive(
        whole | st.just("hour()") | counted,
        lambda inner: st.tuples(inner, st.sampled_from("+-*/%"), inner).map(
            lambda part: f"({part[0]} {part[1]} {part[2]})"
        ),
        max_leaves=4,
    )
    span = st.sampled_from(DOUBLES).map(lambda code: f'{of}age("{code}")') | st.sampled_from(
        ['duration("2m")', 'duration("1h") - duration("55m")']
    )
    compared = st.sampled_from(["<", "<=", ">", ">=", "==", "!="])
    atom = st.one_of(
        *(
            st.tuples(kind, compared, kind).map(lambda part: f"({part[0]} {part[1]} {part[2]})")
            for kind in (double, integer, span)
        ),
        st.tuples(integer, st.lists(whole, min_size=1, max_size=3)).map(
            lambda part: f"({part[0]} in [{', '.join(part[1])}])"
        ),
        integer.map(lambda text: f"(double({text}) > 2.0)"),
        st.sampled_from(["true", "false"]),
    )
    return st.recursive(
        atom,
        lambda inner: st.one_of(
            st.tuples(inner, st.sampled_from(["&&", "||", "==", "!="]), inner).map(
                lambda part: f"({part[0]} {part[1]} {part[2]})"
            ),
            inner.map(lambda text: f"!{text}"),
            st.tuples(inner, inner, inner).map(lambda part: f"({part[0]} ? {part[1]} : {part[2]})"),
        ),
        max_leaves=5,
    )


@settings(max_examples=300)
@given(expressions(""), st.lists(device_facts, min_size=1, max_size=4), st.integers(0, 23))
def test_each_device_is_judged_as_the_official_evaluator_does(text: str, devices: list[Facts], hour: int) -> None:
    agrees(f'({text}) && (true || last("a") > 0.0)', Mode.EACH, devices, hour)


@settings(max_examples=200)
@given(
    expressions("d."),
    st.sampled_from(["exists", "all", "exists_one", "filter"]),
    st.lists(device_facts, min_size=0, max_size=4),
)
def test_all_together_are_judged_as_the_official_evaluator_does(text: str, macro: str, devices: list[Facts]) -> None:
    said = f'devices.{macro}(d, ({text}) && (true || d.last("a") > 0.0))'
    agrees(f"{said}.size() > 1" if macro == "filter" else said, Mode.TOGETHER, devices)


def test_what_is_not_known_gives_way_to_what_decides() -> None:
    nothing: Facts = {"last_a": None, "last_b": 3.0}
    assert agrees('last("a") > 1.0', Mode.EACH, [nothing]) == [None]
    assert agrees('last("a") > 1.0 || last("b") > 1.0', Mode.EACH, [nothing]) == [True]
    assert agrees('last("a") > 1.0 && last("b") > 9.0', Mode.EACH, [nothing]) == [False]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("-7 / 2 == -3", True),
        ("-7 % 3 == -1", True),
        ("5 / 0 == 0", None),
        ("5 % 0 == 0", None),
        ("9223372036854775807 + 1 > 0", None),
        ("-9223372036854775807 - 2 < 0", None),
        ("4611686018427387904 * 2 > 0", None),
        ("-(-9223372036854775807 - 1) > 0", None),
        ("(-9223372036854775807 - 1) / -1 > 0", None),
        ("(-9223372036854775807 - 1) * -1 > 0", None),
        ("-1 * (-9223372036854775807 - 1) > 0", None),
        ("1.0 / 0.0 > 1e308", True),
        ("0.0 / 0.0 == 0.0 / 0.0", False),
    ],
)
def test_numbers_are_computed_as_cel_does(text: str, answer: bool | None) -> None:
    assert agrees(f'({text}) && (true || last("a") > 0.0)', Mode.EACH, [{"last_a": 1.0}]) == [answer]


def test_nothing_is_said_of_no_devices() -> None:
    assert agrees('devices.exists(d, d.last("a") > 1.0)', Mode.TOGETHER, []) == [False]
    assert agrees('devices.all(d, d.last("a") > 1.0)', Mode.TOGETHER, []) == [True]
