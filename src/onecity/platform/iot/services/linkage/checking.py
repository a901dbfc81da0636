"""What an edition must be before it is kept, and before it is put into force."""

from collections.abc import Iterator, Sequence
from typing import Final

from onecity.kernel.actor import EVERYTHING, Actor
from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity
from onecity.platform.iot.contracts.linkage import LinkageAction, LinkageText
from onecity.platform.iot.declare import SEVERITY_NAMES
from onecity.platform.iot.models import DeviceGroup
from onecity.platform.iot.permissions import COMMAND_DEVICES, HANDLE_ALARMS, MANAGE_LINKAGE, VIEW_LINKAGE
from onecity.platform.iot.registries import device_types, type_of
from onecity.platform.iot.rules.conditions import BadCondition, Condition, Mode, condition_of
from onecity.platform.iot.rules.instants import SECOND
from onecity.platform.iot.rules.texts import stray_places
from onecity.platform.iot.selectors.linkage.members import MOST_DEVICES, commands_of, keys_within, reached
from onecity.platform.iot.selectors.subscriptions import webhook_choices
from onecity.platform.iot.services.commands.ordering import fitting
from onecity.platform.iot.services.devices.facts import OutsideScope

STEPS: Final = (10, 30, 60, 300, 600, 900, 1800, 3600)
"""How often a rule may be judged, seconds: whole shares of an hour."""
MOST_STEPS: Final = 200
"""House rule: a window holds so many steps at most, so that a step reads a bounded share of the history again."""
LONGEST_HOLD_S: Final = 7 * 86_400
LONGEST_LATE_S: Final = 86_400
LONGEST_TEXT: Final = 200
MOST_ACTIONS: Final = 10
PLACES: Final = frozenset({"rule", "device", "time", "values"})
TOLD: Final = {
    HANDLE_ALARMS: zh("处置告警的人员"),
    COMMAND_DEVICES: zh("操作设备的人员"),
    VIEW_LINKAGE: zh("查看联动规则的人员"),
}
"""Whom a message may go to: everybody with this right where the device stands."""
KINDS: Final = ("alarm", "case", "message", "command", "webhook")


def check_place(actor: Actor, organisation_id: int, *, permission: str = MANAGE_LINKAGE) -> None:
    """Let the actor keep rules of an organisation.

    Raises: OutsideScope.
    """
    keys = identity.row_keys(organisation_id=organisation_id, division_code="")
    if not {*keys, EVERYTHING} & actor.scopes(permission):
        raise OutsideScope


def check_text(actor: Actor, *, organisation_id: int, text: LinkageText) -> tuple[Condition, Condition | None]:
    """Return an edition's condition and ending, well formed.

    Raises: Invalid naming what is wrong; conditions say where.
    """
    faults: dict[str, str] = {}
    condition = _condition(text.condition, text.mode, "condition", faults)
    ending = _condition(text.ending, text.mode, "ending", faults) if text.ending.strip() else None
    faults.update(_faults_of_times(text, [item for item in (condition, ending) if item]))
    faults.update(_faults_of_devices(actor, organisation_id, text))
    faults.update(_faults_of_actions(text.actions))
    if faults:
        raise Invalid(fields=faults)
    assert condition is not None
    keys = sorted({*condition.devices, *(ending.devices if ending else ())})
    unknown = sorted(set(keys) - keys_within(organisation_id, keys)) if keys else []
    if unknown:
        raise Invalid(fields={"condition": zh("条件中指名的设备不存在，或不属于该机构")})
    return condition, ending


def check_force(actor: Actor, *, organisation_id: int, text: LinkageText) -> None:
    """Let an edition be put into force by the actor: it reaches devices, does something, and commands are the actor's.

    Raises: Invalid; OutsideScope if commands go to devices that the actor may not command.
    """
    check_text(actor, organisation_id=organisation_id, text=text)
    if not text.actions:
        raise Invalid(fields={"actions": zh("请至少设置一个动作")})
    number = reached(organisation_id, text)
    if not number:
        raise Invalid(fields={"type_code": zh("没有符合条件的设备")})
    if number > MOST_DEVICES:
        raise Invalid(fields={"type_code": zh("一条规则最多作用于50000台设备，请按机构或分组拆分")})
    commands = [action for action in text.actions if action.kind == "command"]
    if commands:
        check_place(actor, organisation_id, permission=COMMAND_DEVICES)
    webhooks = {number for number, _ in webhook_choices(actor)}
    if any(action.kind == "webhook" and action.subscription not in webhooks for action in text.actions):
        raise Invalid(fields={"actions": zh("推送订阅不存在，或不在您的权限范围内")})
    for action in commands:
        _check_command(organisation_id, text, action)


