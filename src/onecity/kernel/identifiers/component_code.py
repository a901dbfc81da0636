"""Component identifier (部件标识码) of digital urban management: 16 digits whose split differs between cities."""

import re
from dataclasses import dataclass

from onecity.kernel.identifiers.fault import Fault, InvalidIdentifier, tidied
from onecity.kernel.text import zh

_DIGITS = re.compile(r"[0-9]+")
_LENGTH = 16


class InvalidComponentCode(InvalidIdentifier):
    """The text is not a component identifier."""

    code = "component_code"


@dataclass(frozen=True, slots=True)
class ComponentSplit:
    """How many digits each part of a component identifier has; part of a city's configuration.

    Raises: ValueError if a part is empty or the parts are not 16 digits together.
    """

    division: int = 6
    big_class: int = 2
    small_class: int = 2
    serial: int = 6

    def __post_init__(self) -> None:
        parts = (self.division, self.big_class, self.small_class, self.serial)
        if min(parts) < 1 or sum(parts) != _LENGTH:
            raise ValueError("the parts of a component identifier must be 16 digits together")


USUAL_SPLIT = ComponentSplit()


@dataclass(frozen=True, slots=True)
class ComponentCode:
    """A component identifier and its parts, as text: leading zeros count."""

    value: str
    division_code: str
    big_class: str
    small_class: str
    serial: str


def parse_component_code(text: str, *, split: ComponentSplit = USUAL_SPLIT) -> ComponentCode:
    """Read a component identifier by the city's split.

    Raises: InvalidComponentCode (length, character).
    Source: CJ/T 214, component identifier: division 6, big class 2, small class 2, serial 6; other splits are local.
    """
    value = tidied(text)
    if not _DIGITS.fullmatch(value):
        raise InvalidComponentCode(Fault.CHARACTER, zh("部件标识码只能由数字组成"))
    if len(value) != _LENGTH:
        raise InvalidComponentCode(Fault.LENGTH, zh("部件标识码应为16位，现为{length}位"), length=len(value))
    big = split.division
    small = big + split.big_class
    serial = small + split.small_class
    return ComponentCode(
        value=value,
        division_code=value[:big],
        big_class=value[big:small],
        small_class=value[small:serial],
        serial=value[serial:],
    )
