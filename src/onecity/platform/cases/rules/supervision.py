"""Electronic supervision (电子监察): what follows when a task is late, in which order and after how long.

Measures run from the missed deadline: a yellow card, a red card, telling the organisations above. No national rule sets
them; they are settings of the case type's version, with the house default below for versions that say nothing.
Source: house rule, after municipal practice (a late step is yellow, one late by more than three work days is red).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Final

from onecity.kernel.calendar import WorkCalendar
from onecity.kernel.deadlines import TimeUnit
from onecity.kernel.errors import Conflict
from onecity.kernel.text import zh
from onecity.platform.cases.declare import MeasureKind, Supervision
from onecity.platform.cases.rules.faults import Fault
from onecity.platform.cases.rules.spans import Span, read_span

PLACE: Final = "settings.supervision"
KINDS: Final[Mapping[str, MeasureKind]] = {"yellow": "yellow", "red": "red", "escalate": "escalate"}


@dataclass(frozen=True, slots=True)
class MeasureRule:
    """One measure. after: from the missed deadline. level: how many organisations up (escalate), ≥ 1."""

    kind: MeasureKind
    after: Span
    level: int = 0


@dataclass(frozen=True, slots=True)
class SupervisionRule:
    """What follows lateness. measures: in order of time. appeal: from issue. decide: from appeal. post: who decides."""

    measures: tuple[MeasureRule, ...]
    appeal: Span
    decide: Span
    post: str


def _days(number: int) -> Span:
    return Span(Fraction(number), TimeUnit.WORK_DAY)


DEFAULT: Final = SupervisionRule(
    measures=(
        MeasureRule("yellow", _days(0)),
        MeasureRule("escalate", _days(1), 1),
        MeasureRule("red", _days(3)),
        MeasureRule("escalate", _days(5), 2),
    ),
    appeal=_days(5),
    decide=_days(5),
    post="cases.supervise",
)


class TooLateToAppeal(Conflict):
    """The term for an appeal has passed."""

    code = "too_late_to_appeal"
    message = zh("申诉期限已过")


class CardIsSettled(Conflict):
    """The card has been appealed against or decided on already."""

    code = "card_is_settled"
    message = zh("此监察牌已经申诉或已有结论")


def moment_of(measure: MeasureRule, *, due_at: datetime, calendar: WorkCalendar) -> datetime:
    """Return when a measure falls due for a task that missed `due_at`."""
    return measure.after.after(due_at, calendar=calendar)


def check_appeal(state: str, *, until: datetime, now: datetime) -> None:
    """Accept an appeal against a card.

    Raises: CardIsSettled; TooLateToAppeal.
    """
    if state != "issued":
        raise CardIsSettled
    if now > until:
        raise TooLateToAppeal


def written_supervision(declared: Supervision) -> dict[str, object]:
    """Return a declared supervision as JSON."""
    measures = [{"kind": item.kind, "after": item.after, "level": item.level} for item in declared.measures]
    return {"measures": measures, "appeal": declared.appeal, "decide": declared.decide, "post": declared.post}


def read_supervision(source: object) -> tuple[SupervisionRule, list[Fault]]:
    """Read a version's supervision; the default where it says nothing, with every fault named."""
    if source is None:
        return DEFAULT, []
    faults: list[Fault] = []
    if not isinstance(source, Mapping) or not isinstance(source.get("measures"), Sequence):
        return DEFAULT, [Fault(PLACE, zh("电子监察应有措施列表（measures）"))]
    measures = []
    for item in source["measures"]:
        measure = _measure(item)
        if measure is None:
            faults.append(Fault(PLACE, zh("措施应为 yellow、red 或 escalate，写明“数量 单位”，上报层级从1起")))
        else:
            measures.append(measure)
    if [item for item in measures if item.after.unit != measures[0].after.unit] or measures != sorted(
        measures, key=lambda item: item.after.amount
    ):
        faults.append(Fault(PLACE, zh("措施应用同一时间单位，并按时间先后排列")))
    appeal, decide = read_span(source.get("appeal", "5 work_day")), read_span(source.get("decide", "5 work_day"))
    if appeal is None or decide is None:
        faults.append(Fault(PLACE, zh("申诉期限和答复期限应写成“数量 单位”")))
    post = str(source.get("post", DEFAULT.post))
    return SupervisionRule(tuple(measures), appeal or DEFAULT.appeal, decide or DEFAULT.decide, post), faults


def _measure(item: object) -> MeasureRule | None:
    if not isinstance(item, Mapping):
        return None
    kind, after, level = KINDS.get(str(item.get("kind"))), read_span(item.get("after", "")), item.get("level", 0)
    if kind is None or after is None or not isinstance(level, int) or (kind == "escalate" and level < 1):
        return None
    return MeasureRule(kind, after, level if kind == "escalate" else 0)
