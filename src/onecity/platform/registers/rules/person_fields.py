"""The fields of a person that have a source, and the form in which their values are compared.

Every value is canonical text: dates as 2026-03-01, a place as `220102001001 人民大街1号`, nothing as "".
"""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from onecity.kernel.identifiers.citizen_id import InvalidCitizenId, parse_citizen_id
from onecity.kernel.identifiers.phones import InvalidPhone, parse_phone
from onecity.kernel.text import zh
from onecity.platform.registers.rules.person_codes import CODE_LISTS

POPULATION: Final = "registers.population"
NAME_DOT: Final = "·"
_DOTS: Final = dict.fromkeys(map(ord, "•‧∙⋅・．."), NAME_DOT)
LONGEST_NAME: Final = 60
LONGEST_ADDRESS: Final = 200


@dataclass(frozen=True, slots=True)
class PersonField:
    """One field. key: other values need a decision. sealed: kept encrypted, compared by keyed hash."""

    name: str
    title: str
    key: bool = False
    sealed: bool = False
    place: bool = False


FIELDS: Final = (
    PersonField("name", zh("姓名"), key=True),
    PersonField("citizen_id", zh("公民身份号码"), key=True, sealed=True),
    PersonField("sex_code", zh("性别"), key=True),
    PersonField("birth_date", zh("出生日期"), key=True),
    PersonField("ethnicity_code", zh("民族")),
    PersonField("nationality_code", zh("国籍")),
    PersonField("education_code", zh("学历")),
    PersonField("marital_code", zh("婚姻状况")),
    PersonField("phone", zh("联系电话"), sealed=True),
    PersonField("registered_place", zh("户籍地址"), place=True),
    PersonField("living_place", zh("居住地址"), place=True),
    PersonField("relation_code", zh("与户主关系")),
    PersonField("status", zh("状态")),
)
BY_NAME: Final[Mapping[str, PersonField]] = {item.name: item for item in FIELDS}
MAINTAINED: Final = tuple(item.name for item in FIELDS if item.name not in {"status", "citizen_id"})
"""The fields that a change may name; status and identity number change by life events only."""


def tidy_name(text: str) -> str:
    """Return a name as it is stored and compared: no blanks between Chinese characters, one form of the middle dot.

    Source: house rule.
    """
    text = unicodedata.normalize("NFKC", text).strip().translate(_DOTS)
    return " ".join(text.split()) if text.isascii() else "".join(text.split())


def written_place(division_code: str, address: str) -> str:
    """Return a place as canonical text; empty when there is no division."""
    return f"{division_code} {address}".strip() if division_code else ""


def read_place(text: str) -> tuple[str, str]:
    """Return division and address of a place's canonical text."""
    division, _, address = text.partition(" ")
    return division, address


def faults_of(values: Mapping[str, str], *, today: date) -> dict[str, str]:
    """Return what is wrong with canonical values, by field; empty when all is well. Empty values are not judged.

    Checked: the citizen number's form, date and check digit, that its birth date and sex agree with the fields, code
    lists, dates that are not ahead, telephone numbers, divisions.
    Source: GB 11643-1999; GB/T 2261, 3304, 4658, 4761; house rule for the rest.
    """
    faults: dict[str, str] = {}
    for field, text in values.items():
        if text:
            fault = _fault(field, text, today)
            if fault:
                faults[field] = fault
    if values.get("citizen_id") and "citizen_id" not in faults:
        faults.update(_contradictions(values))
    return faults


def _fault(field: str, text: str, today: date) -> str:
    if field in CODE_LISTS:
        return "" if text in CODE_LISTS[field] else zh("代码不在标准代码表中")
    if field == "birth_date":
        return _date_fault(text, today)
    test = _TESTS.get(field)
    return test(text) if test else ""


def _name_fault(text: str) -> str:
    return "" if len(text) <= LONGEST_NAME else zh("姓名过长")


def _nationality_fault(text: str) -> str:
    return "" if len(text) == 3 and text.isascii() and text.isdigit() else zh("国籍应为3位数字代码")


def _citizen_id_fault(text: str) -> str:
    try:
        parse_citizen_id(text)
    except InvalidCitizenId as error:
        return error.sentence()
    return ""


def _phone_fault(text: str) -> str:
    try:
        parse_phone(text)
    except InvalidPhone as error:
        return error.sentence()
    return ""


def _date_fault(text: str, today: date) -> str:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return zh("日期应写成 2026-03-01 的形式")
    return zh("日期不能晚于今天") if day > today else ""


def _place_fault(text: str) -> str:
    division, address = read_place(text)
    if not (division.isascii() and division.isdigit() and 6 <= len(division) <= 12):
        return zh("区划代码应为6至12位数字")
    return zh("地址过长") if len(address) > LONGEST_ADDRESS else ""


def _contradictions(values: Mapping[str, str]) -> dict[str, str]:
    number = parse_citizen_id(values["citizen_id"])
    faults = {}
    if values.get("birth_date") not in (None, "", number.birth_date.isoformat()):
        faults["birth_date"] = zh("出生日期与公民身份号码不一致")
    if values.get("sex_code") in {"1", "2"} and values["sex_code"] != number.sex.value:
        faults["sex_code"] = zh("性别与公民身份号码不一致")
    return faults


_TESTS: Final[Mapping[str, Callable[[str], str]]] = {
    "name": _name_fault,
    "citizen_id": _citizen_id_fault,
    "nationality_code": _nationality_fault,
    "phone": _phone_fault,
    "registered_place": _place_fault,
    "living_place": _place_fault,
}
