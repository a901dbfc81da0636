"""How things of the catalogue look: badges, names, choices."""

import json
from typing import Final

from onecity.kernel.text import zh
from onecity.platform.exchange.selectors.catalogue.providers import provider_names
from onecity.web.listing import Badge

ENTRY: Final = {
    "draft": Badge(zh("编制中"), "yellow"),
    "published": Badge(zh("已发布"), "green"),
    "withdrawn": Badge(zh("已撤销"), "grey"),
}
VERSION: Final = {
    "draft": Badge(zh("草稿"), "yellow"),
    "submitted": Badge(zh("待审核"), "blue"),
    "returned": Badge(zh("已退回"), "orange"),
    "published": Badge(zh("已发布"), "green"),
    "replaced": Badge(zh("已更替"), "grey"),
    "withdrawn": Badge(zh("已撤销"), "grey"),
}
SHARING: Final = {
    "unconditional": Badge(zh("无条件共享"), "green"),
    "conditional": Badge(zh("有条件共享"), "yellow"),
    "none": Badge(zh("不予共享"), "red"),
}
OPENING: Final = {
    "unconditional": Badge(zh("无条件开放"), "green"),
    "conditional": Badge(zh("有条件开放"), "yellow"),
    "none": Badge(zh("不予开放"), "grey"),
}
CYCLE: Final = {
    "realtime": zh("实时"),
    "daily": zh("每日"),
    "weekly": zh("每周"),
    "monthly": zh("每月"),
    "quarterly": zh("每季度"),
    "half_yearly": zh("每半年"),
    "yearly": zh("每年"),
    "irregular": zh("不定期"),
    "not_updated": zh("不更新"),
}
FORMAT: Final = {
    "file": zh("电子文件"),
    "spreadsheet": zh("电子表格"),
    "database": zh("数据库"),
    "image": zh("图形图像"),
    "stream": zh("流媒体"),
    "self_described": zh("自描述格式"),
}
RESOURCE: Final = {"table": zh("库表"), "file": zh("文件"), "api": zh("接口")}
SENSITIVITY: Final = {
    "public": Badge(zh("公开"), "green"),
    "internal": Badge(zh("内部"), "blue"),
    "sensitive": Badge(zh("敏感"), "orange"),
    "highly_sensitive": Badge(zh("高度敏感"), "red"),
}
CORRECTION: Final = {
    "open": Badge(zh("待核实"), "yellow"),
    "corrected": Badge(zh("已更正"), "green"),
    "confirmed": Badge(zh("核实无误"), "blue"),
}
TYPE: Final = {
    "text": zh("文本"),
    "integer": zh("整数"),
    "decimal": zh("小数"),
    "float": zh("数值"),
    "boolean": zh("是否"),
    "date": zh("日期"),
    "time": zh("时间"),
    "timestamp": zh("日期时间"),
    "binary": zh("二进制"),
    "json": zh("JSON"),
    "uuid": zh("UUID"),
}
MASK: Final = {
    "masked_identity_number": zh("证件号码脱敏"),
    "masked_bank_card": zh("银行卡号脱敏"),
    "masked_mobile": zh("电话脱敏"),
    "masked_address": zh("地址脱敏"),
    "masked_name": zh("姓名脱敏"),
    "masked_email": zh("邮箱脱敏"),
    "masked_plate": zh("车牌脱敏"),
}
ITEM: Final = {
    "title": zh("信息资源名称"),
    "abstract": zh("信息资源摘要"),
    "class_code": zh("信息资源分类"),
    "provider_unit": zh("提供方内部机构"),
    "format_class": zh("信息资源格式分类"),
    "format_type": zh("信息资源格式类型"),
    "resource_kind": zh("资源类型"),
    "sharing_type": zh("共享类型"),
    "sharing_condition": zh("共享条件"),
    "sharing_ground": zh("不予共享依据"),
    "sharing_mode": zh("共享方式"),
    "open_type": zh("开放类型"),
    "open_condition": zh("开放条件"),
    "licence_code": zh("开放许可"),
    "update_cycle": zh("更新周期"),
    "keywords": zh("关键词"),
    "related_codes": zh("关联资源"),
    "type": zh("数据类型"),
    "length": zh("长度"),
    "precision": zh("总位数"),
    "scale": zh("小数位数"),
    "unit": zh("计量单位"),
    "is_key": zh("是否主键"),
    "nullable": zh("是否可空"),
    "code_list_code": zh("代码表"),
    "sensitivity": zh("敏感级别"),
    "mask": zh("脱敏方式"),
    "is_open": zh("是否开放"),
    "description": zh("说明"),
}
ADDED: Final = zh("新增")
REMOVED: Final = zh("删除")
_WORDS: Final = {
    "sharing_type": {code: badge.text for code, badge in SHARING.items()},
    "open_type": {code: badge.text for code, badge in OPENING.items()},
    "sensitivity": {code: badge.text for code, badge in SENSITIVITY.items()},
    "update_cycle": CYCLE,
    "format_class": FORMAT,
    "resource_kind": RESOURCE,
    "type": TYPE,
    "mask": MASK,
}


def choices(words: "dict[str, Badge] | dict[str, str]") -> list[tuple[str, str]]:
    """Return an enumeration as choices of a filter or a form."""
    return [(code, word.text if isinstance(word, Badge) else word) for code, word in words.items()]


def word(name: str, value: object) -> object:
    """Return how a value of a metadata item is written."""
    if isinstance(value, bool):
        return zh("是") if value else zh("否")
    if isinstance(value, tuple | list):
        return "、".join(str(item) for item in value)
    if value is None or value == "":
        return None
    return _WORDS.get(name, {}).get(str(value), value)


def provider_choices() -> list[tuple[str, str]]:
    """Return the bodies as choices."""
    return [(str(number), name) for number, name in provider_names().items()]


def shown_value(value: object) -> object:
    """Return how a value of a row is written in a sample."""
    if isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False)
    return word("", value) if isinstance(value, bool) else value
