"""Unified social credit code (统一社会信用代码), 18 characters.

D T RRRRRR OOOOOOOOO C
| | |      |         check character, modulo 31
| | |      organisation code with its own check character
| | division of the registering authority
| class of entity
registering authority
"""

from dataclasses import dataclass

from onecity.kernel.identifiers import organisation_code
from onecity.kernel.identifiers.fault import Fault, InvalidIdentifier, tidied
from onecity.kernel.text import zh

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # without I, O, S, V, Z

_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_VALUES = {character: value for value, character in enumerate(ALPHABET)}


class InvalidCreditCode(InvalidIdentifier):
    """The text is not a unified social credit code."""

    code = "credit_code"


@dataclass(frozen=True, slots=True)
class CreditCode:
    """A unified social credit code and its parts, as text.

    authority: the registering authority, one digit or letter; 1 staffing office (public bodies), 9 market regulation,
        A military, N agriculture (village collectives), Y others; the list grows, so it is not checked.
    entity_class: class of entity within the authority.
    organisation_code: nine characters, the last one its own check character.
    """

    value: str
    authority: str
    entity_class: str
    division_code: str
    organisation_code: str


def parse_credit_code(text: str) -> CreditCode:
    """Read a unified social credit code; lower case, full-width characters and outer blanks are accepted.

    A few codes in circulation carry a wrong check character from old conversions: importers that meet
    `Fault.CHECK_DIGIT` should warn and keep the row for mending rather than lose it.
    Raises: InvalidCreditCode (length, character, division, check_digit), also for the inner organisation code.
    Source: GB 32100-2015.
    """
    value = tidied(text)
    if len(value) != 18:
        raise InvalidCreditCode(Fault.LENGTH, zh("统一社会信用代码应为18位，现为{length}位"), length=len(value))
    for place, character in enumerate(value, start=1):
        if character not in _VALUES:
            raise InvalidCreditCode(
                Fault.CHARACTER,
                zh("统一社会信用代码第{place}位“{character}”不是允许的字符（不使用字母I、O、S、V、Z）"),
                place=place,
                character=character,
            )
    if not value[2:8].isdecimal():
        raise InvalidCreditCode(Fault.DIVISION, zh("统一社会信用代码第3至8位应为6位数字的行政区划代码"))
    if check_character(value[:17]) != value[17]:
        raise InvalidCreditCode(Fault.CHECK_DIGIT, zh("统一社会信用代码校验码不正确，请逐位核对"))
    _check_inner(value[8:17])
    return CreditCode(
        value=value,
        authority=value[0],
        entity_class=value[1],
        division_code=value[2:8],
        organisation_code=value[8:17],
    )


def is_valid_credit_code(text: str) -> bool:
    """Say whether `parse_credit_code` accepts the text."""
    try:
        parse_credit_code(text)
    except InvalidCreditCode:
        return False
    return True


def check_character(first_17: str) -> str:
    """Return the check character for the first 17 characters, all of `ALPHABET`.

    Source: GB 32100-2015; weights are the powers of 3 modulo 31.
    """
    total = sum(weight * _VALUES[character] for weight, character in zip(_WEIGHTS, first_17, strict=True))
    return ALPHABET[-total % 31]


def _check_inner(code: str) -> None:
    if organisation_code.check_character(code[:8]) != code[8]:
        raise InvalidCreditCode(
            Fault.CHECK_DIGIT, zh("统一社会信用代码中的主体标识码（第9至17位）校验码不正确，请逐位核对")
        )
