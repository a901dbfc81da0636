"""What a person must give when ending a task with an outcome."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.cases.declare import Tone

LONGEST_NOTE: Final = 2000


@dataclass(frozen=True, slots=True)
class OutcomeRule:
    """One way to end a task. reason: needs a note. files: needs at least one. organisation: one must be chosen."""

    code: str
    name: str
    tone: Tone = "blue"
    reason: bool = False
    files: bool = False
    organisation: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What the person gave."""

    outcome: str
    note: str = ""
    files: int = 0
    organisation_id: int | None = None
    data: Mapping[str, object] = field(default_factory=dict)


class OutcomeRefused(Invalid):
    """The answer lacks something that the outcome needs, or names no outcome of the task."""

    code = "outcome_refused"
    message = zh("提交的处理结果不完整")


def check_answer(answer: Answer, rules: Sequence[OutcomeRule]) -> OutcomeRule:
    """Return the outcome that an answer names.

    Raises: OutcomeRefused naming each field that is lacking.
    """
    rule = next((rule for rule in rules if rule.code == answer.outcome), None)
    if rule is None:
        raise OutcomeRefused(fields={"outcome": zh("请选择一个处理结果")})
    faults: dict[str, str] = {}
    if rule.reason and not answer.note.strip():
        faults["note"] = zh("请写明理由")
    if len(answer.note) > LONGEST_NOTE:
        faults["note"] = zh("说明过长（至多2000字）")
    if rule.files and not answer.files:
        faults["files"] = zh("请至少上传一个附件")
    if rule.organisation and answer.organisation_id is None:
        faults["organisation"] = zh("请选择承办机构")
    if faults:
        raise OutcomeRefused(fields=faults)
    return rule
