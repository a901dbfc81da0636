"""How things of cases look: badges, lights, choices."""

from typing import Final

from django.urls import reverse

from onecity.kernel.text import zh
from onecity.platform.cases.contracts import CaseRow, TaskRow
from onecity.web.listing import Badge

STATUS: Final = {
    "open": Badge(zh("办理中"), "blue"),
    "closed": Badge(zh("已结案"), "green"),
    "void": Badge(zh("已作废"), "grey"),
    "merged": Badge(zh("已合并"), "purple"),
}
LIGHT: Final = {
    "green": Badge(zh("正常"), "green"),
    "yellow": Badge(zh("预警"), "yellow"),
    "red": Badge(zh("超时"), "red"),
}
URGENCY: Final = {0: Badge(zh("一般"), "grey"), 1: Badge(zh("紧急"), "orange"), 2: Badge(zh("特急"), "red")}
VERSION: Final = {
    "draft": Badge(zh("草稿"), "yellow"),
    "published": Badge(zh("已发布"), "green"),
    "retired": Badge(zh("已停用"), "grey"),
}
REQUEST: Final = {
    "pending": Badge(zh("审批中"), "yellow"),
    "granted": Badge(zh("已同意"), "green"),
    "refused": Badge(zh("不同意"), "red"),
    "withdrawn": Badge(zh("已撤回"), "grey"),
    "lapsed": Badge(zh("已失效"), "grey"),
}
ASSISTANCE: Final = {
    "waiting": Badge(zh("协办中"), "yellow"),
    "assisted": Badge(zh("协办完毕"), "green"),
    "declined": Badge(zh("不属于本单位"), "red"),
    "overruled": Badge(zh("不再等待"), "grey"),
    "withdrawn": Badge(zh("已撤回"), "grey"),
    "lapsed": Badge(zh("已失效"), "grey"),
}
DEPUTATION: Final = {
    "ahead": Badge(zh("未开始"), "blue"),
    "standing": Badge(zh("代理中"), "green"),
    "over": Badge(zh("已结束"), "grey"),
    "withdrawn": Badge(zh("已撤销"), "grey"),
}
CARD_LEVEL: Final = {"yellow": Badge(zh("黄牌"), "yellow"), "red": Badge(zh("红牌"), "red")}
CARD_STATE: Final = {
    "issued": Badge(zh("已发出"), "orange"),
    "appealed": Badge(zh("申诉中"), "blue"),
    "withdrawn": Badge(zh("已撤销"), "grey"),
    "upheld": Badge(zh("维持"), "red"),
}
STATUS_CHOICES: Final = [(code, badge.text) for code, badge in STATUS.items()]
LIGHT_CHOICES: Final = [(code, badge.text) for code, badge in LIGHT.items()]
ENTRY_ICONS: Final = {
    "opened": "flag",
    "task_opened": "send",
    "completed": "circle-check",
    "cancelled": "circle-x",
    "claimed": "user-check",
    "released": "arrow-back-up",
    "reassigned": "replace",
    "acted": "settings",
    "light": "alert-triangle",
    "paused": "player-pause",
    "resumed": "player-play",
    "note": "notes",
    "attached": "photo",
    "merged": "git-merge",
    "closed": "archive",
    "asked": "send",
    "card": "alert-triangle",
    "appealed": "message-report",
    "card_settled": "scale",
    "escalated": "alert-circle",
    "decided": "clipboard-check",
    "lapsed": "circle-x",
    "postponed": "clock",
    "suspended": "player-pause",
    "reopened": "refresh",
    "invited": "users",
    "assisted": "circle-check",
    "overruled": "player-play",
    "subcase": "git-branch",
    "sub_ended": "archive",
    "moved": "replace",
}


def case_link(row: CaseRow | TaskRow) -> str:
    """Return the address of a case's page."""
    return reverse("cases:case", args=[row.number])
