"""What a condition may hold beyond being well typed: known operators, literals where they must be known, bounds."""

from dataclasses import dataclass, field
from typing import Final

from onecity.kernel.text import zh
from onecity.platform.iot.rules.conditions.faults import MIXED, BadCondition, Fault
from onecity.platform.iot.rules.conditions.language import CLOCK, FUNCTIONS, Mode, read
from onecity.platform.iot.rules.conditions.needs import (
    DAY_BACK,
    LONGEST_WINDOW,
    Need,
    duration_of,
    observed_of,
)
from onecity.platform.iot.rules.conditions.tree import Call, Constant, Items, Name, Node, Parsed, Quantified
from onecity.platform.iot.rules.instants import SECOND

MOST_NEEDS: Final = 16
"""Different functions over readings in one condition. House rule."""
OPERATORS: Final = frozenset(
    {"_&&_", "_||_", "!_", "_?_:_", "_<_", "_<=_", "_>_", "_>=_", "_==_", "_!=_"}
    | {"_+_", "_-_", "_*_", "_/_", "_%_", "-_", "double"}
)
"""What CEL calls its operators, and the one conversion that is taken."""
_NOT_TAKEN: Final = zh("这里不支持这种写法")
_LITERAL: Final = zh('监测项和时间窗口应直接写明，例如 mean("pm2_5", duration("10m"))')
_PROPERTY: Final = zh("“{name}”不是监测项的写法，应形如 pm2_5 或 pm2_5/hour")
_DURATION: Final = zh("“{name}”不是时长的写法，应形如 10m、1h30m")
_WINDOW: Final = zh("时间窗口应为整秒，大于0，最长7天")
_DEVICES: Final = zh("devices 只能用于 exists、all、exists_one，或 filter(…).size()，且不能嵌套")
_NOTHING: Final = zh("条件至少要用到一种监测数据")
_TOO_MANY: Final = zh("一个条件最多使用16种监测数据")


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that may be judged. needs: in the order of the text. devices: keys that it names."""

    text: str
    mode: Mode
    root: Node
    needs: tuple[Need, ...]

    @property
    def devices(self) -> tuple[str, ...]:
        """Keys of the devices that the condition names, each once."""
        return tuple(dict.fromkeys(need.device for need in self.needs if need.device))

    @property
    def window(self) -> int:
        """The longest stretch, in microseconds, of which every reading is needed."""
        return max((need.window for need in self.needs if not need.newest_only), default=0)

    @property
    def back(self) -> int:
        """The longest stretch, in microseconds, in which the newest reading is looked for."""
        return max((need.window for need in self.needs if need.newest_only), default=0)


def condition_of(text: str, *, mode: Mode) -> Condition:
    """Return a text as a condition.

    Raises: BadCondition with the faults and their places.
    """
    written = read(text, mode=mode)
    walk = _Walk(written)
    walk.expression(written.root)
    if len(walk.needs) > MOST_NEEDS:
        walk.faults.append(Fault(1, 1, _TOO_MANY))
    if not walk.needs and not walk.faults:
        walk.faults.append(Fault(1, 1, _NOTHING))
    if walk.faults:
        raise BadCondition(walk.faults)
    return Condition(text, mode, written.root, tuple(walk.needs))


def need_of(call: Call) -> Need | None:
    """Return what a call over readings asks for; None if its arguments are not as they must be."""
    values = [item.value if isinstance(item, Constant) else _duration(item) for item in call.arguments]
    if not values or not isinstance(values[0], str):
        return None
    observed = observed_of(values[0])
    back = LONGEST_WINDOW if call.function == "age" else DAY_BACK
    window = values[1] if len(values) > 1 else back
    if observed is None or not isinstance(window, int):
        return None
    return Need(call.function, observed, window, device_of_target(call.target))


def device_of_target(target: Node | None) -> str:
    """Return the key of the device that a call's target names; "" for the one being judged."""
    if isinstance(target, Call) and target.function == "device" and isinstance(target.arguments[0], Constant):
        return str(target.arguments[0].value)
    return ""


