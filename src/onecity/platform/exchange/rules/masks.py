"""Masks by name: how sensitive columns are shown wherever rows of a flow are looked at."""

from collections.abc import Callable, Mapping
from typing import Final

from onecity.kernel import masking
from onecity.kernel.text import zh

MASKS: Final[Mapping[str, Callable[[str], str]]] = {
    "masked_identity_number": masking.masked_identity_number,
    "masked_name": masking.masked_name,
    "masked_mobile": masking.masked_mobile,
    "masked_address": masking.masked_address,
    "masked_bank_card": masking.masked_bank_card,
    "masked_email": masking.masked_email,
    "masked_plate": masking.masked_plate,
    "hidden": lambda _: "****",
}
MASK_NAMES: Final[Mapping[str, str]] = {
    "masked_identity_number": zh("身份证号"),
    "masked_name": zh("姓名"),
    "masked_mobile": zh("手机号"),
    "masked_address": zh("住址"),
    "masked_bank_card": zh("银行卡号"),
    "masked_email": zh("电子邮箱"),
    "masked_plate": zh("车牌号"),
    "hidden": zh("全部隐去"),
}


def masked(text: str, *, mask: str) -> str:
    """Return a value as it may be shown; a mask that is not known hides everything."""
    return MASKS[mask](text) if mask in MASKS else "****"
