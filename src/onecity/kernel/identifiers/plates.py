"""Licence plates of motor vehicles (机动车号牌)."""

import re
from dataclasses import dataclass
from enum import StrEnum

from onecity.kernel.identifiers.fault import Fault, InvalidIdentifier, tidied
from onecity.kernel.text import zh

PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"

_MISSIONS = "使领"
_ENDINGS = "挂学警港澳使领"
_SEPARATORS = str.maketrans("", "", "·•.- ")
_CHARACTERS = re.compile(rf"[A-HJ-NP-Z0-9{_ENDINGS}]+")
_ORDINARY = re.compile(rf"[A-HJ-NP-Z0-9]{{4}}[A-HJ-NP-Z0-9{_ENDINGS}]")
_NEW_ENERGY_SMALL = re.compile(r"[A-HJK][A-HJ-NP-Z0-9][0-9]{4}")
_NEW_ENERGY_LARGE = re.compile(r"[0-9]{5}[A-HJK]")


class InvalidPlate(InvalidIdentifier):
    """The text is not a licence plate."""

    code = "plate"


class PlateKind(StrEnum):
    """The three shapes."""

    ORDINARY = "ordinary"
    NEW_ENERGY_SMALL = "new_energy_small"
    NEW_ENERGY_LARGE = "new_energy_large"


@dataclass(frozen=True, slots=True, repr=False)
class Plate:
    """A licence plate without separators; it prints masked. The same number can exist in two colours: store both.

    office: province character and letter of the registering office.
    ending: the Chinese character at the end (挂 trailer, 学 learner, 警 police, 港 or 澳 cross-border), else empty.
    """

    number: str
    kind: PlateKind

    @property
    def office(self) -> str:
        return self.number[:2]

    @property
    def ending(self) -> str:
        return self.number[-1] if self.number[-1] in _ENDINGS else ""

    def __repr__(self) -> str:
        return f"Plate({self.number[:2]}{'*' * (len(self.number) - 4)}{self.number[-2:]})"


def parse_plate(text: str) -> Plate:
    """Read a licence plate; the dot, blanks, full-width and lower-case letters are accepted.

    Armed-police and army plates are not covered.
    Raises: InvalidPlate (length, division for the province character, character, form).
    Source: GA 36-2018, as several public implementations agree on it.
    """
    number = tidied(text).translate(_SEPARATORS)
    if len(number) not in (7, 8):
        raise InvalidPlate(Fault.LENGTH, zh("号牌应为7位，新能源汽车号牌应为8位，现为{length}位"), length=len(number))
    if number[0] not in PROVINCES + _MISSIONS:
        raise InvalidPlate(Fault.DIVISION, zh("号牌首字不是省、自治区、直辖市简称"))
    if not ("A" <= number[1] <= "Z"):
        raise InvalidPlate(Fault.CHARACTER, zh("号牌第2位应为字母"))
    if not _CHARACTERS.fullmatch(number[2:]):
        raise InvalidPlate(Fault.CHARACTER, zh("号牌序号含有不允许的字符（不使用字母I、O）"))
    return Plate(number=number, kind=_kind(number))


def _kind(number: str) -> PlateKind:
    serial = number[2:]
    if _ORDINARY.fullmatch(serial):
        return PlateKind.ORDINARY
    if number[0] not in _MISSIONS:
        if _NEW_ENERGY_SMALL.fullmatch(serial):
            return PlateKind.NEW_ENERGY_SMALL
        if _NEW_ENERGY_LARGE.fullmatch(serial):
            return PlateKind.NEW_ENERGY_LARGE
    if len(number) == 8:
        raise InvalidPlate(Fault.FORM, zh("8位号牌应为新能源汽车号牌，其字母与数字的排列不符合规则"))
    raise InvalidPlate(Fault.FORM, zh("号牌中的汉字只能位于末位"))
