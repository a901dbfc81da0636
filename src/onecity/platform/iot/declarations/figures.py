"""Figures of the city that iot computes, and those of its own health."""

from onecity.kernel.text import zh
from onecity.platform.indicators.declare import Indicator
from onecity.platform.iot import permissions
from onecity.platform.iot.selectors import figures
from onecity.web.declare import Gauge
from onecity.web.figures import counted

_FIGURES = zh("物联感知")
_QUARANTINED = "SELECT count(*) FROM iot_quarantinedmessage WHERE state = 'open'"

INDICATORS = (
    Indicator(
        code="iot.devices_online",
        name=zh("在线设备"),
        definition=zh("在各自静默时限内有过通信的设备数；分子为在线设备数，分母为在用设备数"),
        unit=zh("台"),
        compute=figures.devices_online,
        rows=figures.online_rows,
        group=_FIGURES,
        better="higher",
        permission=permissions.VIEW_DEVICES,
        order=30,
    ),
    Indicator(
        code="iot.devices_total",
        name=zh("在用设备"),
        definition=zh("已登记且未停用的设备数"),
        unit=zh("台"),
        compute=figures.devices_total,
        rows=figures.devices_rows,
        group=_FIGURES,
        permission=permissions.VIEW_DEVICES,
        order=31,
    ),
    Indicator(
        code="iot.alarms_open",
        name=zh("当前告警"),
        definition=zh("已触发且尚未解除的物联告警数"),
        unit=zh("条"),
        compute=figures.alarms_open,
        rows=figures.alarms_rows,
        group=_FIGURES,
        better="lower",
        permission=permissions.VIEW_ALARMS,
        order=32,
    ),
    Indicator(
        code="iot.observations_today",
        name=zh("今日监测数据"),
        definition=zh("监测时间在今日的监测数据条数，迟到补报的计入其监测日"),
        unit=zh("条"),
        compute=figures.observations_today,
        rows=figures.observations_rows,
        group=_FIGURES,
        every_s=60.0,
        period="today",
        permission=permissions.VIEW_DEVICES,
        order=33,
    ),
)
GAUGES = (Gauge("iot.quarantined", "messages that wait in the quarantine", lambda: counted(_QUARANTINED)),)
ITEMS = (*INDICATORS, *GAUGES)
