"""What can be wrong with an identifier, and how people are told."""

from enum import StrEnum

from onecity.kernel.errors import Invalid

_FULL_WIDTH = {0xFF01 + offset: 0x21 + offset for offset in range(0x5E)} | {0x3000: 0x20}


class Fault(StrEnum):
    """The kind of mistake; the last part of the error's code."""

    LENGTH = "length"
    CHARACTER = "character"
    DIVISION = "division"
    DATE = "date"
    SERIAL = "serial"
    FORM = "form"
    CHECK_DIGIT = "check_digit"


class InvalidIdentifier(Invalid):
    """A text is not the identifier it is said to be.

    Each identifier has a subclass whose `code` is the identifier's name; the instance's code appends the fault, as in
    `citizen_id.check_digit`. The sentence never repeats the text: it may be somebody's identity number.
    """

    code = "identifier"

    def __init__(self, fault: Fault, message: str, **params: object) -> None:
        super().__init__(message, params=params)
        self.fault = fault
        self.code = f"{self.code}.{fault}"


def tidied(text: str) -> str:
    """Return `text` as it is compared and stored: no outer blanks, half-width, upper case.

    Chinese input methods yield full-width digits and letters; other scripts' digits stay and are refused later.
    """
    return text.translate(_FULL_WIDTH).strip().upper()
