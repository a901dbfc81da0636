"""How things of flows look: badges, names, choices."""

from datetime import datetime, timedelta
from typing import Final

from django.utils.translation import gettext

from onecity.kernel.errors import OneCityError
from onecity.kernel.text import zh
from onecity.platform.exchange.contracts.plans import Threshold
from onecity.platform.exchange.models import Flow, QualityScore, Run
from onecity.platform.exchange.rules.masks import MASK_NAMES
from onecity.platform.exchange.rules.wording import IDENTIFIER_NAMES
from onecity.platform.identity import api as identity
from onecity.web.listing import Badge

FLOW: Final = {
    "draft": Badge(zh("未发布"), "grey"),
    "active": Badge(zh("运行中"), "green"),
    "paused": Badge(zh("已暂停"), "yellow"),
    "closed": Badge(zh("已停用"), "purple"),
}
RUN: Final = {
    "waiting": Badge(zh("等待运行"), "grey"),
    "running": Badge(zh("运行中"), "blue"),
    "retrying": Badge(zh("等待重试"), "orange"),
    "done": Badge(zh("已完成"), "green"),
    "failed": Badge(zh("失败"), "red"),
    "cancelled": Badge(zh("已取消"), "purple"),
}
VERSION: Final = {
    "draft": Badge(zh("草稿"), "yellow"),
    "published": Badge(zh("已发布"), "green"),
    "superseded": Badge(zh("已被替代"), "grey"),
}
REFUSED: Final = {
    "waiting": Badge(zh("待处理"), "yellow"),
    "mended": Badge(zh("已更正"), "blue"),
    "replaying": Badge(zh("重放中"), "blue"),
    "replayed": Badge(zh("已重放"), "green"),
    "dropped": Badge(zh("已作废"), "grey"),
}
LATE: Final = Badge(zh("逾期"), "red")
UNEQUAL: Final = Badge(zh("核对不一致"), "red")
EQUAL: Final = Badge(zh("核对一致"), "green")
TYPE_CHOICES: Final = (
    ("text", zh("文本")),
    ("integer", zh("整数")),
    ("decimal", zh("小数")),
    ("float", zh("浮点数")),
    ("boolean", zh("是否")),
    ("date", zh("日期")),
    ("time", zh("时间")),
    ("timestamp", zh("日期时间")),
    ("binary", zh("二进制")),
    ("json", "JSON"),
    ("uuid", "UUID"),
)
READING_CHOICES: Final = (
    ("full", zh("全量")),
    ("by_cursor", zh("增量（按递增字段）")),
    ("changes", zh("变更捕获")),
)
LOADING_CHOICES: Final = (
    ("swap", zh("整表替换")),
    ("merge", zh("按主键合并")),
    ("merge_delete", zh("按主键合并，并删除来源已无的行")),
    ("append", zh("追加")),
)
TRIGGERS: Final = {str(item.value): str(item.label) for item in Run.Trigger}
READINGS: Final = dict(READING_CHOICES)
LOADINGS: Final = dict(LOADING_CHOICES)
IDENTIFIER_CHOICES: Final = (("", "—"), *IDENTIFIER_NAMES.items())
MASK_CHOICES: Final = (("", "—"), *MASK_NAMES.items())
DIMENSIONS: Final = (
    ("conformity", zh("规范性")),
    ("completeness", zh("完整性")),
    ("accuracy", zh("准确性")),
    ("consistency", zh("一致性")),
    ("timeliness", zh("时效性")),
    ("accessibility", zh("可访问性")),
)


def run_badge(run: Run) -> Badge:
    """Return how a run stands; a finished one that does not add up stands out."""
    return UNEQUAL if run.state == Run.State.DONE and run.reconciled is False else RUN[run.state]


def flow_badge(flow: Flow) -> Badge:
    """Return how a flow stands; one that is late stands out."""
    return LATE if flow.late_told_at is not None else FLOW[flow.state]


def dimensions_of(score: QualityScore) -> list[tuple[str, float | None]]:
    """Return a score's dimensions with their names; None for one that was not looked at."""
    return [(name, getattr(score, code)) for code, name in DIMENSIONS]


def counts_of(run: Run) -> str:
    """Return a run's rows in words."""
    numbers = {name: f"{getattr(run, name):,}" for name in ("read", "landed", "refused")}
    return gettext("读取 %(read)s，入库 %(landed)s，拒收 %(refused)s") % numbers


def threshold_of(threshold: Threshold) -> str:
    """Return when a flow's runs stop, in words; an empty text for never."""
    parts = []
    if threshold.share is not None:
        parts.append(f"{threshold.share * 100:g}%")
    if threshold.rows is not None:
        parts.append(gettext("%(rows)s行") % {"rows": f"{threshold.rows:,}"})
    return "，".join(parts)


def schedule_of(flow: Flow) -> str:
    """Return when a flow runs, in words."""
    version = flow.published
    if version is None:
        return "—"
    if version.after is not None:
        return gettext("在“%(name)s”之后") % {"name": version.after.name}
    return version.cron or gettext("人工启动")


def organisation_names() -> dict[int, str]:
    """Return the short names of all organisations in use, by id, in tree order."""
    return {item.id: item.short_name or item.name for item in identity.organisations()}


def person_name(key: str) -> str:
    """Return who stands behind an actor's key."""
    kind, _, number = key.partition(":")
    if kind == "account" and number.isdigit():
        try:
            return identity.account(int(number)).full_name
        except OneCityError:
            return key
    return gettext("系统") if kind == "system" else key


def sentence(error: OneCityError) -> str:
    """Return what went wrong, as one sentence in the visitor's language."""
    first = next(iter(error.fields.values()), "")
    return gettext(first) if first else error.sentence(gettext(error.template))


def day_after(moment: datetime | None) -> datetime | None:
    """Return the instant a day later: the end of a day that a filter names."""
    return moment + timedelta(days=1) if moment else None
