"""The requests of a case type's version: JSON in, typed out, every fault named."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from onecity.kernel.text import zh
from onecity.platform.cases.declare import RequestKind
from onecity.platform.cases.declare import RequestRule as DeclaredRequest
from onecity.platform.cases.rules.clocks import LimitRule
from onecity.platform.cases.rules.faults import Fault
from onecity.platform.cases.rules.requests import OF_TASKS, RequestRule
from onecity.platform.cases.rules.spans import Span, read_span

PLACE: Final = "settings.requests"
KINDS: Final[Mapping[str, RequestKind]] = {
    "postpone": "postpone",
    "suspend": "suspend",
    "return": "return",
    "force_close": "force_close",
    "reopen": "reopen",
}


def written_request(declared: DeclaredRequest) -> dict[str, object]:
    """Return a declared request as JSON."""
    return {
        "code": declared.code,
        "name": declared.name,
        "kind": declared.kind,
        "asker": declared.asker,
        "approver": declared.approver,
        "limit": declared.limit,
        "most": declared.most,
        "longest": declared.longest,
        "within": declared.within,
        "tasks": list(declared.tasks),
        "outcome": declared.outcome,
        "target": declared.target,
        "extends_case": declared.extends_case,
        "reasons": [list(pair) for pair in declared.reasons],
    }


def read_requests(source: object, *, limits: Mapping[str, LimitRule]) -> tuple[dict[str, RequestRule], list[Fault]]:
    """Read the requests of a version; what is wrong is left out and told as a fault."""
    if source is None:
        return {}, []
    if not isinstance(source, Sequence) or isinstance(source, str):
        return {}, [Fault(PLACE, zh("应为列表"))]
    reader = _Reader(limits)
    for item in source:
        rule = reader.rule(item)
        if rule:
            reader.found[rule.code] = rule
    return reader.found, reader.faults


@dataclass(slots=True)
class _Reader:
    limits: Mapping[str, LimitRule]
    found: dict[str, RequestRule] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def fault(self, code: object, sentence: str, **params: object) -> None:
        self.faults.append(Fault(f"{PLACE}.{code}", sentence, params))

    def rule(self, item: object) -> RequestRule | None:
        if not isinstance(item, Mapping):
            self.fault("", zh("每一项申请都要有编码（英文标识）、名称和种类"))
            return None
        code, kind = str(item.get("code", "")), KINDS.get(str(item.get("kind", "")))
        if not code.isidentifier() or code in self.found or not item.get("name") or kind is None:
            self.fault(code, zh("每一项申请都要有编码（英文标识）、名称和种类"))
            return None
        most = item.get("most", 0)
        rule = RequestRule(
            code=code,
            name=str(item["name"]),
            kind=kind,
            asker=str(item.get("asker", "")),
            approver=str(item.get("approver", "")),
            limit=self.limit(code, str(item.get("limit", ""))),
            most=most if isinstance(most, int) and most > 0 else 0,
            longest=self.span(code, item.get("longest")),
            within=self.span(code, item.get("within")),
            tasks=_texts(item.get("tasks")),
            outcome=str(item.get("outcome", "")),
            target=str(item.get("target", "")),
            extends_case=item.get("extends_case", True) is True,
            reasons=tuple(_pairs(item.get("reasons"))),
        )
        self.check(rule)
        return rule

    def limit(self, code: str, text: str) -> LimitRule | None:
        if not text or text in self.limits:
            return self.limits.get(text)
        self.fault(code, zh("没有名为“{name}”的时限"), name=text)
        return None

    def span(self, code: str, text: object) -> Span | None:
        span = read_span(text) if text else None
        if text and span is None:
            self.fault(code, zh("“{text}”不是“数量 单位”"), text=text)
        return span

    def check(self, rule: RequestRule) -> None:
        if rule.kind == "postpone" and rule.longest is None:
            self.fault(rule.code, zh("延期要写明总共可以延长多久（longest）"))
        if rule.kind == "suspend" and (rule.longest is None or not rule.reasons):
            self.fault(rule.code, zh("挂账要写明最长时间（longest）和原因（reasons）"))
        if rule.kind == "reopen" and not (rule.asker and rule.target):
            self.fault(rule.code, zh("重新办理要写明谁可以申请（asker）和从哪个任务开始（target）"))
        if rule.kind == "return" and not rule.outcome:
            self.fault(rule.code, zh("退回要写明任务的处理结果（outcome）"))
        if rule.kind != "return" and not rule.approver:
            self.fault(rule.code, zh("此类申请要写明由谁审批（approver）"))
        if rule.approver and rule.limit is None:
            self.fault(rule.code, zh("审批要有时限（limit）"))
        if rule.tasks and rule.kind not in OF_TASKS:
            self.fault(rule.code, zh("只有延期和退回可以限定任务（tasks）"))


def _texts(source: object) -> tuple[str, ...]:
    return tuple(map(str, source)) if isinstance(source, Sequence) and not isinstance(source, str) else ()


def _pairs(source: object) -> list[tuple[str, str]]:
    if not isinstance(source, Sequence) or isinstance(source, str):
        return []
    pairs = [pair for pair in source if isinstance(pair, Sequence) and not isinstance(pair, str) and len(pair) == 2]
    return [(str(code), str(name)) for code, name in pairs]
