"""How things of iot look: badges, names, numbers, bytes."""

from typing import Final

from django.urls import reverse
from django.utils.translation import gettext

from onecity.kernel.errors import OneCityError
from onecity.kernel.text import zh
from onecity.kernel.units import UNITS
from onecity.platform.identity import api as identity
from onecity.platform.iot.contracts import AlarmInfo, DatastreamInfo
from onecity.platform.iot.declare import PERIOD_NAMES, PROTOCOL_NAMES, SEVERITY_NAMES
from onecity.platform.iot.registries import device_types
from onecity.platform.iot.rules.series import SUB_VALUES
from onecity.web.listing import Badge

DEVICE: Final = {
    "registered": Badge(zh("尚未上线"), "blue"),
    "online": Badge(zh("在线"), "green"),
    "silent": Badge(zh("失联"), "grey"),
    "faulty": Badge(zh("故障"), "orange"),
    "retired": Badge(zh("已停用"), "purple"),
}
SEVERITY: Final = {
    "critical": Badge(SEVERITY_NAMES["critical"], "red"),
    "major": Badge(SEVERITY_NAMES["major"], "orange"),
    "minor": Badge(SEVERITY_NAMES["minor"], "yellow"),
    "notice": Badge(SEVERITY_NAMES["notice"], "blue"),
}
ALARM: Final = {
    "standing": Badge(zh("未解除"), "red"),
    "acknowledged": Badge(zh("已确认"), "yellow"),
    "cleared": Badge(zh("已解除"), "green"),
}
RULE: Final = {
    "draft": Badge(zh("草稿"), "yellow"),
    "published": Badge(zh("已发布"), "green"),
    "superseded": Badge(zh("已被替代"), "grey"),
    "withdrawn": Badge(zh("已停用"), "purple"),
}
KIND_NAMES: Final = {
    "above": zh("高于上限"),
    "below": zh("低于下限"),
    "outside": zh("超出范围"),
    "no_data": zh("数据中断"),
}
QUARANTINE: Final = {
    "open": Badge(zh("待处理"), "yellow"),
    "replayed": Badge(zh("已重放"), "green"),
    "discarded": Badge(zh("已作废"), "grey"),
}
ORDER: Final = {
    "queued": Badge(zh("待下发"), "grey"),
    "sent": Badge(zh("已下发"), "blue"),
    "accepted": Badge(zh("已受理"), "blue"),
    "done": Badge(zh("执行成功"), "green"),
    "failed": Badge(zh("执行失败"), "red"),
    "expired": Badge(zh("未应答"), "orange"),
    "cancelled": Badge(zh("已取消"), "purple"),
}
STRANGER: Final = {
    "open": Badge(zh("待登记"), "yellow"),
    "registered": Badge(zh("已登记"), "green"),
    "ignored": Badge(zh("已忽略"), "grey"),
}
STATE_CHOICES: Final = [(code, badge.text) for code, badge in DEVICE.items()]
PROTOCOL_CHOICES: Final = [(str(code), name) for code, name in PROTOCOL_NAMES.items()]
SEVERITY_CHOICES: Final = [(str(code), name) for code, name in SEVERITY_NAMES.items()]
BYTES_IN_A_LINE: Final = 16


def type_choices() -> list[tuple[str, str]]:
    """Return the declared types of device."""
    return [(kind.code, kind.name) for kind in device_types()]


def type_name(code: str) -> str:
    """Return a type's name; its code where no module declares it any more."""
    kind = device_types().get(code)
    return gettext(kind.name) if kind else code


def property_name(type_code: str, property_code: str) -> str:
    """Return a property's name; its code where the type does not know it."""
    kind = device_types().get(type_code)
    observed = kind.observed(property_code) if kind else None
    return gettext(observed.name) if observed else property_code


def stream_name(type_code: str, stream: DatastreamInfo) -> str:
    """Return what a datastream tells, in words."""
    kind = f" · {gettext(SUB_VALUES[stream.sub_value])}" if stream.sub_value in SUB_VALUES and stream.sub_value else ""
    period = gettext(PERIOD_NAMES[stream.period])
    return f"{property_name(type_code, stream.property_code)}{kind}（{period}）"


def symbol(unit: str) -> str:
    """Return a unit as people write it."""
    return UNITS[unit].symbol if unit in UNITS else unit


def written(value: float | None, *, type_code: str, property_code: str) -> str:
    """Return a value with as many decimals as its property has; a dash for none."""
    if value is None:
        return "—"
    kind = device_types().get(type_code)
    observed = kind.observed(property_code) if kind else None
    return f"{value:.{observed.decimals}f}" if observed else f"{value:.10g}"


def alarm_badge(info: AlarmInfo) -> Badge:
    """Return how an alarm stands."""
    if info.cleared_at:
        return ALARM["cleared"]
    return ALARM["acknowledged"] if info.acknowledged_at else ALARM["standing"]


def alarm_link(info: AlarmInfo) -> str:
    """Return the address of an alarm's page."""
    return reverse("iot:alarm", args=[info.id])


def organisation_names() -> dict[int, str]:
    """Return the short names of all organisations in use, by id, in tree order."""
    return {item.id: item.short_name or item.name for item in identity.organisations()}


def person_name(key: str) -> str:
    """Return who stands behind an actor's key: an account's name, or what kind of program it is."""
    kind, _, number = key.partition(":")
    if kind == "account" and number.isdigit():
        try:
            return identity.account(int(number)).full_name
        except OneCityError:
            return key
    return {"system": gettext("系统"), "device": gettext("设备请求")}.get(kind, key)


def hexadecimal(raw: bytes) -> list[tuple[str, str, str]]:
    """Return bytes as lines of (place, hexadecimal digits, printable characters)."""
    lines = []
    for begin in range(0, len(raw), BYTES_IN_A_LINE):
        part = raw[begin : begin + BYTES_IN_A_LINE]
        plain = "".join(chr(byte) if 32 <= byte < 127 else "·" for byte in part)
        lines.append((f"{begin:06x}", part.hex(" "), plain))
    return lines


def sentence(error: OneCityError) -> str:
    """Return what went wrong, as one sentence in the visitor's language."""
    first = next(iter(error.fields.values()), "")
    return gettext(first) if first else error.sentence(gettext(error.template))
