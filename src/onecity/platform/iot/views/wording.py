"""What an alarm rule says, for people: its condition in a few signs, its limits, what a version changed."""

from collections.abc import Sequence
from typing import Final

from django.utils.translation import gettext

from onecity.kernel.text import zh
from onecity.platform.iot.contracts import RuleInfo, RuleText
from onecity.platform.iot.declare import Limits
from onecity.platform.iot.registries import device_types
from onecity.platform.iot.views.shown import SEVERITY, symbol

_LIMITS: Final = {
    "upper": zh("上限"),
    "clear_upper": zh("上限解除值"),
    "lower": zh("下限"),
    "clear_lower": zh("下限解除值"),
    "hold_s": zh("持续时间（秒）"),
    "hold_count": zh("连续次数"),
    "clear_s": zh("恢复持续时间（秒）"),
    "gap_s": zh("最长间隔（秒）"),
    "silent_s": zh("中断时间（秒）"),
}


def condition(text: RuleText) -> str:
    """Return when a rule raises an alarm, in a few signs."""
    limits = text.limits
    if text.kind == "no_data":
        return gettext("%(minutes)s 分钟无数据") % {"minutes": f"{limits.silent_s / 60:g}"}
    kind = device_types().get(text.device_type)
    observed = kind.observed(text.property_code) if kind else None
    unit = f" {symbol(observed.unit.code)}" if observed else ""
    signs = [("> ", limits.upper), ("< ", limits.lower)]
    return " / ".join(f"{sign}{value:g}{unit}" for sign, value in signs if value is not None)


def said_limits(text: RuleText) -> list[tuple[str, str]]:
    """Return the limits that a rule sets, by name; what it would be anyway is left out."""
    plain = Limits()
    return [
        (name, f"{getattr(text.limits, field):g}")
        for field, name in _LIMITS.items()
        if getattr(text.limits, field) != getattr(plain, field)
    ]


def changes(info: RuleInfo, others: Sequence[RuleInfo]) -> list[tuple[str, object, object]]:
    """Return (field, before, now) of what this version changed against the one before."""
    before = next((item for item in others if item.version == info.version - 1), None)
    if before is None:
        return []
    old, new_ = before.text.limits, info.text.limits
    fields: list[tuple[str, object, object]] = [
        *((name, _number(getattr(old, field)), _number(getattr(new_, field))) for field, name in _LIMITS.items()),
        (zh("规则名称"), before.text.name, info.text.name),
        (zh("级别"), SEVERITY[before.text.severity].text, SEVERITY[info.text.severity].text),
        (zh("告警内容"), before.text.text, info.text.text),
        (zh("依据"), before.text.source, info.text.source),
    ]
    return [item for item in fields if item[1] != item[2]]


def _number(value: float | None) -> str | None:
    return None if value is None else f"{value:g}"
