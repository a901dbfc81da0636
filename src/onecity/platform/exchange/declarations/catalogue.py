"""What the catalogue of exchange plugs into the city."""

from typing import Final

from onecity.kernel.registry import Declared
from onecity.kernel.text import zh
from onecity.platform.exchange import permissions
from onecity.platform.exchange.services.catalogue import upkeep
from onecity.platform.exchange.services.catalogue.corrections import (
    ANSWERED_TEMPLATE,
    LATE_TEMPLATE,
    REPORTED_TEMPLATE,
)
from onecity.platform.exchange.services.catalogue.downloads import JOB, run_make_file
from onecity.platform.identity.declare import Permission, Role
from onecity.platform.jobs.declare import Job, Tick
from onecity.platform.messages.declare import Template
from onecity.web.declare import HomeEntry, Menu

_GROUP: Final = zh("数据共享")
_RIGHTS: Final = (
    Permission(permissions.VIEW_CATALOGUE, zh("查看数据资源目录"), scoped=False),
    Permission(permissions.COMPILE_CATALOGUE, zh("编制本单位数据资源目录，答复校核")),
    Permission(permissions.REVIEW_CATALOGUE, zh("审核、发布和撤销数据资源目录")),
    Role(
        code="exchange.compiler",
        name=zh("目录编制员"),
        description=zh("编制本单位的数据资源目录，维护信息项，答复数据校核"),
        permissions=(permissions.VIEW_CATALOGUE, permissions.COMPILE_CATALOGUE),
    ),
    Role(
        code="exchange.reviewer",
        name=zh("目录审核员"),
        description=zh("审核各单位提交的数据资源目录，发布、退回或撤销"),
        permissions=(permissions.VIEW_CATALOGUE, permissions.REVIEW_CATALOGUE),
    ),
)
_WORK: Final = (
    Job(JOB, zh("生成开放数据文件"), run_make_file),
    Tick("exchange.enter_declared", zh("登记系统内置数据目录"), 15.0, upkeep.enter_now),
    Tick("exchange.refresh_declared", zh("更新数据新鲜度"), 60.0, upkeep.refresh_now),
    Tick("exchange.tell_late_corrections", zh("提醒超期未答复的校核"), 60.0, upkeep.tell_late_now),
    Template(
        REPORTED_TEMPLATE,
        zh("收到数据校核"),
        zh("有人对“{title}”的数据提出疑义"),
        zh("请核实后答复，期限 {due}。"),
    ),
    Template(
        LATE_TEMPLATE,
        zh("数据校核超期"),
        zh("“{title}”的数据校核超期未答复"),
        zh("答复期限为 {due}，请尽快核实答复。"),
    ),
    Template(
        ANSWERED_TEMPLATE,
        zh("数据校核已答复"),
        zh("您对“{title}”提出的疑义已答复"),
        zh("原答复期限 {due}，请查看处理结果。"),
    ),
)
_PLACES: Final = (
    Menu(
        "exchange.catalogue",
        zh("数据资源目录"),
        "exchange:catalogue",
        permission=permissions.VIEW_CATALOGUE,
        group=_GROUP,
        icon="database",
        order=200,
    ),
    Menu(
        "exchange.own_entries",
        zh("目录编制"),
        "exchange:own_entries",
        permission=permissions.COMPILE_CATALOGUE,
        group=_GROUP,
        icon="edit",
        order=201,
    ),
    Menu(
        "exchange.reviews",
        zh("目录审核"),
        "exchange:reviews",
        permission=permissions.REVIEW_CATALOGUE,
        group=_GROUP,
        icon="checklist",
        order=202,
    ),
    Menu(
        "exchange.overdue",
        zh("更新超期"),
        "exchange:overdue",
        permission=permissions.VIEW_CATALOGUE,
        group=_GROUP,
        icon="clock-exclamation",
        order=203,
    ),
    Menu(
        "exchange.corrections",
        zh("数据校核"),
        "exchange:corrections",
        permission=permissions.VIEW_CATALOGUE,
        group=_GROUP,
        icon="message-report",
        order=204,
    ),
    Menu(
        "exchange.catalogue_figures",
        zh("目录统计"),
        "exchange:catalogue_figures",
        permission=permissions.VIEW_CATALOGUE,
        group=_GROUP,
        icon="chart-bar",
        order=205,
    ),
    HomeEntry(
        "exchange.open_data",
        zh("开放数据"),
        zh("向社会开放的公共数据：检索、下载、在线查询，附使用许可"),
        "exchange:open_data",
        portal="open",
        icon="database",
        order=10,
    ),
    HomeEntry(
        "exchange.open_data_citizen",
        zh("开放数据"),
        zh("空气、区划、城市管理等公共数据，可查询、可下载"),
        "exchange:open_data",
        portal="citizen",
        icon="database",
        order=80,
    ),
)
ITEMS: Final[tuple[Declared, ...]] = (*_RIGHTS, *_WORK, *_PLACES)
