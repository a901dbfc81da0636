"""Drafts of editions: which classes may stand in one, and what becomes of a line."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

from onecity.domains.urban_management.rules.classes import parse_class
from onecity.kernel.deadlines import TimeUnit
from onecity.kernel.text import zh

LONGEST_NAME: Final = 80
LONGEST_CLOSING: Final = 200
MOST_UNITS: Final = Decimal(999)
GENERAL_CLOSING: Final = zh("问题已消除，现场恢复完好、整洁，处置后照片与上报照片位置一致")
"""The closing condition that holds where a line names none. House rule."""


@dataclass(frozen=True, slots=True)
class StandardLine:
    """A line of an edition. limit: units as a decimal text, empty above the conditions. closing: 结案条件."""

    code: str
    name: str
    limit: str = ""
    unit: str = ""
    closing: str = ""


def parent_code(code: str) -> str:
    """Return the class above: `E0304-1` → `E0304` → `E03` → "".

    Raises: ValueError if it is no class code.
    """
    parsed = parse_class(code)
    if parsed.condition:
        return code.partition("-")[0]
    return code[:3] if parsed.small else ""


def faults_of(line: StandardLine, *, known: frozenset[str]) -> Mapping[str, str]:
    """Return what is wrong with a line, by field. known: codes of the edition.

    A condition needs a limit, what stands above must not have one; the class above must stand in the edition.
    Source: House rule.
    """
    faults: dict[str, str] = {}
    try:
        parent = parent_code(line.code)
        leaf = parse_class(line.code).files_cases
    except ValueError:
        return {"code": zh("编码应为大类（如 E03）、小类（如 E0304）或立案条件（如 E0304-1）")}
    if parent and parent not in known:
        faults["code"] = zh("上级类别不存在，请先增加上级类别")
    if not line.name.strip() or len(line.name) > LONGEST_NAME:
        faults["name"] = zh("请填写名称（至多80字）")
    if len(line.closing) > LONGEST_CLOSING:
        faults["closing"] = zh("结案条件至多200字")
    faults.update(_limit_faults(line) if leaf else _no_limit(line))
    return faults


def edition_faults(lines: Sequence[StandardLine]) -> list[tuple[str, str]]:
    """Return what keeps an edition from being published, as (code, sentence) pairs; a condition must stand in it."""
    known = frozenset(line.code for line in lines)
    found = [(line.code, text) for line in lines for text in faults_of(line, known=known).values()]
    if not found and not any(parse_class(line.code).files_cases for line in lines):
        found.append(("", zh("没有任何立案条件，不能发布")))
    return found


def _no_limit(line: StandardLine) -> Mapping[str, str]:
    return {"limit": zh("只有立案条件才设处置时限")} if line.limit or line.unit else {}


def _limit_faults(line: StandardLine) -> Mapping[str, str]:
    faults: dict[str, str] = {}
    try:
        amount = Decimal(line.limit)
    except InvalidOperation:
        amount = Decimal(0)
    if not amount.is_finite() or not 0 < amount <= MOST_UNITS:
        faults["limit"] = zh("处置时限应为大于0、不超过999的数")
    if line.unit not in {unit.value for unit in TimeUnit}:
        faults["unit"] = zh("请选择时限单位")
    return faults
