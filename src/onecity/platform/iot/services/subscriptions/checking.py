"""What a subscription may be made of."""

import json
from dataclasses import replace
from typing import Final

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Invalid, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity
from onecity.platform.iot.contracts.subscriptions import CHANNELS, TOPICS, EventFilter, NewSubscription
from onecity.platform.iot.declare import PERIOD_NAMES, SEVERITY_NAMES
from onecity.platform.iot.models import DeviceGroup
from onecity.platform.iot.permissions import VIEW_ALARMS, VIEW_DEVICES
from onecity.platform.iot.rules.subscribing.expression import NotACondition, condition
from onecity.platform.iot.services.subscriptions.addresses import checked_address

LARGEST_BATCH: Final = 1_000
MOST_ATTEMPTS: Final = 20
MOST_NAMES: Final = 1_000
NEEDED: Final = {topic: VIEW_ALARMS if topic in {"alarms", "rules"} else VIEW_DEVICES for topic in TOPICS}
"""What its owner must be allowed to see for each topic."""


def checked(actor: Actor, new: NewSubscription) -> NewSubscription:
    """Return what a subscription is made of, as it is kept.

    Raises: Invalid naming the fields; NotPermitted for what the actor may not see.
    """
    faults: dict[str, str] = {}
    if not 1 <= len(new.name.strip()) <= 80 or "\0" in new.name:
        faults["name"] = zh("应为1至80个字")
    if new.channel not in CHANNELS:
        faults["channel"] = zh("没有这个选项")
    if not new.topics or not set(new.topics) <= set(TOPICS):
        faults["topics"] = zh("请至少选择一种事件")
    if not 1 <= new.batch_size <= LARGEST_BATCH:
        faults["batch_size"] = zh("应为1至1000")
    if not 1 <= new.attempts <= MOST_ATTEMPTS:
        faults["attempts"] = zh("应为1至20")
    faults |= _filter_faults(new.filter) | _named_faults(actor, new.filter)
    if faults:
        raise Invalid(fields=faults)
    check_topics(actor, new.topics)
    address = checked_address(new.address) if new.channel == "webhook" else ""
    return replace(new, name=new.name.strip(), topics=tuple(dict.fromkeys(new.topics)), address=address)


def _filter_faults(asked: EventFilter) -> dict[str, str]:
    faults: dict[str, str] = {}
    if any(len(value) > MOST_NAMES for value in asked.plain().values() if isinstance(value, list)):
        faults["filter"] = zh("每项筛选条件最多1000个取值")
    if not set(asked.periods) <= set(PERIOD_NAMES):
        faults["periods"] = zh("没有这个选项")
    if not set(asked.severities) <= {str(code) for code in SEVERITY_NAMES}:
        faults["severities"] = zh("没有这个选项")
    if "\\u0000" in json.dumps(asked.plain()):
        faults["filter"] = zh("筛选条件中有无法识别的字符")
    if not all(code.isascii() and code.isdigit() and len(code) <= 15 for code in asked.divisions):
        faults["divisions"] = zh("区划或网格编码应为不超过15位的数字")
    return faults


def _named_faults(actor: Actor, asked: EventFilter) -> dict[str, str]:
    faults: dict[str, str] = {}
    if asked.groups:
        scope = identity.row_scope(actor, VIEW_DEVICES).q()
        if DeviceGroup.objects.filter(scope, id__in=asked.groups).count() != len(set(asked.groups)):
            faults["groups"] = zh("没有这个设备分组")
    if asked.condition:
        try:
            condition(asked.condition)
        except NotACondition as error:
            faults["condition"] = error.sentence()
    return faults


def check_topics(actor: Actor, topics: tuple[str, ...]) -> None:
    """Let the actor be told of these topics.

    Raises: NotPermitted.
    """
    if not all(actor.may(NEEDED[topic]) for topic in topics):
        raise NotPermitted(zh("您没有查看所订阅事件的权限"))
