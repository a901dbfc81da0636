"""What is done about alarms besides raising them: its places in the menu, what is told, what is looked at."""

from onecity.kernel.text import zh
from onecity.platform.iot import permissions
from onecity.platform.iot.declarations.menus import GROUP
from onecity.platform.iot.services import upkeep
from onecity.platform.iot.services.alarm_care.escalating import TEMPLATE
from onecity.platform.jobs.declare import Tick
from onecity.platform.messages.declare import Template
from onecity.web.declare import Menu

ITEMS = (
    Menu(
        "iot.maintenance",
        zh("维护窗口"),
        "iot:maintenance",
        permission=permissions.VIEW_ALARMS,
        group=GROUP,
        icon="tool",
        order=31,
    ),
    Menu(
        "iot.alarm_figures",
        zh("告警统计"),
        "iot:alarm_figures",
        permission=permissions.VIEW_ALARMS,
        group=GROUP,
        icon="chart-bar",
        order=31,
    ),
    Template(TEMPLATE, zh("告警升级"), zh("告警{minutes}分钟未确认：{device}"), "{text}", urgent=True),
    Tick(
        "iot.care_for_alarms",
        zh("发布静默结束的告警，升级无人确认的告警"),
        upkeep.WATCH_EVERY_S,
        upkeep.care_for_alarms,
    ),
)
