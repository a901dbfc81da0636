"""Reading columns from a department's database or from a file, with suggestions for a draft. Nothing is kept of it."""

import re
from collections.abc import Sequence
from typing import Final

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.exchange.codecs.samples import SampleTable, read_sample
from onecity.platform.exchange.connectors.contract import NotUnderstood
from onecity.platform.exchange.connectors.registry import connector
from onecity.platform.exchange.contracts.blocks import ReadRequest
from onecity.platform.exchange.contracts.catalogue import FieldText
from onecity.platform.exchange.contracts.tables import TableShape
from onecity.platform.exchange.models import Connection
from onecity.platform.exchange.permissions import COMPILE_CATALOGUE
from onecity.platform.exchange.rules.suggesting import ColumnSeen, Suggestion, suggest, suggest_key
from onecity.platform.exchange.selectors.catalogue.classes import code_list_values
from onecity.platform.exchange.selectors.catalogue.vocabulary import known_names
from onecity.platform.exchange.services.flows.connections import place_of
from onecity.platform.identity import api as identity

SAMPLE_ROWS: Final = 500
LARGEST_SAMPLE: Final = 20 * 1024 * 1024
_NOT_A_NAME: Final = re.compile(r"[^a-z0-9_]+")


class NoSuchSource(Invalid):
    """The connection or its table is not there, or not for the actor to use."""

    code = "exchange.no_such_source"
    message = zh("没有这个连接或表，或您无权使用")


def connections_for(actor: Actor) -> list[Connection]:
    """Return the connections of the bodies for which the actor compiles, by name."""
    scope = identity.row_scope(actor, COMPILE_CATALOGUE).q()
    return list(Connection.objects.filter(scope, is_active=True).order_by("name", "id"))


def tables_of(actor: Actor, *, connection_code: str) -> Sequence[TableShape]:
    """Return what can be read at a connection.

    Raises: NoSuchSource; Unreachable; NoSuchConnector.
    """
    row = _connection(actor, connection_code)
    return connector(row.kind).discover(place_of(row))


def fields_of_table(actor: Actor, *, connection_code: str, table: str) -> list[FieldText]:
    """Return suggestions for the fields of a table, from its shape and a sample of its rows.

    Raises: NoSuchSource; Unreachable; NotUnderstood; NoSuchConnector.
    """
    row = _connection(actor, connection_code)
    place = place_of(row)
    shape = next((item for item in connector(row.kind).discover(place) if item.name == table), None)
    if shape is None:
        raise NoSuchSource(fields={"table": zh("没有这个表")})
    names = tuple(column.name for column in shape.columns)
    request = ReadRequest(table=table, columns=names, key=shape.key, block_rows=SAMPLE_ROWS)
    block = next(iter(connector(row.kind).read(place, request)), None)
    return suggestions(SampleTable(shape, block.rows if block else None))


def fields_of_file(name: str, *, content: bytes) -> list[FieldText]:
    """Return suggestions for the columns of a file: CSV, Excel, JSON lines or Parquet.

    Raises: NotUnderstood.
    """
    if len(content) > LARGEST_SAMPLE:
        raise NotUnderstood(params={"reason": zh("文件超过20MB，请只上传部分行")})
    return suggestions(read_sample(name, content=content, rows=SAMPLE_ROWS))


def suggestions(table: SampleTable) -> list[FieldText]:
    """Return what each column of a sample probably is, as fields of a draft that a person still has to accept."""
    seen = [_seen(table, place) for place in range(len(table.shape.columns))]
    lists, names = code_list_values(), known_names()
    key = set(table.shape.key) or {suggest_key(seen)}
    found = [suggest(column, names=names, code_lists=lists) for column in seen]
    taken: set[str] = set()
    return [_field(item, is_key=column.name in key, taken=taken) for column, item in zip(seen, found, strict=True)]


def _seen(table: SampleTable, place: int) -> ColumnSeen:
    column = table.shape.columns[place]
    values: list[str] = []
    nullable = column.nullable
    if table.rows is not None:
        array = table.rows.column(place)
        values = [str(value) for value in array.to_pylist() if value is not None and str(value) != ""]
        nullable = nullable if table.shape.key else array.null_count > 0
    return ColumnSeen(
        name=column.name,
        type=column.type.value,
        nullable=nullable,
        comment=column.title,
        values=values,
        length=column.length,
        is_key=column.name in table.shape.key,
    )


def _field(item: Suggestion, *, is_key: bool, taken: set[str]) -> FieldText:
    return FieldText(
        name=_plain_name(item.name, taken),
        title=item.title or item.name,
        type=item.type,
        length=item.length,
        is_key=is_key,
        nullable=item.nullable and not is_key,
        code_list_code=item.code_list,
        sensitivity=item.sensitivity,
        mask=item.mask,
    )


def _plain_name(name: str, taken: set[str]) -> str:
    """Return a name that a field may have; Chinese headings become numbered columns."""
    plain = _NOT_A_NAME.sub("_", name.lower()).strip("_")[:60]
    if not plain or not plain[0].isalpha():
        plain = f"column_{len(taken) + 1}"
    number, wanted = 2, plain
    while wanted in taken:
        wanted, number = f"{plain}_{number}", number + 1
    taken.add(wanted)
    return wanted


def _connection(actor: Actor, code: str) -> Connection:
    row = next((item for item in connections_for(actor) if item.code == code), None)
    if row is None:
        raise NoSuchSource(fields={"connection": zh("没有这个连接，或您无权使用")})
    return row
