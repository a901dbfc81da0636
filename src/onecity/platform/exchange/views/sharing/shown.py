"""How things of sharing look: badges, choices, the row of links above its lists."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext

from onecity.kernel.actor import Actor
from onecity.kernel.errors import OneCityError
from onecity.kernel.text import zh
from onecity.platform.exchange import permissions
from onecity.platform.exchange.models import SharingGrant, SharingRequest, Subscription, UnusualUse, UseReceipt
from onecity.platform.exchange.models.sharing.requests import SharingForm
from onecity.platform.exchange.selectors.sharing.datasets import field_names
from onecity.web.listing import Badge

REQUEST: Final = {
    "waiting": Badge(zh("办理中"), "blue"),
    "supplement": Badge(zh("待补正"), "orange"),
    "granted": Badge(zh("已同意"), "green"),
    "refused": Badge(zh("不予共享"), "red"),
    "withdrawn": Badge(zh("已撤回"), "grey"),
}
GRANT: Final = {
    "active": Badge(zh("有效"), "green"),
    "suspended": Badge(zh("已暂停"), "orange"),
    "withdrawn": Badge(zh("已撤销"), "red"),
    "expired": Badge(zh("已到期"), "grey"),
}
RESULT: Final = {
    "given": Badge(zh("已提供"), "green"),
    "nothing": Badge(zh("查无数据"), "grey"),
    "refused": Badge(zh("已拒绝"), "red"),
    "failed": Badge(zh("未完成"), "orange"),
}
SUBSCRIPTION: Final = {"active": Badge(zh("运行中"), "green"), "stopped": Badge(zh("已停止"), "grey")}
FORMS: Final = [(item.value, str(item.label)) for item in SharingForm]
FORM_NAMES: Final = dict(FORMS)
KINDS: Final = [(item.value, str(item.label)) for item in SharingRequest.Kind]
KIND_NAMES: Final = dict(KINDS)
USE_KINDS: Final = [(item.value, str(item.label)) for item in UseReceipt.Kind]
USE_NAMES: Final = dict(USE_KINDS)
UNUSUAL: Final = {item.value: str(item.label) for item in UnusualUse.Kind}
OPERATORS: Final = (
    ("=", zh("等于")),
    ("<>", zh("不等于")),
    ("prefix", zh("开头是")),
    ("in", zh("属于（逗号分隔）")),
    (">=", zh("不小于")),
    ("<=", zh("不大于")),
    (">", zh("大于")),
    ("<", zh("小于")),
    ("is_null", zh("为空")),
    ("not_null", zh("不为空")),
)
OPERATOR_NAMES: Final = dict(OPERATORS)
MASK_NAMES: Final = {
    "masked_mobile": zh("手机号码中间四位隐去"),
    "masked_identity_number": zh("证件号码中段隐去"),
    "masked_name": zh("姓名仅留姓氏"),
    "masked_bank_card": zh("卡号仅留末四位"),
    "masked_address": zh("地址隐去门牌"),
    "masked_email": zh("邮箱隐去名称"),
    "masked_plate": zh("号牌中段隐去"),
    "hidden": zh("全部隐去"),
}


@dataclass(frozen=True, slots=True)
class Tab:
    """A link above sharing's lists."""

    name: str
    url: str


def tabs(actor: Actor) -> list[Tab]:
    """Return the links that the actor may follow."""
    every: Sequence[tuple[str, str, tuple[str, ...]]] = (
        (zh("共享申请"), "exchange:sharing_requests", (permissions.REQUEST_DATA, permissions.SUPERVISE_SHARING)),
        (zh("对本单位的申请"), "exchange:sharing_desk", (permissions.APPROVE_SHARING,)),
        (
            zh("共享授权"),
            "exchange:sharing_grants",
            (
                permissions.REQUEST_DATA,
                permissions.APPROVE_SHARING,
                permissions.VIEW_USES,
                permissions.SUPERVISE_SHARING,
            ),
        ),
        (zh("供数设置"), "exchange:sharing_supplies", (permissions.APPROVE_SHARING,)),
        (zh("数据查询"), "exchange:sharing_query", (permissions.QUERY_SHARED,)),
        (zh("使用回执"), "exchange:sharing_uses", (permissions.VIEW_USES,)),
    )
    return [Tab(name, reverse(place)) for name, place, rights in every if any(actor.may(right) for right in rights)]


def said_conditions(stored: Sequence[Mapping[str, object]], names: Mapping[str, str]) -> list[tuple[str, str, str]]:
    """Return conditions as (field, operator, values) for people."""
    said = []
    for item in stored:
        values = item.get("values")
        texts = [str(value) for value in values] if isinstance(values, list) else []
        column, operator = str(item["column"]), str(item["operator"])
        said.append((names.get(column, column), OPERATOR_NAMES[operator], "、".join(texts)))
    return said


def said_fields(
    columns: Sequence[str], masks: Mapping[str, str], names: Mapping[str, str]
) -> list[tuple[str, str, str]]:
    """Return fields as (column, name, how it is masked: empty for in clear) for people."""
    return [
        (column, names.get(column, column), MASK_NAMES.get(masks[column], masks[column]) if column in masks else "")
        for column in columns
    ]


def grant_facts(grant: SharingGrant) -> dict[str, object]:
    """Return what templates show of a grant's limits."""
    names = field_names(grant.dataset_code, version=grant.dataset_version)
    return {
        "grant": grant,
        "state": GRANT[grant.state],
        "form_name": FORM_NAMES[grant.form],
        "fields": said_fields(grant.fields, grant.masks, names),
        "conditions": said_conditions(grant.conditions, names),
    }


def shown_subscriptions(rows: Sequence[Subscription]) -> list[tuple[Subscription, Badge]]:
    """Return subscriptions with their badges."""
    return [(row, SUBSCRIPTION[row.state]) for row in rows]


def sentence(error: OneCityError) -> str:
    """Return an error's sentence in the visitor's language, with what was wrong with each field."""
    parts = [error.sentence(gettext(error.template)), *(gettext(text) for text in error.fields.values())]
    return "：".join(dict.fromkeys(parts))