def _condition(text: str, mode: str, name: str, faults: dict[str, str]) -> Condition | None:
    if mode not in set(Mode):
        faults["mode"] = zh("没有这种判断方式")
        return None
    try:
        return condition_of(text, mode=Mode(mode))
    except BadCondition as bad:
        faults[name] = bad.sentence()
        return None


def _faults_of_times(text: LinkageText, conditions: Sequence[Condition]) -> Iterator[tuple[str, str]]:
    longest = max((item.window for item in conditions), default=0)
    checks = (
        ("step_s", text.step_s in STEPS, zh("没有这种判断间隔")),
        ("step_s", longest <= MOST_STEPS * text.step_s * SECOND, zh("时间窗口最多为判断间隔的200倍，请加大判断间隔")),
        ("hold_s", 0 <= text.hold_s <= LONGEST_HOLD_S, zh("持续时间最长7天")),
        ("end_hold_s", 0 <= text.end_hold_s <= LONGEST_HOLD_S, zh("持续时间最长7天")),
        ("late_s", 0 <= text.late_s <= LONGEST_LATE_S, zh("等待迟到数据最长24小时")),
        ("note", len(text.note) <= LONGEST_TEXT, zh("版次说明不超过200个字")),
    )
    yield from ((name, sentence) for name, holds, sentence in reversed(checks) if not holds)


def _faults_of_devices(actor: Actor, organisation_id: int, text: LinkageText) -> Iterator[tuple[str, str]]:
    if not (text.type_code or text.group_id or text.device_ids):
        yield "type_code", zh("请选择设备类型、设备分组或指定设备")
    if text.type_code and text.type_code not in device_types():
        yield "type_code", zh("没有这个设备类型")
    scope = identity.row_scope(actor, MANAGE_LINKAGE).q()
    if text.group_id and not DeviceGroup.objects.filter(scope, id=text.group_id).exists():
        yield "group_id", zh("没有这个设备分组")
    if text.device_ids and reached(organisation_id, LinkageText("", device_ids=text.device_ids)) < len(
        set(text.device_ids)
    ):
        yield "device_ids", zh("指定的设备不存在，或不属于该机构")


def _faults_of_actions(actions: Sequence[LinkageAction]) -> Iterator[tuple[str, str]]:
    if len(actions) > MOST_ACTIONS:
        yield "actions", zh("一条规则最多设置10个动作")
    for place, action in enumerate(actions):
        fault = _fault_of_action(action)
        if fault:
            yield f"actions.{place}", fault


def _fault_of_action(action: LinkageAction) -> str:
    if action.kind not in KINDS:
        return zh("没有这种动作")
    if action.kind in {"alarm", "case", "message"} and not 1 <= len(action.text.strip()) <= LONGEST_TEXT:
        return zh("内容应为1至200个字")
    if stray_places(action.text, places=PLACES) != []:
        return zh("内容中的占位符无法识别，可用 {rule} {device} {time} {values}")
    missing = {
        "alarm": (action.severity in SEVERITY_NAMES, zh("请选择告警级别")),
        "message": (action.to in TOLD, zh("请选择通知对象")),
        "command": (bool(action.command), zh("请选择命令")),
        "webhook": (action.subscription.isdigit(), zh("请选择推送订阅")),
    }
    holds, sentence = missing.get(action.kind, (True, ""))
    return "" if holds else sentence


def _check_command(organisation_id: int, text: LinkageText, action: LinkageAction) -> None:
    """See that all devices an order goes to know the command, with these arguments.

    Raises: Invalid.
    """
    keys = [action.target] if action.target else []
    kinds = commands_of(organisation_id, text, keys=keys)
    if not kinds:
        raise Invalid(fields={"actions": zh("命令的目标设备不存在，或不属于该机构")})
    for type_code, edition in kinds:
        kind = type_of(type_code, edition=edition)
        command = kind.command(action.command) if kind else None
        if command is None:
            raise Invalid(fields={"actions": zh("目标设备没有这个命令")})
        try:
            fitting(command, argument=None, arguments=action.arguments)
        except Invalid as fault:
            raise Invalid(fields={"actions": next(iter(fault.fields.values()))}) from fault
