"""Checks on whole batches: which rows are kept out, with every reason, and how many failed each check."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.exchange.contracts.plans import Check, CheckKind
from onecity.platform.exchange.contracts.tables import TableShape
from onecity.platform.exchange.rules.expressions import parse_expression
from onecity.platform.exchange.rules.identifying import KINDS, Bits, unfit
from onecity.platform.exchange.rules.implied import implied_checks
from onecity.platform.exchange.rules.judging import JUDGES, Found
from onecity.platform.exchange.rules.mapping import Fault
from onecity.platform.exchange.rules.membership import Membership
from onecity.platform.exchange.rules.wording import sentence_of, titles_of

Reasons = tuple[tuple[str, str], ...]
DIMENSIONS: Final = ("conformity", "completeness", "accuracy", "consistency", "timeliness", "accessibility")
"""GB/T 36344-2018: 规范性、完整性、准确性、一致性、时效性、可访问性."""


class BadCheck(Invalid):
    """A check is not one that can be carried out."""

    code = "exchange.bad_check"
    message = zh("校验规则“{check}”有误：{reason}")

    def __init__(self, check: Check, reason: str) -> None:
        super().__init__(params={"check": check.title or check.code, "reason": reason}, fields={"checks": reason})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What checks found in a batch.

    bad: rows that are kept out. reasons: row → (check's code, Chinese sentence), every reason of each bad row, also of
    checks that only count. failed: check's code → rows, also of those that only count.
    """

    bad: Bits
    reasons: Mapping[int, Reasons]
    failed: Mapping[str, int]


class Checker:
    """The checks of one run. Holds reference sets; a batch at a time, in any order, from one thread.

    Beside the plan's checks it holds those that the target's table demands (see `implied`). UNIQUE is held within a
    batch; over a whole run it is the stage's to hold (`unique` names those checks).
    """

    def __init__(
        self, checks: Sequence[Check], *, shape: TableShape, reference: Callable[[str], pa.Array] | None = None
    ) -> None:
        self.checks = (*checks, *implied_checks(shape))
        self.unique = tuple(item for item in checks if item.kind is CheckKind.UNIQUE)
        self._reference = reference
        self._titles = titles_of(shape)
        self._sets: dict[str, Membership] = {}

    def check(self, batch: pa.RecordBatch, *, faults: Sequence[Fault] = ()) -> Verdict:
        """Check a mapped batch; `faults` are those of its mapping, and keep their rows out.

        Raises: BadCheck for a column that is not there; whatever `reference` raises.
        """
        bad = np.zeros(batch.num_rows, dtype=np.bool_)
        failed: dict[str, int] = {}
        found: list[tuple[Check, Found]] = []
        for row, code, _ in faults:
            bad[row] = True
            failed[code] = failed.get(code, 0) + 1
        for item in self.checks:
            result = self._found(batch, item)
            rows = int(np.count_nonzero(result.bad))
            if rows:
                failed[item.code] = rows
                found.append((item, result))
                if item.blocking:
                    bad |= result.bad
        return Verdict(bad, self._reasons(bad, faults, found), failed)

    def _found(self, batch: pa.RecordBatch, item: Check) -> Found:
        missing = [name for name in item.columns if name not in batch.schema.names]
        if missing:
            raise BadCheck(item, f"没有字段“{missing[0]}”")
        if item.kind is CheckKind.REFERENCE:
            return Found(self._set(item.values[0]).missing(batch.column(item.columns[0])))
        if item.kind is CheckKind.IDENTIFIER:
            return Found(*unfit(_texts(batch.column(item.columns[0])), kind=item.values[0]))
        return JUDGES[item.kind](batch, item)

    def _set(self, name: str) -> Membership:
        if name not in self._sets:
            if self._reference is None:
                raise Invalid(zh("没有可用的参照数据"))
            self._sets[name] = Membership(self._reference(name))
        return self._sets[name]

    def _reasons(self, bad: Bits, faults: Sequence[Fault], found: Sequence[tuple[Check, Found]]) -> dict[int, Reasons]:
        every: dict[int, list[tuple[str, str]]] = {row: [] for row in np.flatnonzero(bad).tolist()}
        for row, code, text in faults:
            every[row].append((code, text))
        for item, result in found:
            usual = sentence_of(item, self._titles)
            for row in np.flatnonzero(result.bad & bad).tolist():
                own = result.sentences.get(row, "")
                every[row].append((item.code, f"{usual}（{own}）" if own else usual))
        return {row: tuple(reasons) for row, reasons in every.items()}


def look_through(checks: Sequence[Check], *, schema: pa.Schema) -> None:
    """Say whether checks can be carried out on rows of this schema, before a flow is saved.

    Raises: BadCheck naming the first that cannot; BadExpression.
    """
    codes = [item.code for item in checks]
    for item in checks:
        if codes.count(item.code) > 1:
            raise BadCheck(item, "编码重复")
        if item.dimension not in DIMENSIONS:
            raise BadCheck(item, "没有这个质量维度")
        _look_at(item, schema)
    blank = pa.RecordBatch.from_pylist([{}], schema=schema)  # one row of nulls: on none, Arrow reads no pattern
    kept = [item for item in checks if item.kind is not CheckKind.REFERENCE]
    Checker(kept, shape=TableShape("", ())).check(blank)


def _look_at(item: Check, schema: pa.Schema) -> None:
    wanted = _VALUES[item.kind]
    if wanted is not None and len(item.values) != wanted:
        raise BadCheck(item, "参数个数不对")
    if item.kind is CheckKind.EXPRESSION:
        parse_expression(item.values[0], columns=schema.names)
    elif not item.columns:
        raise BadCheck(item, "没有指定字段")
    if item.kind is CheckKind.IDENTIFIER and item.values[0] not in KINDS:
        raise BadCheck(item, "没有这种证照编号")


_VALUES: Final[Mapping[CheckKind, int | None]] = {
    CheckKind.NOT_NULL: 0, CheckKind.UNIQUE: 0, CheckKind.CODE_LIST: None, CheckKind.RANGE: 2, CheckKind.LENGTH: 2,
    CheckKind.PATTERN: 1, CheckKind.IDENTIFIER: 1, CheckKind.REFERENCE: 1, CheckKind.EXPRESSION: 1,
}  # fmt: skip


def _texts(column: pa.Array) -> pa.Array:
    return column if pa.types.is_string(column.type) else column.cast(pa.string())
