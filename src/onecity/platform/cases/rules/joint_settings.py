"""Joint handling and sub-cases of a case type's version: JSON in, typed out, every fault named."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from onecity.kernel.text import zh
from onecity.platform.cases.declare import JointRule as DeclaredJoint
from onecity.platform.cases.declare import SubcaseRule as DeclaredSubcase
from onecity.platform.cases.rules.clocks import LimitRule
from onecity.platform.cases.rules.faults import Fault
from onecity.platform.cases.rules.joint import MOST, JointRule, SubcaseRule

JOINT: Final = "settings.joint"
SUBCASES: Final = "settings.subcases"


def written_joint(declared: DeclaredJoint) -> dict[str, object]:
    """Return declared assistance as JSON."""
    return {
        "code": declared.code,
        "name": declared.name,
        "tasks": list(declared.tasks),
        "post": declared.post,
        "limit": declared.limit,
        "most": declared.most or MOST,
    }


def written_subcase(declared: DeclaredSubcase) -> dict[str, object]:
    """Return a declared kind of sub-case as JSON."""
    return {
        "code": declared.code,
        "name": declared.name,
        "type": declared.type_code,
        "tasks": list(declared.tasks),
        "waits": declared.waits,
        "most": declared.most or MOST,
    }


def read_joint(source: object, *, limits: Mapping[str, LimitRule]) -> tuple[dict[str, JointRule], list[Fault]]:
    """Read a version's rules of assistance; what is wrong is left out and told as a fault."""
    reader, found = _Reader(JOINT), {}
    for code, item in reader.items(source):
        limit = limits.get(str(item.get("limit", "")))
        if limit is None:
            reader.fault(code, zh("协办要有时限（limit）"))
        most, tasks = _most(item), _texts(item.get("tasks"))
        found[code] = JointRule(code, str(item["name"]), tasks, str(item.get("post", "")), limit, most)
    return found, reader.faults


def read_subcases(source: object) -> tuple[dict[str, SubcaseRule], list[Fault]]:
    """Read a version's kinds of sub-cases; what is wrong is left out and told as a fault."""
    reader, found = _Reader(SUBCASES), {}
    for code, item in reader.items(source):
        type_code = str(item.get("type", ""))
        if not type_code:
            reader.fault(code, zh("子案件要写明案件类型（type）"))
            continue
        tasks, waits = _texts(item.get("tasks")), item.get("waits", True) is True
        found[code] = SubcaseRule(code, str(item["name"]), type_code, tasks, waits, _most(item))
    return found, reader.faults


@dataclass(slots=True)
class _Reader:
    place: str
    faults: list[Fault] = field(default_factory=list)

    def fault(self, code: object, sentence: str) -> None:
        self.faults.append(Fault(f"{self.place}.{code}" if code else self.place, sentence))

    def items(self, source: object) -> Sequence[tuple[str, Mapping[str, object]]]:
        if source is None:
            return []
        if not isinstance(source, Sequence) or isinstance(source, str):
            self.fault("", zh("应为列表"))
            return []
        found: dict[str, Mapping[str, object]] = {}
        for item in source:
            code = str(item.get("code", "")) if isinstance(item, Mapping) else ""
            if not code.isidentifier() or code in found or not item.get("name"):
                self.fault(code, zh("每一项都要有编码（英文标识）和名称"))
            else:
                found[code] = item
        return list(found.items())


def _most(item: Mapping[str, object]) -> int:
    most = item.get("most")
    return most if isinstance(most, int) and 0 < most <= MOST else MOST


def _texts(source: object) -> tuple[str, ...]:
    return tuple(map(str, source)) if isinstance(source, Sequence) and not isinstance(source, str) else ()
