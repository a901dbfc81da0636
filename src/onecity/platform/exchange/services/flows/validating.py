"""Says what is wrong with a flow's text before it is kept: every part is tried on an empty batch of the source."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

import pyarrow as pa

from onecity.kernel.errors import Invalid, OneCityError
from onecity.kernel.text import zh
from onecity.platform.exchange.connectors.contract import Connector
from onecity.platform.exchange.contracts.blocks import Comparison, Loading, Reading
from onecity.platform.exchange.contracts.flows import FlowText
from onecity.platform.exchange.contracts.plans import CheckKind
from onecity.platform.exchange.rules.checking import look_through
from onecity.platform.exchange.rules.mapping import mapped_schema, schema_of
from onecity.platform.exchange.rules.masks import MASKS
from onecity.platform.exchange.rules.personal import PERSONAL
from onecity.platform.exchange.rules.schedules import check_cron

OPERATORS: Final = frozenset({"=", "<>", "<", "<=", ">", ">=", "in", "prefix", "is_null", "not_null"})
_KEYED: Final = frozenset({Loading.MERGE, Loading.MERGE_DELETE})


def check_text(text: FlowText, *, source: Connector, target: Connector, now: datetime) -> None:
    """Say whether a flow can run as its text says.

    Raises: Invalid naming every field at fault.
    """
    fields = dict(_faults(text, source, target, now))
    if "columns" not in fields:
        fields.update(_mapping_faults(text))
    if fields:
        raise Invalid(fields=fields)


def source_schema(text: FlowText) -> pa.Schema:
    """Return the source's columns as Arrow sees them."""
    return schema_of([(column.name, column.type) for column in text.source_columns])


def sensitive_columns(text: FlowText) -> dict[str, str]:
    """Return source column → mask: what the author named, and what is checked as a person's identifier."""
    by_target = {item.target: item.source for item in text.columns if item.source}
    found = {}
    for check in text.checks:
        if check.kind is CheckKind.IDENTIFIER and check.values and check.values[0] in PERSONAL:
            name = by_target.get(check.columns[0]) if check.columns else None
            if name:
                found[name] = PERSONAL[check.values[0]].mask
    return {**found, **text.sensitive}


def _faults(text: FlowText, source: Connector, target: Connector, now: datetime) -> Iterator[tuple[str, str]]:
    names = [column.name for column in text.source_columns]
    wanted = {column.name for column in text.target_shape.columns}
    targets = [item.target for item in text.columns]
    checks = (
        ("source_table", bool(text.source_table) and bool(names), zh("请选择来源表")),
        ("target_table", bool(text.target_shape.name), zh("请填写目标表")),
        ("reading", text.reading in source.readings, zh("来源不支持这种读取方式")),
        ("loading", text.loading in target.loadings, zh("目标不支持这种写入方式")),
        ("loading", _fits_together(text.reading, text.loading), zh("合并并删除只能配全量读取，变更捕获只能配合并")),
        ("key", text.loading not in _KEYED or bool(text.target_shape.key), zh("按主键合并须指定目标主键")),
        ("key", set(text.target_shape.key) <= wanted, zh("主键不在目标字段中")),
        ("cursor", text.reading is not Reading.BY_CURSOR or text.cursor in names, zh("增量读取须指定来源中的增量字段")),
        ("columns", bool(targets) and set(targets) == wanted, zh("字段映射与目标表的字段不一致")),
        ("columns", len(set(targets)) == len(targets), zh("目标字段重复")),
        ("sensitive", set(text.sensitive) <= set(names), zh("敏感字段不在来源中")),
        ("sensitive", set(text.sensitive.values()) <= set(MASKS), zh("没有这种脱敏方式")),
        ("conditions", all(_is_condition(item, names) for item in text.conditions), zh("取数条件不正确")),
        ("threshold_share", text.threshold.share is None or 0 <= text.threshold.share <= 1, zh("比例应在0至1之间")),
        ("threshold_rows", text.threshold.rows is None or text.threshold.rows >= 0, zh("行数不能为负")),
        ("block_rows", 100 <= text.block_rows <= 500_000, zh("每块行数应在100至500000之间")),
        ("parts", 1 <= text.parts <= 16, zh("并行数应在1至16之间")),
        ("rows_per_second", text.rows_per_second >= 0, zh("每秒行数上限不能为负")),
        ("after", not (text.schedule.after and text.schedule.cron), zh("定时与上游流程只能选一种")),
        ("late_after_s", text.schedule.late_after_s > 0, zh("逾期时限应大于零")),
    )  # fmt: skip
    yield from ((name, sentence) for name, holds, sentence in checks if not holds)
    if text.schedule.cron:
        try:
            check_cron(text.schedule.cron, now=now)
        except Invalid as fault:
            yield "cron", fault.sentence()


def _fits_together(reading: Reading, loading: Loading) -> bool:
    if loading is Loading.MERGE_DELETE:
        return reading is Reading.FULL
    return reading is not Reading.CHANGES or loading is Loading.MERGE


def _is_condition(item: Comparison, names: Sequence[str]) -> bool:
    if item.column not in names or item.operator not in OPERATORS:
        return False
    return bool(item.values) or item.operator in {"is_null", "not_null"}


def _mapping_faults(text: FlowText) -> Iterator[tuple[str, str]]:
    try:
        schema = mapped_schema(source_schema(text), text.columns)
    except OneCityError as fault:
        yield "columns", fault.sentence()
        return
    try:
        look_through(text.checks, schema=schema)
    except OneCityError as fault:
        yield "checks", fault.sentence()
