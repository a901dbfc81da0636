"""What iot is measured by."""

from datetime import timedelta
from typing import Final

from django.db import connection

from onecity.kernel.actor import Actor
from onecity.kernel.clock import city_date
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity
from onecity.platform.indicators.declare import Evidence, Measure, Period
from onecity.platform.iot.declare import SEVERITY_NAMES
from onecity.platform.iot.models import Device
from onecity.platform.iot.permissions import VIEW_DEVICES
from onecity.platform.iot.selectors.alarms import AlarmQuery, alarms, standing_count
from onecity.platform.iot.selectors.devices import DeviceQuery, devices, state_counts

_HEARD: Final = (Device.State.ONLINE, Device.State.FAULTY)
_COUNTED: Final = """
    SELECT COALESCE(sum(readings), 0) FROM iot_storedcount
    WHERE day >= %s AND day <= %s AND (%s OR organisation_id = ANY(%s) OR division_code LIKE ANY(%s))
"""
_BY_DEVICE: Final = """
    SELECT d.id, d.name, d.key, count(*), max(o.phenomenon_at) FROM iot_observation o
    JOIN iot_datastream s ON s.id = o.datastream_id JOIN iot_device d ON d.id = s.device_id
    WHERE o.phenomenon_at >= %s AND o.phenomenon_at < %s
        AND (%s OR d.organisation_id = ANY(%s) OR d.division_code LIKE ANY(%s))
    GROUP BY d.id ORDER BY count(*) DESC, d.id LIMIT %s
"""


def devices_online(actor: Actor, period: Period) -> Measure:
    """Return how many devices are heard of, and of how many in service."""
    counts = state_counts(actor)
    online = sum(counts[state] for state in _HEARD)
    return Measure(float(online), float(online), float(sum(counts.values()) - counts[Device.State.RETIRED]))


def devices_total(actor: Actor, period: Period) -> Measure:
    """Return how many devices are in service."""
    counts = state_counts(actor)
    return Measure(float(sum(counts.values()) - counts[Device.State.RETIRED]))


def devices_rows(actor: Actor, period: Period, most: int) -> Evidence:
    """Return devices in service, the newest first."""
    return _device_rows(actor, states=("",), most=most)


def online_rows(actor: Actor, period: Period, most: int) -> Evidence:
    """Return devices that are heard of."""
    return _device_rows(actor, states=_HEARD, most=most)


def alarms_open(actor: Actor, period: Period) -> Measure:
    """Return how many alarms stand."""
    return Measure(float(standing_count(actor)))


def alarms_rows(actor: Actor, period: Period, most: int) -> Evidence:
    """Return the standing alarms, the newest first."""
    found = alarms(actor, AlarmQuery(state="standing", size=most)).rows
    return Evidence(
        (zh("告警内容"), zh("级别"), zh("设备"), zh("触发时间")),
        [(item.text, SEVERITY_NAMES[item.severity], item.device_name, item.raised_at) for item in found],
        [f"/iot/alarms/{item.id}" for item in found],
    )


def observations_today(actor: Actor, period: Period) -> Measure:
    """Return how many readings of the period's days were stored, as counted beside the store."""
    scope = identity.row_scope(actor, VIEW_DEVICES)
    days = city_date(period.start), city_date(period.end - timedelta.resolution)
    with connection.cursor() as cursor:
        cursor.execute(_COUNTED, (*days, *scope.parameters()))
        return Measure(float(cursor.fetchone()[0]))


def observations_rows(actor: Actor, period: Period, most: int) -> Evidence:
    """Return the devices that gave most readings."""
    scope = identity.row_scope(actor, VIEW_DEVICES)
    with connection.cursor() as cursor:
        cursor.execute(_BY_DEVICE, (period.start, period.end, *scope.parameters(), most))
        found = cursor.fetchall()
    return Evidence(
        (zh("设备名称"), zh("设备标识"), zh("监测数据条数"), zh("最近监测时间")),
        [(name, key, count, at) for _, name, key, count, at in found],
        [f"/iot/devices/{number}" for number, *_ in found],
    )


def _device_rows(actor: Actor, *, states: tuple[str, ...], most: int) -> Evidence:
    found = [item for state in states for item in devices(actor, DeviceQuery(state=state, size=most)).rows]
    shown = [item for item in found if item.state != Device.State.RETIRED][:most]
    names = dict(Device.State.choices)
    return Evidence(
        (zh("设备名称"), zh("设备标识"), zh("状态"), zh("最近通信时间")),
        [(item.name, item.key, str(names[item.state]), item.last_seen_at) for item in shown],
        [f"/iot/devices/{item.id}" for item in shown],
    )
