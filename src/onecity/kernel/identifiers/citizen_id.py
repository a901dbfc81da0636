"""Citizen identity number (公民身份号码), 18 characters, and the residence permits that share its shape.

AAAAAA YYYYMMDD SSS C
|      |        |   check character, ISO 7064 MOD 11-2
|      |        order, odd male, even female
|      birth date
division where first registered
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from onecity.kernel.identifiers.divisions import PROVINCES
from onecity.kernel.identifiers.fault import Fault, InvalidIdentifier, tidied
from onecity.kernel.text import zh

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_CHARACTERS = "10X98765432"
_SHAPE = re.compile(r"[0-9]{17}[0-9X]")
_OLD_SHAPE = re.compile(r"[0-9]{15}")
_TAIWAN_PERMIT = "83"
_FOREIGNER = "9"
_CENTURIES = ("18", "19", "20")


class InvalidCitizenId(InvalidIdentifier):
    """The text is not a citizen identity number."""

    code = "citizen_id"


class Sex(StrEnum):
    """The two values an identity number can say; codes of GB/T 2261.1."""

    MALE = "1"
    FEMALE = "2"


class Holder(StrEnum):
    """Whose number it is, by its first digits."""

    CITIZEN = "citizen"
    HONG_KONG_RESIDENT = "hong_kong_resident"
    MACAO_RESIDENT = "macao_resident"
    TAIWAN_RESIDENT = "taiwan_resident"
    FOREIGNER = "foreigner"


_PERMIT_HOLDERS = {
    "810000": Holder.HONG_KONG_RESIDENT,
    "820000": Holder.MACAO_RESIDENT,
    "830000": Holder.TAIWAN_RESIDENT,
}


@dataclass(frozen=True, slots=True, repr=False)
class CitizenId:
    """A well-formed identity number; it prints masked, because numbers must not reach a log.

    division_code: the first six digits, as registered then; a division may be gone since. For a foreigner's permanent
    residence card they are 9, two digits of the place and three of the nationality.
    """

    number: str
    division_code: str
    birth_date: date
    sex: Sex
    holder: Holder

    def __repr__(self) -> str:
        return f"CitizenId({self.number[:6]}********{self.number[-4:]})"


def parse_citizen_id(text: str) -> CitizenId:
    """Read an 18-character identity number; lower-case x, full-width characters and outer blanks are accepted.

    Divisions that no longer exist are accepted; only the first two digits are checked. So are the residence permits of
    Hong Kong, Macao and Taiwan residents (810000, 820000, 830000) and foreigners' cards that begin with 9.
    Raises: InvalidCitizenId (length, character, division, date, check_digit).
    Source: GB 11643-1999; the permits that begin with 9 are background knowledge.
    """
    number = tidied(text)
    if len(number) != 18:
        raise InvalidCitizenId(Fault.LENGTH, zh("公民身份号码应为18位，现为{length}位"), length=len(number))
    if not _SHAPE.fullmatch(number):
        raise InvalidCitizenId(Fault.CHARACTER, zh("公民身份号码前17位应为数字，末位应为数字或X"))
    if not _division_is_known(number):
        raise InvalidCitizenId(Fault.DIVISION, zh("公民身份号码前两位不是已知的省级代码"))
    birth_date = _birth_date(number[6:14])
    if check_character(number[:17]) != number[17]:
        raise InvalidCitizenId(Fault.CHECK_DIGIT, zh("公民身份号码校验码不正确，请逐位核对"))
    return CitizenId(
        number=number,
        division_code=number[:6],
        birth_date=birth_date,
        sex=Sex.MALE if int(number[16]) % 2 else Sex.FEMALE,
        holder=_holder(number),
    )


def is_valid_citizen_id(text: str) -> bool:
    """Say whether `parse_citizen_id` accepts the text."""
    try:
        parse_citizen_id(text)
    except InvalidCitizenId:
        return False
    return True


def check_character(first_17: str) -> str:
    """Return the check character (0-9 or X) for the first 17 digits.

    Source: GB 11643-1999; ISO 7064 MOD 11-2.
    """
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, first_17, strict=True))
    return _CHECK_CHARACTERS[total % 11]


def upgraded_citizen_id(text: str) -> CitizenId:
    """Read a 15-digit number of the first generation and return it in the 18-character form; for matching old records.

    The century is 19: nobody was given a 15-digit number after 1999.
    Raises: InvalidCitizenId (length, character, division, date).
    Source: GB 11643-1999.
    """
    number = tidied(text)
    if len(number) != 15:
        raise InvalidCitizenId(Fault.LENGTH, zh("第一代居民身份证号码应为15位，现为{length}位"), length=len(number))
    if not _OLD_SHAPE.fullmatch(number):
        raise InvalidCitizenId(Fault.CHARACTER, zh("第一代居民身份证号码只能由数字组成"))
    first_17 = f"{number[:6]}19{number[6:]}"
    return parse_citizen_id(first_17 + check_character(first_17))


def _division_is_known(number: str) -> bool:
    return number[:2] in PROVINCES or number[:2] == _TAIWAN_PERMIT or number[0] == _FOREIGNER


def _birth_date(digits: str) -> date:
    try:
        if digits[:2] not in _CENTURIES:
            raise ValueError
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise InvalidCitizenId(Fault.DATE, zh("公民身份号码中的出生日期不存在")) from None


def _holder(number: str) -> Holder:
    if number[0] == _FOREIGNER:
        return Holder.FOREIGNER
    return _PERMIT_HOLDERS.get(number[:6], Holder.CITIZEN)
