"""What an entry of the catalogue must say before it may be submitted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from onecity.kernel.text import zh
from onecity.platform.exchange.rules.resource_codes import class_level

LEAST_ABSTRACT: Final = 10
_NARROWNESS: Final = {"unconditional": 0, "conditional": 1, "none": 2}
_BASE_CATEGORY: Final = "1"


@dataclass(frozen=True, slots=True)
class FieldSaid:
    """What an entry says of one field, as far as rules look at it."""

    name: str
    title: str
    is_key: bool
    sensitivity: str
    sharing_type: str
    is_open: bool


@dataclass(frozen=True, slots=True)
class EntrySaid:
    """What an entry says, as far as rules look at it."""

    title: str
    abstract: str
    class_code: str
    sharing_type: str
    sharing_condition: str
    sharing_ground: str
    open_type: str
    open_condition: str
    licence_code: str
    fields: Sequence[FieldSaid]


def faults(entry: EntrySaid) -> dict[str, str]:
    """Return what keeps an entry from being submitted: Chinese sentences by the input at fault; empty when it is whole.

    Source: 政务信息资源目录编制指南, core metadata; 政务数据共享条例, sharing attributes: a ground by law for what is
    not shared, a condition for what is shared on one, base information at least on conditions.
    """
    found: dict[str, str] = {}
    if not entry.title.strip():
        found["title"] = zh("请填写信息资源名称")
    if len(entry.abstract.strip()) < LEAST_ABSTRACT:
        found["abstract"] = zh("信息资源摘要至少写十个字，说明有什么数据、覆盖什么范围")
    if class_level(entry.class_code) < 2:
        found["class_code"] = zh("信息资源分类至少应选到“项”")
    found.update(_sharing_faults(entry))
    found.update(_opening_faults(entry))
    found.update(_field_faults(entry))
    return found


def _sharing_faults(entry: EntrySaid) -> dict[str, str]:
    found = {}
    if entry.sharing_type == "none":
        if not entry.sharing_ground.strip():
            found["sharing_ground"] = zh("不予共享的，必须写明法律、行政法规或者国务院决定依据")
        if entry.class_code.startswith(_BASE_CATEGORY):
            found["sharing_type"] = zh("基础信息资源不得列为不予共享")
    if entry.sharing_type == "conditional" and not entry.sharing_condition.strip():
        found["sharing_condition"] = zh("有条件共享的，必须写明共享条件")
    return found


def _opening_faults(entry: EntrySaid) -> dict[str, str]:
    found: dict[str, str] = {}
    if entry.open_type == "none":
        return found
    if entry.open_type == "conditional" and not entry.open_condition.strip():
        found["open_condition"] = zh("有条件开放的，必须写明开放条件")
    if not entry.licence_code:
        found["licence_code"] = zh("向社会开放的，必须选择开放许可")
    if entry.sharing_type == "none":
        found["open_type"] = zh("不予共享的数据不得向社会开放")
    if not any(field.is_open for field in entry.fields):
        found["fields"] = zh("向社会开放的，至少应有一个信息项开放")
    return found


def _field_faults(entry: EntrySaid) -> dict[str, str]:
    if not entry.fields:
        return {"fields": zh("至少应有一个信息项")}
    if len({field.name for field in entry.fields}) < len(entry.fields):
        return {"fields": zh("字段名不得重复")}
    if any(not field.title.strip() for field in entry.fields):
        return {"fields": zh("每个信息项都要有名称")}
    if any(field.is_open and field.sensitivity not in {"public", "internal"} for field in entry.fields):
        return {"fields": zh("敏感的信息项不得向社会开放")}
    limit = _NARROWNESS[entry.sharing_type]
    if any(field.sharing_type and _NARROWNESS[field.sharing_type] < limit for field in entry.fields):
        return {"fields": zh("信息项的共享类型不得宽于数据集的共享类型")}
    return {}
