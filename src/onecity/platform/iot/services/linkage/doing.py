"""What each kind of action does. Each writes in the caller's transaction and says what it did, or refuses."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from onecity.kernel import bus
from onecity.kernel.actor import Actor, system_actor
from onecity.kernel.errors import Conflict, NotFound, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity
from onecity.platform.iot.contracts.linkage import LinkageAction
from onecity.platform.iot.declare import Limits
from onecity.platform.iot.events import CASE_WANTED
from onecity.platform.iot.models import Alarm, Datastream, Device, LinkageFiring
from onecity.platform.iot.rules.compiled import Compiled
from onecity.platform.iot.services.alarms import Trigger, raise_alarm
from onecity.platform.iot.services.commands import order
from onecity.platform.iot.services.linkage.firing import subscribed
from onecity.platform.iot.services.subscriptions.firings import tell_of_firing
from onecity.platform.messages import api as messages

TEMPLATE: Final = "iot.rule_fired"


@dataclass(frozen=True, slots=True)
class Moment:
    """A firing whose actions are carried out. now: city time. real_now: real time."""

    firing: LinkageFiring
    now: datetime
    real_now: datetime


@dataclass(frozen=True, slots=True)
class Done:
    """What an action did. text: a Chinese sentence. result: what it made, as `kind:id`; "" for nothing to look at."""

    text: str
    result: str = ""


class NoDatastream(Conflict):
    """An alarm belongs to a datastream, and the device has none of those that the condition looks at."""

    code = "iot.linkage_no_datastream"
    message = zh("设备没有条件所用的数据流，无法产生告警")


class NobodyToTell(Conflict):
    """Nobody has the right that the message goes to."""

    code = "iot.linkage_nobody"
    message = zh("没有符合条件的接收人")


class NoSubscription(Conflict):
    """The subscription that was to be told is gone."""

    code = "iot.linkage_no_subscription"
    message = zh("推送订阅已不存在")


class MayNotCommand(NotPermitted):
    """Who published the rule may not command the device (any more)."""

    code = "iot.linkage_may_not_command"
    message = zh("规则发布人无权向该设备下达命令")


def raise_its_alarm(moment: Moment, action: LinkageAction, text: str) -> Done:
    """Raise an alarm under the rule's own code; one that stands already is the firing's too.

    Raises: NoDatastream.
    """
    firing, rule = moment.firing, moment.firing.edition.alarm_rule
    if firing.datastream_id is None or rule is None:
        raise NoDatastream
    Device.objects.select_for_update(no_key=True).get(id=firing.device_id)  # the store's turn
    escaped = text.replace("{", "{{").replace("}", "}}")
    compiled = Compiled(rule.id, rule.code, rule.kind, Limits(), action.severity, escaped)
    raise_alarm(compiled, trigger=Trigger(firing.datastream_id, _first(firing.values), firing.fired_at), now=moment.now)
    standing = Alarm.objects.filter(rule_code=rule.code, datastream_id=firing.datastream_id, cleared_at__isnull=True)
    firing.alarm = standing.get()
    firing.save(update_fields=["alarm"])
    return Done(zh("已产生告警"), f"iot.alarm:{firing.alarm_id}")


def ask_for_case(moment: Moment, action: LinkageAction, text: str) -> Done:
    """Ask whoever opens cases for one; once for a firing."""
    firing, device = moment.firing, moment.firing.device
    stream = Datastream.objects.filter(id=firing.datastream_id or 0).first()
    bus.announce(
        CASE_WANTED,
        firing_id=firing.id,
        rule_id=firing.rule_id,
        rule_name=firing.rule.name,
        device_id=device.id,
        device_key=device.key,
        device_name=device.name,
        device_type=device.type_code,
        property_code=stream.property_code if stream else "",
        text=text,
        at=firing.fired_at.isoformat(),
        organisation_id=firing.organisation_id,
        division_code=firing.division_code,
        longitude=device.location.x if device.location else None,
        latitude=device.location.y if device.location else None,
    )
    return Done(zh("已报送立案"))


def send_message(moment: Moment, action: LinkageAction, text: str) -> Done:
    """Tell everybody with a right where the device stands.

    Raises: NobodyToTell.
    """
    firing = moment.firing
    found = identity.accounts_with_permission(
        action.to, organisation_id=firing.organisation_id, division_code=firing.division_code
    )
    if not found:
        raise NobodyToTell
    count = messages.send(
        system_actor("iot"),
        to=[item.id for item in found],
        template=TEMPLATE,
        params={"rule": firing.rule.name, "text": text},
        link=f"/iot/linkage/{firing.rule_id}/firings/{firing.id}",
        now=moment.now,
    )
    return Done(zh("已发送通知"), f"messages:{count}")


def give_order(moment: Moment, action: LinkageAction, text: str) -> Done:
    """Order a device to do something, with the rights that who published the rule has now.

    Raises: MayNotCommand; Invalid if the device does not know the command with these arguments.
    """
    firing = moment.firing
    device_id = firing.device_id
    if action.target:
        found = Device.objects.filter(key=action.target).values_list("id", flat=True).first()
        if found is None:
            raise NotFound(zh("命令的目标设备不存在"))
        device_id = found
    try:
        made = order(
            _publisher(firing.edition.publisher),
            device_id=device_id,
            code=action.command,
            arguments=action.arguments,
            now=moment.real_now,
        )
    except NotFound:
        raise MayNotCommand from None
    return Done(zh("命令已下达"), f"iot.devicecommand:{made}")


def push(moment: Moment, action: LinkageAction, text: str) -> Done:
    """Have a subscription (webhook) told of the firing; how the sending goes stands in its own log.

    Raises: NoSubscription.
    """
    firing = moment.firing
    told = subscribed(firing.rule, firing.edition, firing, change="fired", text=text)
    if not tell_of_firing(told, to=int(action.subscription)):
        raise NoSubscription
    return Done(zh("已交付推送"), f"iot.subscription:{action.subscription}")


def _publisher(key: str) -> Actor:
    """Return who published a rule, with the rights of now.

    Raises: MayNotCommand if there is nobody of that name any more.
    """
    kind, _, number = key.partition(":")
    if kind == "system":
        return system_actor("iot.linkage")
    found = identity.account_actor(int(number)) if kind == "account" and number.isdigit() else None
    if found is None or not identity.account(found.account_id).is_active:
        raise MayNotCommand
    return found


def _first(values: Mapping[str, float | None]) -> float | None:
    return next((value for name, value in values.items() if name != "devices" and value is not None), None)


DOING: Final[Mapping[str, Callable[[Moment, LinkageAction, str], Done]]] = {
    "alarm": raise_its_alarm,
    "case": ask_for_case,
    "message": send_message,
    "command": give_order,
    "webhook": push,
}
