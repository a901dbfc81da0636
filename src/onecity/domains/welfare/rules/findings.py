"""What a comparison finds, each with a code, a sentence and its sources."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from onecity.domains.welfare.rules.codes import Department
from onecity.kernel.text import zh


class Weight(StrEnum):
    """How heavy a finding weighs. A contradiction opens a case: the household explains, the street verifies."""

    AGREES = "agrees"
    DIFFERENCE = "difference"
    CONTRADICTION = "contradiction"


WEIGHT_NAMES: Final[Mapping[Weight, str]] = {
    Weight.AGREES: zh("一致"),
    Weight.DIFFERENCE: zh("有差异"),
    Weight.CONTRADICTION: zh("相矛盾"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One compared item. code: forever; member: its key, empty for the household; template: Chinese, with places.

    declared, found: amounts or words as text, for the table; sources: who told.
    """

    code: str
    weight: Weight
    template: str
    member: str = ""
    subject: str = ""
    declared: str = ""
    found: str = ""
    sources: tuple[Department, ...] = ()
    params: Mapping[str, str] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """Return the Chinese sentence with its places filled."""
        return self.template.format_map(self.params)
