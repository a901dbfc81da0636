"""Telephone numbers of mainland China: mobile, fixed, and SIM cards of devices."""

import re
from dataclasses import dataclass
from enum import StrEnum

from onecity.kernel.identifiers.fault import Fault, InvalidIdentifier, tidied
from onecity.kernel.text import zh

_COUNTRY = re.compile(r"^(\+|00)86-?")
_PERSONAL = re.compile(r"1([3-9]|[04][0-9]{11}$)")
_CHARACTERS = re.compile(r"[0-9-]+")
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_DEVICE = re.compile(r"1[04][0-9]{11}")
_FIXED = re.compile(r"(0[0-9]{2,3})-?([0-9]{7,8})(-[0-9]{1,6})?")


class InvalidPhone(InvalidIdentifier):
    """The text is not a telephone number."""

    code = "phone"


class PhoneKind(StrEnum):
    """What can be dialled: only a mobile number receives a short message that a person reads."""

    MOBILE = "mobile"
    FIXED = "fixed"
    DEVICE = "device"


@dataclass(frozen=True, slots=True, repr=False)
class Phone:
    """A telephone number in the form it is stored and compared: digits; a hyphen before a fixed line's extension.

    It prints masked.
    """

    number: str
    kind: PhoneKind

    def __repr__(self) -> str:
        return f"Phone({self.number[:3]}****{self.number[-4:]})"


def parse_phone(text: str) -> Phone:
    """Read a telephone number; +86 or 0086, blanks and hyphens between the digits are accepted.

    Raises: InvalidPhone (character, length for a mobile number that is too short or long, form).
    Source: house rule; mobile 1[3-9] and nine digits, fixed with area code and optional extension of up to six
    digits, device SIM cards of 13 digits that begin with 10 or 14.
    """
    tidy = tidied(text).replace(" ", "")
    national = _COUNTRY.sub("", tidy, count=1)
    if not _CHARACTERS.fullmatch(national):
        raise InvalidPhone(Fault.CHARACTER, zh("电话号码只能由数字和连字符组成"))
    if national != tidy and not national.startswith("0") and not _PERSONAL.match(national):
        national = f"0{national}"  # the area code loses its zero behind the country code
    return _fixed(national) if national.startswith("0") else _mobile(national.replace("-", ""))


def is_valid_mobile(text: str) -> bool:
    """Say whether the text is a mobile number that a person carries."""
    try:
        return parse_phone(text).kind is PhoneKind.MOBILE
    except InvalidPhone:
        return False


def _fixed(national: str) -> Phone:
    match = _FIXED.fullmatch(national)
    if match is None:
        raise InvalidPhone(Fault.FORM, zh("固定电话应为区号加7位或8位号码，可带分机号"))
    area, local, extension = match.groups()
    return Phone(number=f"{area}{local}{extension or ''}", kind=PhoneKind.FIXED)


def _mobile(digits: str) -> Phone:
    if _MOBILE.fullmatch(digits):
        return Phone(number=digits, kind=PhoneKind.MOBILE)
    if _DEVICE.fullmatch(digits):
        return Phone(number=digits, kind=PhoneKind.DEVICE)
    if digits.startswith("1") and len(digits) != 11:
        raise InvalidPhone(Fault.LENGTH, zh("手机号码应为11位，现为{length}位"), length=len(digits))
    raise InvalidPhone(Fault.FORM, zh("手机号码应以13至19开头；固定电话请带区号"))
