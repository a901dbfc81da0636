"""Everything that a demonstration city needs before the first visitor: places, bodies, calendars, people, stations."""

from datetime import datetime
from pathlib import Path

from onecity.demo.accounts import load_accounts
from onecity.demo.air.sources import city_feed, demo_start
from onecity.demo.calendars import calendar_rows
from onecity.demo.city import Say, load_city
from onecity.demo.departments.seed import Ground, load_departments
from onecity.demo.duties import load_duties
from onecity.demo.emergency import load_emergency
from onecity.demo.environment import load_environment
from onecity.demo.field_devices import load_field_devices
from onecity.demo.hotline import load_hotline
from onecity.demo.metering import load_metering
from onecity.demo.opinion import load_opinion
from onecity.demo.packs import CityPack
from onecity.demo.population import load_population
from onecity.demo.registers import load_registers
from onecity.demo.stations import load_stations
from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict
from onecity.kernel.text import zh
from onecity.platform.cases import api as cases
from onecity.platform.cases.api import NewDay
from onecity.platform.geo import api as geo


class OtherCity(Conflict):
    """The database holds another city; a demonstration is of one."""

    code = "other_city"
    message = zh("数据库中已有{name}，演示另一座城市请加 --fresh 重新开始")


def fill_city(
    actor: Actor,
    *,
    pack: CityPack,
    data: Path | None,
    password: str,
    now: datetime,
    say: Say,
    departments: Ground | None = None,
) -> None:
    """Fill the database; what is there already stays as it is. now: real time. departments: where their stores lie.

    Raises: OtherCity; DataMissing; BadPack.
    """
    held = geo.city()
    if held is not None and held.code != pack.code:
        raise OtherCity(params={"name": held.name})
    load_city(actor, pack=pack, data=data, say=say)
    say(f"工作日历: {_load_calendar(actor, pack)}")
    say(f"处置责任: {load_duties(actor, pack=pack)}")
    feed = city_feed(pack, data=data)
    say(f"监测站点: {load_stations(actor, feed=feed, now=demo_start(pack, data=data))} / {len(feed.stations)}")
    say(f"现场设备: {load_field_devices(actor, feed=feed, now=demo_start(pack, data=data))}")
    say(f"计量表: {load_metering(actor, now=demo_start(pack, data=data))}")
    say(f"人口: {load_population(actor, data=data, now=demo_start(pack, data=data))}")
    say(f"法人 / 经济指标 / 楼栋: {load_registers(actor, now=demo_start(pack, data=data))}")
    say(f"断面 / 噪声站 / 排口: {load_environment(actor, now=demo_start(pack, data=data))}")
    say(f"热线诉求: {load_hotline(actor, pack=pack, now=demo_start(pack, data=data))}")
    say(f"舆情文章: {load_opinion(actor, data=data, now=demo_start(pack, data=data))}")
    say(f"账户: {load_accounts(actor, pack=pack, password=password, now=now)}")
    say(f"突发事件: {load_emergency(actor, pack=pack, now=demo_start(pack, data=data))}")
    if departments is not None:
        load_departments(actor, pack=pack, ground=departments, now=demo_start(pack, data=data), say=say)


def _load_calendar(actor: Actor, pack: CityPack) -> str:
    row = calendar_rows()[pack.calendar]
    periods = [(item.start, item.end) for item in row.periods]
    days = [NewDay(item.day, "make_up" if item.is_working else "holiday", item.name) for item in row.days]
    cases.load_calendar(actor, periods=periods, days=days)
    return row.name
