"""The settings of a case type's version: stages, limits, data, forms. JSON in, typed out, every fault named."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from onecity.kernel.deadlines import TimeUnit
from onecity.kernel.text import zh
from onecity.platform.cases.declare import CaseType, DataField, FieldKind, Limit, Stage
from onecity.platform.cases.rules.clocks import LimitRule
from onecity.platform.cases.rules.expressions import Kind
from onecity.platform.cases.rules.faults import Fault
from onecity.platform.cases.rules.forms import Form, read_form
from onecity.platform.cases.rules.joint import JointRule, SubcaseRule
from onecity.platform.cases.rules.joint_settings import read_joint, read_subcases, written_joint, written_subcase
from onecity.platform.cases.rules.request_settings import read_requests, written_request
from onecity.platform.cases.rules.requests import RequestRule
from onecity.platform.cases.rules.supervision import (
    DEFAULT,
    SupervisionRule,
    read_supervision,
    written_supervision,
)

_KINDS: Final[Mapping[str, FieldKind]] = {"text": "text", "number": "number", "flag": "flag", "choice": "choice"}
# What conditions may name of every case, beside its declared data.
CASE_NAMES: Final[Mapping[str, Kind]] = {
    "outcome": "text",
    "urgency": "number",
    "source": "text",
    "case_class": "text",
    "division": "text",
}


@dataclass(frozen=True, slots=True)
class TypeSettings:
    """What a version of a case type says beside its diagram."""

    stages: tuple[Stage, ...]
    limits: Mapping[str, LimitRule] = field(default_factory=dict)
    case_limit: str = ""
    data: tuple[DataField, ...] = ()
    forms: Mapping[str, Form] = field(default_factory=dict)
    scheme: str = ""
    view: str = ""
    create: str = ""
    icon: str = "clipboard-list"
    requests: Mapping[str, RequestRule] = field(default_factory=dict)
    supervision: SupervisionRule = DEFAULT
    joint: Mapping[str, JointRule] = field(default_factory=dict)
    subcases: Mapping[str, SubcaseRule] = field(default_factory=dict)

    @property
    def names(self) -> Mapping[str, Kind]:
        """Return what conditions may name, with kinds."""
        kinds: dict[str, Kind] = {item.code: "text" if item.kind == "choice" else item.kind for item in self.data}
        return {**CASE_NAMES, **kinds}

    def stage_name(self, code: str) -> str:
        """Return a stage's Chinese name; the code of one that this version does not know."""
        return next((stage.name for stage in self.stages if stage.code == code), code)


def settings_of(declared: CaseType) -> dict[str, object]:
    """Return a declared type's settings as JSON."""
    written: dict[str, object] = {
        "stages": [{"code": stage.code, "name": stage.name} for stage in declared.stages],
        "limits": {name: written_limit(limit) for name, limit in declared.limits.items()},
        "case_limit": declared.case_limit,
        "data": [
            {"code": item.code, "name": item.name, "kind": item.kind, "choices": [list(pair) for pair in item.choices]}
            for item in declared.data
        ],
        "forms": {name: dict(schema) for name, schema in declared.forms.items()},
        "scheme": declared.scheme,
        "view": declared.view,
        "create": declared.create,
        "icon": declared.icon,
        "requests": [written_request(item) for item in declared.requests],
    }
    if declared.supervision:
        written["supervision"] = written_supervision(declared.supervision)
    if declared.joint:
        written["joint"] = [written_joint(item) for item in declared.joint]
    if declared.subcases:
        written["subcases"] = [written_subcase(item) for item in declared.subcases]
    return written


def written_limit(limit: Limit) -> dict[str, str]:
    """Return a declared limit as JSON."""
    return {"amount": limit.amount, "unit": limit.unit.value, "warn": limit.warn}


