"""The fields of a legal entity that have a source, and the form in which their values are compared.

Every value is canonical text: dates as 2026-03-01, amounts with two decimals, a seat as `220102001001 人民大街1号`,
nothing as "".
"""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final

from onecity.kernel.identifiers.credit_code import InvalidCreditCode, parse_credit_code
from onecity.kernel.text import zh
from onecity.platform.registers.rules.entities.industries import is_industry

LEGAL_ENTITIES: Final = "registers.entities"
IDENTIFIER: Final = "uscc"


@dataclass(frozen=True, slots=True)
class EntityField:
    """One field. key: other values need a decision. longest: characters."""

    name: str
    title: str
    key: bool = False
    longest: int = 60


FIELDS: Final = (
    EntityField("name", zh("名称"), key=True, longest=160),
    EntityField("kind", zh("主体类型"), key=True),
    EntityField("status", zh("登记状态")),
    EntityField("representative_name", zh("法定代表人（负责人）")),
    EntityField("registered_capital", zh("注册资本")),
    EntityField("capital_currency", zh("注册资本币种")),
    EntityField("industry_code", zh("行业代码")),
    EntityField("business_scope", zh("经营（业务）范围"), longest=4_000),
    EntityField("seat", zh("住所"), longest=220),
    EntityField("established_on", zh("成立日期")),
    EntityField("approved_on", zh("核准日期")),
    EntityField("term_from", zh("营业期限自")),
    EntityField("term_until", zh("营业期限至")),
    EntityField("registrar", zh("登记机关"), longest=120),
)
BY_NAME: Final[Mapping[str, EntityField]] = {item.name: item for item in FIELDS}
DATES: Final = ("established_on", "approved_on", "term_from", "term_until")
NEEDED: Final = ("name", "kind")
KINDS: Final[Mapping[str, str]] = {
    "enterprise": zh("企业法人"),
    "branch": zh("企业分支机构"),
    "sole_trader": zh("个体工商户"),
    "cooperative": zh("农民专业合作社"),
    "institution": zh("事业单位"),
    "organ": zh("党政机关"),
    "association": zh("社会团体"),
    "foundation": zh("基金会"),
    "private_non_enterprise": zh("社会服务机构"),
    "autonomous": zh("基层群众性自治组织"),
    "collective": zh("农村集体经济组织"),
    "other": zh("其他组织"),
}
STATUSES: Final[Mapping[str, str]] = {
    "existing": zh("存续"),
    "suspended": zh("歇业"),
    "revoked": zh("吊销，未注销"),
    "deregistered": zh("注销"),
    "annulled": zh("撤销登记"),
    "moved_out": zh("迁出"),
}
ENDED: Final = frozenset({"deregistered", "annulled", "moved_out"})
"""States after which an entity is none of the city's any more."""
_KIND_OF_CODE: Final = {
    "91": "enterprise",
    "92": "sole_trader",
    "93": "cooperative",
    "11": "organ",
    "12": "institution",
    "51": "association",
    "52": "private_non_enterprise",
    "53": "foundation",
    "N1": "collective",
}
_MOST: Final = Decimal(10) ** 20


def kind_of_code(uscc: str) -> str:
    """Return what a code's first two characters say that the entity is; empty when they leave it open.

    Source: GB 32100-2015 (authority and class of entity).
    """
    return _KIND_OF_CODE.get(uscc[:2], "")


def tidy_name(text: str) -> str:
    """Return a name as it is stored and compared: narrow letters, Chinese brackets, no blanks between characters.

    Source: house rule.
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    plain = plain if plain.isascii() else "".join(plain.split())
    return plain if plain.isascii() else plain.replace("(", "（").replace(")", "）")


def canonical(field: str, text: str) -> str:
    """Return a value as it is stored and compared; a text that has not the field's form stays, to be refused."""
    plain = text.strip()
    if field == "name":
        return tidy_name(plain)
    if field == "registered_capital":
        return _amount(plain)
    if field in {"industry_code", "capital_currency"}:
        return plain.upper()
    return plain


def faults_of(values: Mapping[str, str], *, today: date) -> dict[str, str]:
    """Return what is wrong with canonical values, by field; empty when all is well. Empty values are not judged.

    Source: GB 32100-2015; GB/T 4754-2017; house rule for the rest.
    """
    faults = {field: fault for field, text in values.items() if text and (fault := _fault(field, text, today=today))}
    begins, ends = values.get("term_from", ""), values.get("term_until", "")
    if begins and ends and "term_from" not in faults and "term_until" not in faults and ends < begins:
        faults["term_until"] = zh("营业期限止于起始之前")
    return faults


def _fault(field: str, text: str, *, today: date) -> str:
    if field == IDENTIFIER:
        return _code_fault(text)
    known = BY_NAME.get(field)
    if known is None:
        return zh("没有这个项目")
    if len(text) > known.longest:
        return zh("内容过长")
    if field in DATES:
        return _date_fault(text, latest=None if field == "term_until" else today)
    test = _TESTS.get(field)
    return test(text) if test else ""


def _code_fault(text: str) -> str:
    try:
        parse_credit_code(text)
    except InvalidCreditCode as refusal:
        return refusal.sentence()
    return ""


def _date_fault(text: str, *, latest: date | None) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return zh("日期应写成 2026-03-01 的形式")
    return zh("日期不能晚于今天") if latest and day > latest else ""


def _amount(text: str) -> str:
    try:
        value = Decimal(text.replace(",", ""))
        return f"{value:.2f}" if value.is_finite() else text
    except InvalidOperation:
        return text


def _capital_fault(text: str) -> str:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return zh("注册资本应为数值，单位为元")
    return "" if value.is_finite() and 0 <= value < _MOST else zh("注册资本应为数值，单位为元")


def _currency_fault(text: str) -> str:
    return "" if len(text) == 3 and text.isascii() and text.isalpha() else zh("币种应为3位字母代码，如 CNY")


def _seat_fault(text: str) -> str:
    division, _, _ = text.partition(" ")
    right = division.isascii() and division.isdigit() and 6 <= len(division) <= 12
    return "" if right else zh("区划代码应为6至12位数字")


_TESTS: Final[Mapping[str, Callable[[str], str]]] = {
    "kind": lambda text: "" if text in KINDS else zh("没有这种主体类型"),
    "status": lambda text: "" if text in STATUSES else zh("没有这种登记状态"),
    "registered_capital": _capital_fault,
    "capital_currency": _currency_fault,
    "industry_code": lambda text: "" if is_industry(text) else zh("行业代码不符合国民经济行业分类"),
    "seat": _seat_fault,
}
