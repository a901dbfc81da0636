"""The hotline's places in the menus and on the home pages."""

from typing import Final

from onecity.domains.hotline import permissions
from onecity.kernel.text import zh
from onecity.web.declare import HomeEntry, Menu

GROUP: Final = zh("政务服务热线")
MENUS: Final = (
    Menu(
        "hotline.call",
        zh("话务工作台"),
        "hotline:call",
        permission=permissions.TAKE,
        group=GROUP,
        icon="message",
        order=210,
    ),
    Menu(
        "hotline.pool",
        zh("诉求总库"),
        "hotline:pool",
        permission=permissions.CASES_VIEW,
        group=GROUP,
        icon="inbox",
        order=220,
    ),
    Menu(
        "hotline.knowledge",
        zh("热线知识库"),
        "hotline:articles",
        permission=permissions.WRITE_KNOWLEDGE,
        group=GROUP,
        icon="file-text",
        order=230,
    ),
    Menu(
        "hotline.hot_spots",
        zh("诉求热点"),
        "hotline:hot_spots",
        permission=permissions.MEASURE,
        group=GROUP,
        icon="map",
        order=240,
    ),
    Menu(
        "hotline.duties",
        zh("承办责任"),
        "hotline:duties",
        permission=permissions.CONFIGURE,
        group=GROUP,
        icon="adjustments",
        order=250,
    ),
    Menu(
        "hotline.models",
        zh("分类模型"),
        "hotline:models",
        permission=permissions.CONFIGURE,
        group=GROUP,
        icon="chart-bar",
        order=260,
    ),
    HomeEntry(
        "hotline.hand_in",
        zh("12345 网上诉求"),
        zh("咨询、求助、投诉、举报、建议，提交后凭编号和查询码查进度"),
        "hotline:hand_in",
        portal="citizen",
        icon="message",
        order=40,
    ),
    HomeEntry(
        "hotline.figures",
        zh("热线数据公开"),
        zh("每月受理多少、解决多少、多少人满意"),
        "hotline:figures",
        portal="citizen",
        icon="chart-bar",
        order=50,
    ),
    HomeEntry(
        "hotline.call_home",
        zh("话务工作台"),
        zh("接听来电，查历史、找知识、推荐分类、查重，一页办完"),
        "hotline:call",
        portal="workbench",
        permission=permissions.TAKE,
        icon="message",
        order=70,
    ),
)
