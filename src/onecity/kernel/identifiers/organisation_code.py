"""Organisation code (组织机构代码, 主体标识码): eight characters and a check character.

It lives on inside the unified social credit code.
"""

import re

from onecity.kernel.identifiers.fault import Fault, InvalidIdentifier, tidied
from onecity.kernel.text import zh

_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_SHAPE = re.compile(r"[0-9A-Z]{8}[0-9X]")
_SPECIAL = {10: "X", 11: "0"}


class InvalidOrganisationCode(InvalidIdentifier):
    """The text is not an organisation code."""

    code = "organisation_code"


def parse_organisation_code(text: str) -> str:
    """Read an organisation code and return its nine characters; the hyphen before the check character may be there.

    Raises: InvalidOrganisationCode (length, character, check_digit).
    Source: GB 11714-1997.
    """
    tidy = tidied(text)
    value = tidy[:8] + tidy[9:] if tidy[8:9] == "-" else tidy
    if len(value) != 9:
        raise InvalidOrganisationCode(Fault.LENGTH, zh("组织机构代码应为9位，现为{length}位"), length=len(value))
    if not _SHAPE.fullmatch(value):
        raise InvalidOrganisationCode(Fault.CHARACTER, zh("组织机构代码前8位应为数字或大写字母，末位应为数字或X"))
    if check_character(value[:8]) != value[8]:
        raise InvalidOrganisationCode(Fault.CHECK_DIGIT, zh("组织机构代码校验码不正确，请逐位核对"))
    return value


def check_character(first_8: str) -> str:
    """Return the check character (0-9 or X) for the first eight characters, digits and capital letters.

    Source: GB 11714-1997; letters count from A = 10 to Z = 35.
    """
    total = sum(weight * int(character, 36) for weight, character in zip(_WEIGHTS, first_8, strict=True))
    number = 11 - total % 11
    return _SPECIAL.get(number, str(number))