def read_settings(source: Mapping[str, object]) -> tuple[TypeSettings, list[Fault]]:
    """Read settings; what is wrong is left out of the result and told as a fault."""
    reader = _Reader()
    limits = reader.limits(source.get("limits"))
    requests, faults = read_requests(source.get("requests"), limits=limits)
    supervision, more = read_supervision(source.get("supervision"))
    joint, joint_faults = read_joint(source.get("joint"), limits=limits)
    subcases, subcase_faults = read_subcases(source.get("subcases"))
    reader.faults += [*faults, *more, *joint_faults, *subcase_faults]
    settings = TypeSettings(
        stages=tuple(reader.stages(source.get("stages"))),
        limits=limits,
        case_limit=reader.text(source, "case_limit"),
        data=tuple(reader.data(source.get("data"))),
        forms=reader.forms(source.get("forms")),
        scheme=reader.text(source, "scheme"),
        view=reader.text(source, "view"),
        create=reader.text(source, "create"),
        icon=reader.text(source, "icon") or "clipboard-list",
        requests=requests,
        supervision=supervision,
        joint=joint,
        subcases=subcases,
    )
    reader.check_whole(settings)
    return settings, reader.faults


def read_limit(source: object) -> LimitRule | None:
    """Read one limit; None if it is not one."""
    if not isinstance(source, Mapping):
        return None
    try:
        amount, warn = Fraction(str(source.get("amount", ""))), Fraction(str(source.get("warn", "0.8")))
        unit = TimeUnit(str(source.get("unit", "")))
    except (ValueError, ZeroDivisionError):
        return None
    return LimitRule(amount, unit, warn) if amount > 0 and 0 <= warn <= 1 else None


class _Reader:
    """Reads and gathers faults."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def fault(self, place: str, sentence: str, **params: object) -> None:
        self.faults.append(Fault(f"settings.{place}", sentence, params))

    def text(self, source: Mapping[str, object], name: str) -> str:
        value = source.get(name, "")
        if isinstance(value, str):
            return value
        self.fault(name, zh("应为文字"))
        return ""

    def items(self, source: object, place: str) -> Iterator[Mapping[str, object]]:
        if not isinstance(source, Sequence) or isinstance(source, str):
            self.fault(place, zh("应为列表"))
            return
        seen: set[str] = set()
        for item in source:
            code = item.get("code") if isinstance(item, Mapping) else None
            if not isinstance(code, str) or not code.isidentifier() or not isinstance(item.get("name"), str):
                self.fault(place, zh("每一项都要有编码（英文标识）和名称"))
            elif code in seen:
                self.fault(place, zh("编码“{code}”重复"), code=code)
            else:
                seen.add(code)
                yield item

    def stages(self, source: object) -> Iterator[Stage]:
        for item in self.items(source, "stages"):
            yield Stage(str(item["code"]), str(item["name"]))

    def data(self, source: object) -> Iterator[DataField]:
        for item in self.items(source or [], "data"):
            kind = _KINDS.get(str(item.get("kind", "text")))
            if kind is None:
                self.fault("data", zh("“{code}”的类型应为 text、number、flag 或 choice"), code=item["code"])
                continue
            if item["code"] in CASE_NAMES:
                self.fault("data", zh("“{code}”是系统保留的名称"), code=item["code"])
                continue
            yield DataField(str(item["code"]), str(item["name"]), kind, tuple(_pairs(item.get("choices"))))

    def limits(self, source: object) -> dict[str, LimitRule]:
        found: dict[str, LimitRule] = {}
        for name, item in source.items() if isinstance(source, Mapping) else ():
            limit = read_limit(item)
            if limit is None:
                self.fault(
                    "limits", zh("时限“{name}”不完整：需要大于零的数量、时间单位和0到1之间的预警比例"), name=name
                )
            else:
                found[str(name)] = limit
        return found

    def forms(self, source: object) -> dict[str, Form]:
        found: dict[str, Form] = {}
        for name, schema in source.items() if isinstance(source, Mapping) else ():
            form, faults = read_form(str(name), schema)
            self.faults.extend(faults)
            if form:
                found[str(name)] = form
        return found

    def check_whole(self, settings: TypeSettings) -> None:
        if not settings.stages:
            self.fault("stages", zh("至少要有一个阶段"))
        if settings.case_limit and settings.case_limit not in settings.limits:
            self.fault("case_limit", zh("没有名为“{name}”的时限"), name=settings.case_limit)


def _pairs(source: object) -> Iterator[tuple[str, str]]:
    if isinstance(source, Sequence) and not isinstance(source, str):
        for pair in source:
            if isinstance(pair, Sequence) and not isinstance(pair, str) and len(pair) == 2:
                yield str(pair[0]), str(pair[1])
