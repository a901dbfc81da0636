"""Personal data in columns and texts, found by check digits, patterns and common surnames."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from onecity.kernel.identifiers.citizen_id import is_valid_citizen_id
from onecity.kernel.identifiers.credit_code import is_valid_credit_code
from onecity.kernel.identifiers.phones import is_valid_mobile

ENOUGH: Final = 0.8
"""Share of the sample's values, from which on a pattern counts as the column's."""
LEAST_VALUES: Final = 3
_CARD: Final = re.compile(r"[0-9]{16,19}")
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PLATE: Final = re.compile(r"[\u4e00-\u9fff][A-Z][A-Z0-9]{5,6}")
_ADDRESS: Final = re.compile(
    r"[\u4e00-\u9fff].*(?:省|市|区|县|镇|乡|街道|路|街|巷|村).*[0-9〇零一二三四五六七八九十]+(?:号|栋|幢|楼|室|组)"
)
_SURNAMES: Final = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏"
    "吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_NAME: Final = re.compile(r"[\u4e00-\u9fff]{2,4}")


@dataclass(frozen=True, slots=True)
class Personal:
    """A kind of personal data. mask: a function of kernel.masking."""

    sensitivity: str
    mask: str
    title: str


PERSONAL: Final[Mapping[str, Personal]] = {
    "citizen_id": Personal("highly_sensitive", "masked_identity_number", "公民身份号码"),
    "bank_card": Personal("highly_sensitive", "masked_bank_card", "银行卡号"),
    "phone": Personal("sensitive", "masked_mobile", "联系电话"),
    "address": Personal("sensitive", "masked_address", "地址"),
    "name": Personal("sensitive", "masked_name", "姓名"),
    "email": Personal("sensitive", "masked_email", "电子邮箱"),
    "plate": Personal("sensitive", "masked_plate", "车牌号码"),
}
MASKS: Final = frozenset(item.mask for item in PERSONAL.values())


def personal_kind(values: Sequence[str]) -> str:
    """Return the kind of personal data that most values are, by check digits and shape; empty if none."""
    if len(values) < LEAST_VALUES:
        return ""
    for kind, test in _TESTS.items():
        if sum(map(test, values)) >= ENOUGH * len(values):
            return kind
    return ""


def holds_personal(text: str) -> bool:
    """Say whether somebody's identity number, mobile number or bank card stands in a text."""
    return any(
        is_valid_citizen_id(word) or is_valid_mobile(word) or is_bank_card(word)
        for word in re.findall(r"[0-9]{11,19}[Xx]?", text)
    )


def is_bank_card(text: str) -> bool:
    """Say whether a text is a bank card's number: 16 to 19 digits with a right check digit (Luhn).

    Source: ISO/IEC 7812-1, check digit.
    """
    digits = text.replace(" ", "")
    if not _CARD.fullmatch(digits) or digits[0] not in "3456":
        return False
    total = 0
    for place, digit in enumerate(map(int, reversed(digits))):
        doubled = digit * 2 if place % 2 else digit
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0


def _is_name(text: str) -> bool:
    return bool(_NAME.fullmatch(text)) and text[0] in _SURNAMES


_TESTS: Final[Mapping[str, Callable[[str], bool]]] = {
    "citizen_id": is_valid_citizen_id,
    "phone": is_valid_mobile,
    "bank_card": lambda text: is_bank_card(text) and not is_valid_credit_code(text),
    "email": lambda text: bool(_EMAIL.fullmatch(text)),
    "plate": lambda text: bool(_PLATE.fullmatch(text)),
    "address": lambda text: bool(_ADDRESS.match(text)),
    "name": _is_name,
}
