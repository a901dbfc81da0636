"""What people are told about a row that fails a check."""

from collections.abc import Mapping
from typing import Final

from onecity.kernel.text import zh
from onecity.platform.exchange.contracts.plans import Check, CheckKind
from onecity.platform.exchange.contracts.tables import TableShape

IDENTIFIER_NAMES: Final[Mapping[str, str]] = {
    "citizen_id": zh("公民身份号码"),
    "uscc": zh("统一社会信用代码"),
    "organisation_code": zh("组织机构代码"),
    "phone": zh("电话号码"),
    "plate": zh("机动车号牌"),
}
KIND_NAMES: Final[Mapping[CheckKind, str]] = {
    CheckKind.NOT_NULL: zh("必填"),
    CheckKind.UNIQUE: zh("不重复"),
    CheckKind.CODE_LIST: zh("代码范围"),
    CheckKind.RANGE: zh("数值范围"),
    CheckKind.LENGTH: zh("长度"),
    CheckKind.PATTERN: zh("格式"),
    CheckKind.IDENTIFIER: zh("证照编号校验"),
    CheckKind.REFERENCE: zh("参照存在"),
    CheckKind.EXPRESSION: zh("字段间关系"),
}


def titles_of(shape: TableShape) -> Mapping[str, str]:
    """Return how people call each column."""
    return {column.name: column.title or column.name for column in shape.columns}


def sentence_of(check: Check, titles: Mapping[str, str]) -> str:
    """Return the Chinese sentence for a row that fails `check`; it never holds the value."""
    if check.title:
        return f"不符合“{check.title}”"
    names = "、".join(titles.get(name, name) for name in check.columns)
    match check.kind:
        case CheckKind.NOT_NULL:
            return f"{names}不能为空"
        case CheckKind.UNIQUE:
            return f"{names}与其他行重复"
        case CheckKind.CODE_LIST:
            return f"{names}不在代码表内"
        case CheckKind.RANGE | CheckKind.LENGTH:
            what = f"{names}的长度" if check.kind is CheckKind.LENGTH else names
            return f"{what}应{_bounds(*check.values)}"
        case CheckKind.PATTERN:
            return f"{names}的格式不正确"
        case CheckKind.IDENTIFIER:
            return f"{names}不是正确的{IDENTIFIER_NAMES[check.values[0]]}"
        case CheckKind.REFERENCE:
            return f"{names}在参照数据中不存在"
        case CheckKind.EXPRESSION:
            return f"不满足关系：{check.values[0]}"


def _bounds(low: str, high: str) -> str:
    if low and high:
        return f"在{low}至{high}之间"
    return f"不小于{low}" if low else f"不大于{high}"
