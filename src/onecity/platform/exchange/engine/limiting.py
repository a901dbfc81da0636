"""What a grant allows, held whatever the plan asks for: columns, rows, masks."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from onecity.platform.exchange.connectors.contract import WriteRequest
from onecity.platform.exchange.contracts.blocks import OPERATION_COLUMN, Comparison, ReadRequest
from onecity.platform.exchange.contracts.plans import ColumnMap, Limits, Plan
from onecity.platform.exchange.engine.errors import BeyondGrant
from onecity.platform.exchange.rules.conditions import matching
from onecity.platform.exchange.rules.expressions import parse_expression
from onecity.platform.exchange.rules.masks import masked


def source_columns(plan: Plan) -> tuple[str, ...]:
    """Return the columns that a plan reads for its target, in the order of its maps; each once.

    Raises: BeyondGrant if one lies outside the grant; BadExpression.
    """
    if not plan.columns:
        found = [column.name for column in plan.target_shape.columns]
    else:
        found = [name for item in plan.columns for name in _sources(item)]
    for name in [*found, *(item.column for item in plan.conditions)]:
        if plan.limits.columns is not None and name not in plan.limits.columns:
            raise BeyondGrant(params={"column": name})
    return tuple(dict.fromkeys(found))


def read_request(plan: Plan, *, reader: str) -> ReadRequest:
    """Return what a plan reads, the grant's rows only. Raises: BeyondGrant; BadExpression."""
    return ReadRequest(
        table=plan.source_table,
        columns=source_columns(plan),
        reading=plan.reading,
        cursor=plan.cursor,
        conditions=(*plan.limits.conditions, *plan.conditions),
        key=_source_key(plan),
        block_rows=plan.block_rows,
        reader=reader,
    )


def with_limit_columns(request: ReadRequest, limits: Limits) -> ReadRequest:
    """Return a request that also reads the columns of the grant's conditions, so that they can be held here."""
    wanted = [*request.columns, *(item.column for item in limits.conditions)]
    return replace(request, columns=tuple(dict.fromkeys(wanted)))


def write_request(plan: Plan, *, run: str, last_wins: bool) -> WriteRequest:
    """Return what a plan writes: the columns that its maps fill, in the target's order."""
    filled = {item.target for item in plan.columns} or {column.name for column in plan.target_shape.columns}
    columns = tuple(column for column in plan.target_shape.columns if column.name in filled)
    return WriteRequest(run, replace(plan.target_shape, columns=columns), plan.loading, last_wins=last_wins)


def limited(batch: pa.RecordBatch, limits: Limits, conditions: tuple[Comparison, ...]) -> pa.RecordBatch:
    """Return the rows of a batch that meet the conditions, with the grant's masks laid over them."""
    if conditions:
        met = matching(batch, conditions)
        if OPERATION_COLUMN in batch.schema.names:  # of a deleted row only the key is known; it may always go
            met |= np.asarray(pc.equal(batch.column(OPERATION_COLUMN), "D"))
        batch = batch if met.all() else batch.filter(pa.array(met))
    return _masked(batch, limits.masks) if limits.masks else batch


def _masked(batch: pa.RecordBatch, masks: Mapping[str, str]) -> pa.RecordBatch:
    for number, name in enumerate(batch.schema.names):
        if name in masks:
            batch = batch.set_column(number, name, _column_masked(batch.column(number), masks[name]))
    return batch


def _column_masked(column: pa.Array, mask: str) -> pa.Array:
    text = column.cast(pa.string()).dictionary_encode()
    shown = pa.array([masked(value, mask=mask) for value in text.dictionary.to_pylist()], pa.string())
    return shown.take(text.indices)


class _Everything(Collection[str]):
    """Holds every name: whether a column is there is the source's to say."""

    def __contains__(self, name: object) -> bool:
        return True

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def _sources(item: ColumnMap) -> tuple[str, ...]:
    if item.expression:
        return parse_expression(item.expression, columns=_Everything()).columns
    return (item.source,)


def _source_key(plan: Plan) -> tuple[str, ...]:
    """Return the source columns that become the target's key."""
    if not plan.columns:
        return plan.target_shape.key
    sources = {item.target: item.source for item in plan.columns}
    return tuple(sources[name] for name in plan.target_shape.key if sources.get(name))
