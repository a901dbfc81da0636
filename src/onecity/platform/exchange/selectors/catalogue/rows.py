"""Rows of datasets that modules of the city keep: pages for the query interface, batches for files."""

import json
from collections.abc import Iterator, Sequence
from typing import Final

import pyarrow as pa
from django.db import connection, transaction
from psycopg import sql

from onecity.kernel.errors import Conflict
from onecity.kernel.text import zh
from onecity.platform.exchange.codecs.open_formats import schema_of
from onecity.platform.exchange.contracts.catalogue import FieldText
from onecity.platform.exchange.declare import Dataset as Declared
from onecity.platform.exchange.registries import declared_datasets
from onecity.platform.exchange.selectors.catalogue.versions import NoSuchDataset

BATCH_ROWS: Final = 5_000
_GEOMETRY: Final = {
    "wkt": sql.SQL("ST_AsText(d.geom, 7)"),
    "geojson": sql.SQL("ST_AsGeoJSON(d.geom, 7)"),
    "wkb": sql.SQL("ST_AsBinary(d.geom)"),
}


class NotQueryable(Conflict):
    """The dataset is there to be downloaded whole."""

    code = "exchange.not_queryable"
    message = zh("这项数据不提供在线查询，请下载文件")


def declared_dataset(code: str) -> Declared:
    """Return what a module declares of a dataset. Raises: NoSuchDataset."""
    found = declared_datasets().get(code)
    if found is None:
        raise NoSuchDataset
    return found


def declared_sql(code: str) -> str:
    """Return the SQL that gives the rows of a declared dataset, each field as a column of its own name.

    Raises: NoSuchDataset; NotQueryable if it gives batches instead.
    """
    declared = declared_dataset(code)
    if not declared.rows:
        raise NotQueryable
    return declared.rows


def source(code: str) -> sql.Composed:
    """Return the rows of a declared dataset as a table expression `d`. Raises: as `declared_sql`."""
    return sql.SQL("({}) AS d").format(sql.SQL(declared_sql(code).replace("%", "%%")))


def batches(code: str, *, fields: Sequence[FieldText], geometry: str = "") -> Iterator[pa.RecordBatch]:
    """Yield all rows of a declared dataset in the order of its key, in batches of the fields' schema.

    geometry: how places are given (wkt, geojson, wkb), empty for none. It reads with a cursor of the server's, so it
    holds a transaction open until it is exhausted: write to a file, not to a slow client.
    Raises: NoSuchDataset.
    """
    declared = declared_dataset(code)
    if declared.batches is not None:
        names = [field.name for field in fields]
        for batch in declared.batches():
            yield batch.select(names).cast(schema_of(fields))
        return
    columns = [sql.SQL("d.{}").format(sql.Identifier(field.name)) for field in fields]
    if geometry:
        columns.append(_GEOMETRY[geometry] + sql.SQL(""))
    keys = sql.SQL(", ").join(sql.SQL("d.{}").format(sql.Identifier(name)) for name in declared.key)
    query = sql.SQL("SELECT {} FROM {} ORDER BY {}").format(sql.SQL(", ").join(columns), source(code), keys)
    yield from _read(query, schema_of(fields, geometry=geometry), fields)


def _read(query: sql.Composed, schema: pa.Schema, fields: Sequence[FieldText]) -> Iterator[pa.RecordBatch]:
    texts = {place for place, field in enumerate(fields) if field.type in {"json", "uuid"}}
    with transaction.atomic():
        connection.ensure_connection()
        with connection.connection.cursor(name="exchange_open_rows") as cursor:
            cursor.execute(query.as_string(None).replace("%%", "%"))
            while rows := cursor.fetchmany(BATCH_ROWS):
                yield batch_of(rows, schema=schema, texts=frozenset(texts))


def batch_of(
    rows: Sequence[tuple[object, ...]], *, schema: pa.Schema, texts: frozenset[int] = frozenset()
) -> pa.RecordBatch:
    """Return rows as a batch. texts: places of columns whose values are written as text first (JSON, UUID)."""
    columns = list(zip(*rows, strict=True))
    arrays = []
    for place, (item, values) in enumerate(zip(schema, columns, strict=True)):
        wanted = [None if value is None else _text(value) for value in values] if place in texts else values
        arrays.append(pa.array(wanted, item.type))
    return pa.RecordBatch.from_arrays(arrays, schema=schema)


def _text(value: object) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, dict | list | bool | int | float):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def field_texts(declared: Declared) -> tuple[FieldText, ...]:
    """Return the fields of a declared dataset as a draft has them."""
    return tuple(
        FieldText(
            name=item.name,
            title=item.title,
            type=item.type,
            length=item.length,
            unit=item.unit,
            is_key=item.name in declared.key,
            nullable=item.nullable and item.name not in declared.key,
            code_list_code=item.code_list,
            sensitivity=item.sensitivity,
            mask=item.mask,
            sharing_type=item.sharing or "",
            is_open=item.open and declared.opening != "none",
            description=item.description,
        )
        for item in declared.fields
    )
