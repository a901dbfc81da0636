"""Codes of components and events, and how a whole case's limit follows from the one for handling.

A class code is a letter (C component, E event), two digits of the big class, two of the small one, and after a dash the
number of the condition under which a case is filed: `E0304-1`. The digits are those of the published tables.
Source: GB/T 30428.2-2013, as one city's table adopts it; CJ/T 214.
"""

import re
from dataclasses import dataclass
from typing import Final, Literal

from onecity.kernel.deadlines import TimeUnit
from onecity.kernel.text import zh

Kind = Literal["component", "event"]
KIND_NAMES: Final[dict[Kind, str]] = {"component": zh("部件"), "event": zh("事件")}
_CODE: Final = re.compile(r"(?P<kind>[CE])(?P<big>\d\d)(?:(?P<small>\d\d)(?:-(?P<condition>[1-9]\d?))?)?", re.ASCII)
_KINDS: Final[dict[str, Kind]] = {"C": "component", "E": "event"}
_OFFICE: Final = {
    TimeUnit.URGENT_HOUR: (4, TimeUnit.URGENT_HOUR),
    TimeUnit.WORK_HOUR: (4, TimeUnit.WORK_HOUR),
    TimeUnit.WORK_DAY: (1, TimeUnit.WORK_DAY),
    TimeUnit.URGENT_DAY: (1, TimeUnit.URGENT_DAY),
    TimeUnit.NATURAL_DAY: (1, TimeUnit.NATURAL_DAY),
}


@dataclass(frozen=True, slots=True)
class ClassCode:
    """A class code in its parts. small, condition: empty where the code ends before them."""

    kind: Kind
    big: str
    small: str = ""
    condition: str = ""

    @property
    def files_cases(self) -> bool:
        """Say whether a case may be filed under it: only under a condition."""
        return bool(self.condition)


def parse_class(code: str) -> ClassCode:
    """Return a class code in its parts.

    Raises: ValueError if it is not one.
    Source: GB/T 30428.2-2013 (numbers); the letter and the condition's number are a house rule.
    """
    found = _CODE.fullmatch(code)
    if found is None:
        raise ValueError(f"not a class code: {code!r}")
    return ClassCode(_KINDS[found["kind"]], found["big"], found["small"] or "", found["condition"] or "")


def prefixes(code: str) -> tuple[str, ...]:
    """Return a code and all classes above it, the nearest first: `E0304-1`, `E0304`, `E03`, `E`; ends with ""."""
    found = _CODE.fullmatch(code)
    if found is None:
        return ("",)
    small = code.partition("-")[0]
    return tuple(dict.fromkeys((code, small, code[:3], code[:1], "")))


def whole_limit(amount: str, unit: TimeUnit) -> tuple[str, TimeUnit]:
    """Return the limit of a whole case from the one for handling it: half a day or a day more for the offices.

    amount: a decimal text. Source: house rule (the tables limit handling only).
    """
    more, same = _OFFICE[unit]
    return format(float(amount) + more, "g"), same
