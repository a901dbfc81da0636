"""How linkage rules look: badges, what an edition says in words, what it changed."""

from collections.abc import Mapping, Sequence
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext

from onecity.kernel.text import zh
from onecity.platform.iot.contracts.linkage import (
    FiringInfo,
    LinkageAction,
    LinkageEditionInfo,
    LinkageInfo,
    LinkageText,
    OutcomeInfo,
)
from onecity.platform.iot.declare import SEVERITY_NAMES
from onecity.platform.iot.forms.linkage.names import ACTION_NAMES, COMPARE_NAMES, FUNCTION_NAMES, STEP_NAMES
from onecity.platform.iot.registries import device_types
from onecity.platform.iot.rules.conditions.parts import Parts, Row, parts_of
from onecity.platform.iot.services.linkage.checking import TOLD
from onecity.platform.iot.views.shown import RULE, property_name, symbol, type_name
from onecity.web.listing import Badge

ON, OFF, DRAFT = Badge(zh("已启用"), "green"), Badge(zh("已停用"), "purple"), Badge(zh("未发布"), "yellow")
EDITION: Final = RULE
OUTCOME: Final = {
    "waiting": Badge(zh("待执行"), "grey"),
    "done": Badge(zh("已执行"), "green"),
    "failed": Badge(zh("失败"), "red"),
}
STANDING, OVER = Badge(zh("未恢复"), "red"), Badge(zh("已恢复"), "green")
TRIAL: Final = {
    "waiting": Badge(zh("等待"), "grey"),
    "running": Badge(zh("试算中"), "blue"),
    "done": Badge(zh("完成"), "green"),
    "cancelled": Badge(zh("已取消"), "purple"),
}
_LINKS: Final = {"iot.alarm": "iot:alarm"}


def rule_badge(info: LinkageInfo) -> Badge:
    """Return how a rule stands."""
    if not info.published:
        return DRAFT
    return ON if info.enabled else OFF


def firing_badge(info: FiringInfo) -> Badge:
    """Return how a firing stands."""
    return OVER if info.ended_at else STANDING


def said_condition(text: LinkageText) -> str:
    """Return when a rule fires, in words where it was put together from parts."""
    parts = parts_of(text.parts) if text.parts is not None else None
    if parts is None:
        return text.condition
    joined = gettext("且") if parts.join == "and" else gettext("或")
    said = f" {joined} ".join(_said_row(row, text.type_code) for row in parts.rows)
    return f"{_said_quantity(parts)}{said}" if text.mode == "together" else said


def said_times(text: LinkageText) -> str:
    """Return how long the condition must hold, and how often it is judged."""
    held = gettext("持续{minutes}分钟").format(minutes=f"{text.hold_s / 60:g}") if text.hold_s else gettext("立即触发")
    every = gettext("每{step}判断一次").format(step=gettext(STEP_NAMES[text.step_s]))
    return f"{held} · {every}"


def said_action(action: LinkageAction) -> tuple[str, str]:
    """Return an action's name and what it says."""
    detail = {
        "alarm": f"{gettext(SEVERITY_NAMES.get(action.severity, ''))} · {action.text}",
        "message": f"{gettext(TOLD.get(action.to, ''))} · {action.text}",
        "command": " ".join([action.command, *(f"{name}={value}" for name, value in action.arguments.items())]),
    }.get(action.kind, action.text)
    return gettext(ACTION_NAMES.get(action.kind, action.kind)), detail


def said_values(values: Mapping[str, float | None]) -> list[tuple[str, str]]:
    """Return what a firing saw, by what was asked."""
    names = {"devices": gettext("成立的设备数")}
    return [(names.get(name, name), "—" if value is None else f"{value:.10g}") for name, value in values.items()]


def said_devices(text: LinkageText, *, group: str, keys: Sequence[str]) -> list[str]:
    """Return whom a rule is about."""
    chosen = [type_name(text.type_code) if text.type_code else "", group, *keys]
    return [item for item in chosen if item]


def outcome_link(outcome: OutcomeInfo) -> str:
    """Return where what an action made is looked at; "" for nowhere."""
    kind, _, number = outcome.result.partition(":")
    return reverse(_LINKS[kind], args=[number]) if kind in _LINKS else ""


def changes(info: LinkageEditionInfo, before: LinkageEditionInfo | None) -> list[tuple[str, str, str]]:
    """Return (field, before, now) of what an edition changed against another."""
    if before is None:
        return []
    old, new = _plain(before.text), _plain(info.text)
    return [(name, old[name], new[name]) for name in new if old[name] != new[name]]


def _plain(text: LinkageText) -> dict[str, str]:
    actions = ["：".join(said_action(action)) for action in text.actions]
    return {
        zh("判断方式"): text.mode,
        zh("设备类型"): type_name(text.type_code) if text.type_code else "",
        zh("设备分组"): str(text.group_id or ""),
        zh("指定设备"): ", ".join(map(str, text.device_ids)),
        zh("触发条件"): text.condition,
        zh("恢复条件"): text.ending,
        zh("持续时间（秒）"): str(text.hold_s),
        zh("恢复持续时间（秒）"): str(text.end_hold_s),
        zh("判断间隔"): gettext(STEP_NAMES[text.step_s]),
        zh("等待迟到数据（秒）"): str(text.late_s),
        zh("动作"): "\n".join(actions),
        zh("版次说明"): text.note,
    }


def _said_row(row: Row, type_code: str) -> str:
    code, _, rest = row.property.partition("/")
    kind = device_types().get(type_code)
    observed = kind.observed(code) if kind else None
    name = property_name(type_code, code) + (f"/{rest}" if rest else "")
    compared = f"{gettext(COMPARE_NAMES[row.compare])} {row.value:g}"
    function = gettext(FUNCTION_NAMES[row.function])
    if row.function == "age":
        return f"{name} {function} {compared}"
    unit = f" {symbol(observed.unit.code)}" if observed and row.function not in {"count", "rate"} else ""
    window = gettext("{minutes}分钟").format(minutes=f"{row.window_s / 60:g}")
    return f"{name} {window}{function} {compared}{unit}"


def _said_quantity(parts: Parts) -> str:
    said = {"exists": zh("任意一台设备："), "all": zh("所有设备："), "filter": zh("至少{number}台设备：")}
    return gettext(said[parts.quantity]).format(number=parts.number)
