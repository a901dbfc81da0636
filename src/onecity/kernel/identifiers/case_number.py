"""Case number (案件编号) of OneCity: 19 digits that sort by place and day.

DDDDDD YYYYMMDD NNNNN
|      |        serial of the division's day, from 00001
|      day of filing, Asia/Shanghai
division
"""

import re
from dataclasses import dataclass
from datetime import date

from onecity.kernel.identifiers.divisions import PROVINCES
from onecity.kernel.identifiers.fault import Fault, InvalidIdentifier, tidied
from onecity.kernel.text import zh

LAST_SERIAL = 99_999

_DIGITS = re.compile(r"[0-9]+")
_DIVISION = re.compile(r"[0-9]{6}")


class InvalidCaseNumber(InvalidIdentifier):
    """The text is not a case number, or the parts do not make one."""

    code = "case_number"


@dataclass(frozen=True, slots=True)
class CaseNumber:
    """A case number and its parts."""

    value: str
    division_code: str
    filing_date: date
    serial: int


def case_number(division_code: str, *, filing_date: date, serial: int) -> CaseNumber:
    """Put a case number together.

    division_code: six digits; serial: 1-99999 within the division and the day.
    Raises: InvalidCaseNumber (division, serial).
    Source: house rule (no national format exists).
    """
    if not _DIVISION.fullmatch(division_code) or division_code[:2] not in PROVINCES:
        raise InvalidCaseNumber(Fault.DIVISION, zh("案件编号的行政区划代码应为6位数字"))
    if not 1 <= serial <= LAST_SERIAL:
        raise InvalidCaseNumber(Fault.SERIAL, zh("案件编号的当日序号应在1至99999之间"))
    return CaseNumber(
        value=f"{division_code}{filing_date.isoformat().replace('-', '')}{serial:05d}",
        division_code=division_code,
        filing_date=filing_date,
        serial=serial,
    )


def parse_case_number(text: str) -> CaseNumber:
    """Read a case number as a citizen types it; outer blanks and full-width digits are accepted.

    Raises: InvalidCaseNumber (character, length, division, date, serial).
    Source: house rule.
    """
    value = tidied(text)
    if not _DIGITS.fullmatch(value):
        raise InvalidCaseNumber(Fault.CHARACTER, zh("案件编号只能由数字组成"))
    if len(value) != 19:
        raise InvalidCaseNumber(Fault.LENGTH, zh("案件编号应为19位，现为{length}位"), length=len(value))
    return case_number(value[:6], filing_date=_filing_date(value[6:14]), serial=int(value[14:]))


def _filing_date(digits: str) -> date:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise InvalidCaseNumber(Fault.DATE, zh("案件编号中的日期不存在")) from None
