"""Puts refused rows through the flow's mapping and checks again, before they are mended or replayed."""

from collections.abc import Mapping, Sequence

import pyarrow as pa

from onecity.platform.exchange.contracts.flows import FlowText
from onecity.platform.exchange.contracts.plans import Limits
from onecity.platform.exchange.models import FlowVersion
from onecity.platform.exchange.rules.casting import cast_column
from onecity.platform.exchange.rules.checking import Checker, Reasons
from onecity.platform.exchange.rules.conditions import matching
from onecity.platform.exchange.rules.mapping import TYPE_NAMES, apply_maps
from onecity.platform.exchange.services.flows.plans import text_of
from onecity.platform.exchange.services.flows.quarantine.keeping import Values
from onecity.platform.exchange.services.flows.references import reference

BEYOND: Reasons = (("limits", "超出授权的数据范围"),)


def source_table(text: FlowText, rows: Sequence[Values]) -> tuple[pa.Table, Mapping[int, Reasons]]:
    """Return rows as the source's own types, and the reasons of those whose values are not of these types."""
    arrays, reasons = [], dict[int, Reasons]()
    for column in text.source_columns:
        plain = pa.array([None if row.get(column.name) is None else str(row[column.name]) for row in rows], pa.string())
        cast = cast_column(plain, to=column.type, precision=column.precision, scale=column.scale)
        arrays.append(cast.values)
        sentence = f"字段“{column.name}”的值不是{TYPE_NAMES[column.type]}"
        for place in cast.failed:
            reasons[place] = (*reasons.get(place, ()), (f"cast.{column.name}", sentence))
    return pa.Table.from_arrays(arrays, names=[column.name for column in text.source_columns]), reasons


def judge(version: FlowVersion, rows: Sequence[Values], *, limits: Limits) -> Mapping[int, Reasons]:
    """Return the reasons of every row (by its place) that would be refused again; nothing for those that pass."""
    text = text_of(version)
    table, reasons = source_table(text, rows)
    if not rows:
        return reasons
    batch = table.combine_chunks().to_batches()[0]
    found = dict(reasons)
    inside = matching(batch, limits.conditions)
    found.update({place: BEYOND for place in range(len(rows)) if not inside[place]})
    mapped = apply_maps(batch, text.columns)
    checker = Checker(text.checks, shape=text.target_shape, reference=lambda name: reference(version, name))
    verdict = checker.check(mapped.batch, faults=mapped.faults)
    return {**verdict.reasons, **found}