def _duration(node: Node) -> int | None:
    if isinstance(node, Call) and node.function == "duration" and isinstance(node.arguments[0], Constant):
        return duration_of(str(node.arguments[0].value))
    return None


@dataclass(slots=True)
class _Walk:
    """Goes through the tree once and keeps what it finds."""

    written: Parsed
    faults: list[Fault] = field(default_factory=list)
    needs: dict[Need, None] = field(default_factory=dict)
    variable: str = ""

    def expression(self, node: Node) -> None:
        match node:
            case Constant():
                if node.kind == "string":
                    self._fault(node, _NOT_TAKEN)
            case Call():
                self._call(node)
            case Quantified():
                if node.kind == "filter":
                    self._fault(node, _DEVICES)
                else:
                    self._quantified(node)
            case Name():
                self._fault(node, _DEVICES)
            case _:
                self._fault(node, _NOT_TAKEN)

    def _call(self, node: Call) -> None:
        if node.function in FUNCTIONS:
            self._reading(node)
        elif node.function == "duration":
            self._literal_duration(node)
        elif node.function == "size":
            self._size(node)
        elif node.function == "@in":
            self._within(node)
        elif node.function in OPERATORS:
            for item in node.arguments:
                self.expression(item)
        elif node.function not in CLOCK:
            self._fault(node, _NOT_TAKEN)

    def _within(self, node: Call) -> None:
        listed = node.arguments[1]
        if not isinstance(listed, Items):
            self._fault(node, _NOT_TAKEN)
            return
        if len({item.kind for item in listed.items if isinstance(item, Constant)}) > 1:
            self._fault(node, MIXED)
        for item in (node.arguments[0], *listed.items):
            self.expression(item)

    def _reading(self, node: Call) -> None:
        if not self._is_device(node.target):
            self._fault(node, _DEVICES)
            return
        name = node.arguments[0]
        if not isinstance(name, Constant) or not all(_is_literal(item) for item in node.arguments[1:]):
            self._fault(node, _LITERAL)
            return
        if observed_of(str(name.value)) is None:
            self._fault(name, _PROPERTY, name=str(name.value)[:40])
            return
        for item in node.arguments[1:]:
            if not self._literal_duration(item):
                return
        need = need_of(node)
        if need is None or not 0 < need.window <= LONGEST_WINDOW or need.window % SECOND:
            self._fault(node, _WINDOW)
            return
        self.needs[need] = None

    def _is_device(self, target: Node | None) -> bool:
        """Say whether a call is of the judged device, of one that is run through, or of one named by its key."""
        if isinstance(target, Name):
            return target.name == self.variable
        return target is None or (isinstance(target, Call) and bool(device_of_target(target)))

    def _literal_duration(self, node: Node) -> bool:
        given = node.arguments[0] if isinstance(node, Call) else node
        if not isinstance(given, Constant):
            self._fault(node, _LITERAL)
            return False
        if duration_of(str(given.value)) is None:
            self._fault(given, _DURATION, name=str(given.value)[:40])
            return False
        return True

    def _size(self, node: Call) -> None:
        counted = node.target if node.target is not None else node.arguments[0]
        if isinstance(counted, Quantified) and counted.kind == "filter":
            self._quantified(counted)
        else:
            self._fault(node, _DEVICES)

    def _quantified(self, node: Quantified) -> None:
        if self.variable or not isinstance(node.over, Name) or node.over.name != "devices":
            self._fault(node, _DEVICES)
            return
        self.variable = node.variable
        self.expression(node.predicate)
        self.variable = ""

    def _fault(self, node: Node, message: str, **facts: str) -> None:
        line, column = self.written.line_of(node.place)
        self.faults.append(Fault(line, column, message, facts))


def _is_literal(node: Node) -> bool:
    return isinstance(node, Call) and node.function == "duration" and isinstance(node.arguments[0], Constant)
