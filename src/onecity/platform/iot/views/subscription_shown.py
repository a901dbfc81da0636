"""How subscriptions look: badges, names of events and conditions, a secret shown once."""

from typing import Final

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext

from onecity.kernel.text import zh
from onecity.platform.iot.contracts.subscriptions import SubscriptionInfo
from onecity.platform.iot.rules.subscribing.pauses import is_open
from onecity.platform.iot.services.broker_files import broker_name, events_topic
from onecity.web.http import CityRequest
from onecity.web.listing import Badge

STATES: Final = {
    "told": Badge(zh("投递中"), "green"),
    "failing": Badge(zh("重试中"), "orange"),
    "broken": Badge(zh("投递中断"), "red"),
    "paused": Badge(zh("已暂停"), "grey"),
}
OUTCOME: Final = {True: Badge(zh("成功"), "green"), False: Badge(zh("失败"), "red")}
SHORT_NAMES: Final = {
    "readings": zh("监测数据"),
    "latest": zh("最新值"),
    "alarms": zh("告警"),
    "states": zh("设备状态"),
    "rules": zh("规则触发"),
}
CONDITION_NAMES: Final = {
    "types": zh("设备类型"),
    "devices": zh("设备标识"),
    "groups": zh("设备分组"),
    "divisions": zh("区划或网格编码"),
    "properties": zh("监测项"),
    "periods": zh("时段"),
    "severities": zh("级别"),
    "rules": zh("规则编码"),
    "condition": zh("取值条件"),
}


def state_badge(info: SubscriptionInfo) -> Badge:
    """Return how a subscription goes."""
    if info.state == "paused":
        return STATES["paused"]
    if is_open(info.failures):
        return STATES["broken"]
    return STATES["failing"] if info.failures else STATES["told"]


def topics_said(info: SubscriptionInfo) -> str:
    """Return what a subscription is told, in words."""
    return " · ".join(gettext(SHORT_NAMES[topic]) for topic in info.topics)


def secret_page(request: CityRequest, info: SubscriptionInfo, secret: str) -> HttpResponse:
    """Show a secret, this once."""
    lines = [(zh("订阅标识"), info.key)]
    if info.channel == "mqtt":
        lines = [(zh("用户名"), broker_name(info.key)), (zh("主题"), events_topic(info.key))]
    facts = {
        "title_text": zh("MQTT 密码") if info.channel == "mqtt" else zh("签名密钥"),
        "secret": secret,
        "back": reverse("iot:subscription", args=[info.id]),
        "back_name": info.name,
        "lines": lines,
    }
    response = render(request, "iot/devices/secret.html", facts)
    response.headers["Cache-Control"] = "no-store"
    return response
