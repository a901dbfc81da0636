"""Looks at a few rows of a source through a flow that is being written: what each would become, or why not."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotFound
from onecity.platform.exchange.connectors.registry import connector
from onecity.platform.exchange.contracts.blocks import ReadRequest
from onecity.platform.exchange.contracts.flows import FlowText
from onecity.platform.exchange.contracts.nodes import NODE_KIND
from onecity.platform.exchange.contracts.tables import TableShape
from onecity.platform.exchange.models import Connection
from onecity.platform.exchange.permissions import MANAGE_FLOWS
from onecity.platform.exchange.rules.checking import Checker, Reasons
from onecity.platform.exchange.rules.expressions import parse_expression
from onecity.platform.exchange.rules.mapping import apply_maps, schema_of
from onecity.platform.exchange.rules.masks import masked
from onecity.platform.exchange.rules.suggesting_checks import Suggestion, suggest
from onecity.platform.exchange.selectors.catalogue.vocabulary import known_names
from onecity.platform.exchange.services.flows.connections import place_of
from onecity.platform.exchange.services.flows.reach import connection_by_code, connection_of
from onecity.platform.exchange.services.flows.validating import sensitive_columns
from onecity.platform.identity import api as identity

PREVIEWED: Final = 20
SAMPLED: Final = 200
HIDDEN: Final = "hidden"


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One row: the target's values as text, sensitive ones masked, and why it would be refused."""

    values: tuple[str, ...]
    reasons: Reasons


@dataclass(frozen=True, slots=True)
class Preview:
    """The first rows of a source through a flow."""

    columns: tuple[str, ...]
    rows: tuple[PreviewRow, ...]


def table_at(actor: Actor, *, connection_id: int, name: str) -> TableShape:
    """Return one table of a connection. Raises: NotFound; Unreachable."""
    found = connection_of(actor, MANAGE_FLOWS, connection_id=connection_id)
    for shape in connector(found.kind).discover(place_of(found)):
        if shape.name == name:
            return shape
    raise NotFound


def suggestions_for(actor: Actor, *, connection_id: int, table: TableShape) -> Mapping[str, Suggestion]:
    """Return suggestions for a table's columns from its first rows; of a node's table only the names are known here.

    Raises: NotFound; Unreachable; NotUnderstood.
    """
    found = connection_of(actor, MANAGE_FLOWS, connection_id=connection_id)
    if found.kind == NODE_KIND:
        schema = schema_of([(column.name, column.type) for column in table.columns])
        return suggest(table, pa.RecordBatch.from_pylist([], schema=schema), names=known_names())
    wanted = tuple(item.name for item in table.columns)
    return suggest(table, _sample(actor, found, table.name, wanted, SAMPLED), names=known_names())


def preview(actor: Actor, *, text: FlowText) -> Preview:
    """Return the first rows as the flow would make them.

    Raises: NotFound; Unreachable; NotUnderstood; what mapping and checks raise for a text that is not sound.
    """
    found = connection_by_code(actor, MANAGE_FLOWS, code=text.source)
    wanted = tuple(item.name for item in text.source_columns)
    sample = _sample(actor, found, text.source_table, wanted, PREVIEWED)
    mapped = apply_maps(sample, text.columns)
    checks = [item for item in text.checks if item.kind != "reference"]
    verdict = Checker(checks, shape=text.target_shape).check(mapped.batch, faults=mapped.faults)
    masks = _masks(text)
    columns = tuple(mapped.batch.schema.names)
    rows = [
        PreviewRow(tuple(_shown(row[name], masks.get(name, "")) for name in columns), verdict.reasons.get(place, ()))
        for place, row in enumerate(mapped.batch.to_pylist())
    ]
    return Preview(columns, tuple(rows))


def _masks(text: FlowText) -> dict[str, str]:
    """Return target column → mask; what is computed from a sensitive column is hidden whole."""
    sensitive, names = sensitive_columns(text), [item.name for item in text.source_columns]
    found = {}
    for item in text.columns:
        if item.expression:
            used = parse_expression(item.expression, columns=names).columns
            found[item.target] = HIDDEN if set(used) & set(sensitive) else ""
        else:
            found[item.target] = sensitive.get(item.source, "")
    return found


def _sample(actor: Actor, found: Connection, table: str, columns: tuple[str, ...], rows: int) -> pa.RecordBatch:
    """Return the first rows; the look is on record."""
    request = ReadRequest(table=table, columns=columns, block_rows=rows)
    blocks = connector(found.kind).read(place_of(found), request)
    batch = next((block.rows.slice(0, rows) for block in blocks), None)
    identity.record(
        actor, action="exchange.sample", target=f"exchange.connection:{found.id}", details={"table": table[:200]}
    )
    empty = pa.RecordBatch.from_pydict({name: pa.array([], pa.string()) for name in columns})
    return empty if batch is None else batch


def _shown(value: object, mask: str) -> str:
    if value is None:
        return ""
    return masked(str(value), mask=mask) if mask else str(value)[:80]
