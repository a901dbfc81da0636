"""Subscriptions of applications."""

from onecity.kernel.text import zh
from onecity.platform.identity.declare import Permission, PersonalColumn, Role
from onecity.platform.iot import permissions
from onecity.platform.iot.declarations.menus import GROUP
from onecity.platform.iot.services.subscriptions import telling, upkeep
from onecity.platform.iot.services.subscriptions.secrets import CONTEXT
from onecity.platform.jobs.declare import Tick
from onecity.platform.messages.declare import Template
from onecity.web.declare import Menu

_TABLE = "iot_subscription"
ITEMS = (
    Permission(permissions.SUBSCRIBE, zh("订阅物联数据和事件")),
    Role(
        code="iot.integrator",
        name=zh("物联集成人员"),
        description=zh("为应用订阅监测数据、告警和设备状态，查看投递情况，处理死信"),
        permissions=("geo.view", permissions.VIEW_DEVICES, permissions.VIEW_ALARMS, permissions.SUBSCRIBE),
    ),
    Menu(
        "iot.subscriptions",
        zh("应用订阅"),
        "iot:subscriptions",
        permission=permissions.SUBSCRIBE,
        group=GROUP,
        icon="webhook",
        order=41,
    ),
    PersonalColumn(
        "iot.subscription.sealed_secret", zh("订阅签名密钥"), _TABLE, sealed="sealed_secret", context=CONTEXT
    ),
    PersonalColumn(
        "iot.subscription.sealed_former", zh("订阅原签名密钥"), _TABLE, sealed="sealed_former", context=CONTEXT
    ),
    Template(
        telling.BROKEN,
        zh("订阅投递中断"),
        zh("订阅投递中断：{name}"),
        zh("连续多次投递失败，已降低重试频率。原因：{reason}"),
    ),
    Template(
        telling.DEAD,
        zh("订阅产生死信"),
        zh("订阅产生死信：{name}"),
        zh("接收方拒收一批事件，已转入死信，可查看后重放。原因：{reason}"),
    ),
    Template(
        telling.EXPIRED,
        zh("订阅事件过期"),
        zh("订阅有事件未能投递：{name}"),
        zh("等待过久或积压过多，有{entries}条记录未投递即被清除（{at}）。请检查接收方并核对数据。"),
        urgent=True,
    ),
    Tick("iot.keep_feed", zh("清理订阅事件和投递记录"), upkeep.EVERY_S, upkeep.keep),
)
