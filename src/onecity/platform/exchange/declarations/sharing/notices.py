"""What sharing tells people."""

from typing import Final

from onecity.kernel.text import zh
from onecity.platform.exchange.services.sharing.telling import (
    GRANT_CHANGED,
    GRANT_ENDS,
    GRANT_GIVEN,
    REQUEST_LATE,
    REQUEST_REFUSED,
    UNUSUAL_USE,
)
from onecity.platform.messages.declare import Template

TEMPLATES: Final = (
    Template(
        GRANT_GIVEN,
        zh("共享申请获准"),
        zh("共享申请获准：{dataset}"),
        zh("“{dataset}”的共享申请已获同意，授权编号 {code}"),
    ),
    Template(
        REQUEST_REFUSED,
        zh("不予共享决定"),
        zh("不予共享：{dataset}"),
        zh("“{dataset}”的共享申请被决定不予共享，依据见申请页面"),
    ),
    Template(
        REQUEST_LATE,
        zh("共享申请超期未答复"),
        zh("超期未答复：{dataset}"),
        zh("{provider}对“{dataset}”的共享申请（案件 {number}）超期未答复，请督办"),
        urgent=True,
    ),
    Template(
        GRANT_ENDS,
        zh("共享授权即将到期"),
        zh("授权即将到期：{dataset}"),
        zh("授权 {code}（{dataset}）将于 {date} 到期，需要继续使用的请及时申请续期"),
    ),
    Template(
        GRANT_CHANGED,
        zh("共享授权状态变更"),
        zh("授权{change}：{dataset}"),
        zh("授权 {code}（{dataset}）已{change}，理由：{reason}"),
        urgent=True,
    ),
    Template(
        UNUSUAL_USE,
        zh("共享数据异常使用"),
        zh("异常使用：{dataset}"),
        zh("{consumer}按授权 {code} 查询“{dataset}”当日 {queries} 次（平日 {usual} 次）：{kind}，请核实"),
        urgent=True,
    ),
)
