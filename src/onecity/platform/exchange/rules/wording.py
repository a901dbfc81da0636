"""What people are told about a row that fails a check."""

from collections.abc import Callable, Mapping
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
    return _SENTENCES[check.kind](names, check.values)


def _bounds(low: str, high: str) -> str:
    if low and high:
        return f"在{low}至{high}之间"
    return f"不小于{low}" if low else f"不大于{high}"


_SENTENCES: Final[Mapping[CheckKind, Callable[[str, tuple[str, ...]], str]]] = {
    CheckKind.NOT_NULL: lambda names, _: f"{names}不能为空",
    CheckKind.UNIQUE: lambda names, _: f"{names}与其他行重复",
    CheckKind.CODE_LIST: lambda names, _: f"{names}不在代码表内",
    CheckKind.RANGE: lambda names, values: f"{names}应{_bounds(*values)}",
    CheckKind.LENGTH: lambda names, values: f"{names}的长度应{_bounds(*values)}",
    CheckKind.PATTERN: lambda names, _: f"{names}的格式不正确",
    CheckKind.IDENTIFIER: lambda names, values: f"{names}不是正确的{IDENTIFIER_NAMES[values[0]]}",
    CheckKind.REFERENCE: lambda names, _: f"{names}在参照数据中不存在",
    CheckKind.EXPRESSION: lambda _, values: f"不满足关系：{values[0]}",
}
