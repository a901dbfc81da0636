"""Makes the stage the target's, in one transaction: by a change of names, or by one merging statement."""

from collections.abc import Sequence

from psycopg import sql

from onecity.platform.exchange.connectors.contract import WriteRequest
from onecity.platform.exchange.connectors.postgresql.links import LOCK_S
from onecity.platform.exchange.connectors.postgresql.shapes import OPAQUE_TYPES, Link, PgColumn, look_up
from onecity.platform.exchange.connectors.postgresql.stage import Stage, created, target_name
from onecity.platform.exchange.connectors.postgresql.summing import Summed, add_row, select_list
from onecity.platform.exchange.connectors.postgresql.swapping import hangs, swap
from onecity.platform.exchange.contracts.blocks import OPERATION_COLUMN, Loading
from onecity.platform.exchange.contracts.outcomes import Counts
from onecity.platform.exchange.rules.sums import Sums

_NO_EQUALITY = frozenset({"json", "xml", "point", "polygon"})


def apply_stage(
    link: Link, stage: Stage, request: WriteRequest, *, schema: str, summed: Sequence[Summed], sums: Sums
) -> Counts:
    """Put the stage's rows into the target within the open transaction; add the target's sums of these rows to `sums`.

    Raises: psycopg.Error.
    """
    link.execute(sql.SQL("SET LOCAL lock_timeout = {}").format(sql.Literal(f"{LOCK_S}s")))
    if request.loading is Loading.SWAP:
        return _swapped(link, stage, request, schema=schema, summed=summed, sums=sums)
    name = sql.Identifier(*target_name(request, schema=schema))
    if stage.target is None and look_up(link, request.shape.name, schema=schema) is None:
        link.execute(created(request.shape, name))
    if request.loading is Loading.APPEND:
        return Counts(inserted=_insert(link, stage, name, summed=summed, sums=sums))
    counts = _merged(link, stage, name, summed=summed, sums=sums)
    if request.loading is Loading.MERGE_DELETE:
        return _plus_deleted(counts, _delete_missing(link, stage, name))
    return counts


def _swapped(
    link: Link, stage: Stage, request: WriteRequest, *, schema: str, summed: Sequence[Summed], sums: Sums
) -> Counts:
    target = look_up(link, request.shape.name, schema=schema)
    space = target_name(request, schema=schema)
    name = sql.Identifier(*space)
    if target is not None:
        link.execute(sql.SQL("LOCK TABLE {} IN EXCLUSIVE MODE").format(name))
        if hangs(link, target):
            if stage.key and target.key:
                counts = _merged(link, stage, name, summed=summed, sums=sums)
                return _plus_deleted(counts, _delete_missing(link, stage, name))
            link.execute(sql.SQL("DELETE FROM {}").format(name))
            return Counts(inserted=_insert(link, stage, name, summed=summed, sums=sums))
    row = link.execute(
        sql.SQL("SELECT count(*), {} FROM {} t").format(select_list(summed, of="t"), stage.table.identifier)
    ).fetchone()
    assert row is not None
    add_row(sums, summed, row[1:])
    swap(link, stage.table, target, space=space)
    return Counts(inserted=int(str(row[0])))


def _insert(link: Link, stage: Stage, name: sql.Identifier, *, summed: Sequence[Summed], sums: Sums) -> int:
    row = link.execute(
        sql.SQL(
            "WITH put AS (INSERT INTO {} AS t ({}) SELECT {} FROM {} RETURNING {}) SELECT count(*), {} FROM put"
        ).format(name, stage.names, stage.names, stage.table.identifier, *_returned(summed))
    ).fetchone()
    assert row is not None
    add_row(sums, summed, row[1:])
    return int(str(row[0]))


def _merged(link: Link, stage: Stage, name: sql.Identifier, *, summed: Sequence[Summed], sums: Sums) -> Counts:
    """Put rows in or replace them where they differ; rows that are alike are not touched."""
    deleted, absent = _delete_named(link, stage, name) if stage.has_operations else (0, 0)
    kept = _kept(stage)
    returned, told = _returned(summed)
    row = link.execute(
        sql.SQL(
            "WITH put AS (INSERT INTO {} AS t ({}) SELECT {} FROM {} s WHERE {} ON CONFLICT ({}) {}"
            " RETURNING t.xmax = 0 AS fresh, {})"
            " SELECT count(*) FILTER (WHERE fresh), count(*), (SELECT count(*) FROM {} s WHERE {}), {} FROM put"
        ).format(
            name, stage.names, stage.names, stage.table.identifier, kept, _list(stage.key), _on_conflict(stage),
            returned, stage.table.identifier, kept, told,
        )
    ).fetchone()  # fmt: skip
    assert row is not None
    inserted, put, staged = (int(str(value)) for value in row[:3])
    if put < staged:
        row = (0, 0, 0, *_sums_by_key(link, stage, name, summed=summed))
    add_row(sums, summed, row[3:])
    return Counts(inserted=inserted, updated=put - inserted, unchanged=staged - put + absent, deleted=deleted)


def _sums_by_key(link: Link, stage: Stage, name: sql.Identifier, *, summed: Sequence[Summed]) -> Sequence[object]:
    query = sql.SQL("SELECT {} FROM {} t JOIN {} s ON {} WHERE {}").format(
        select_list(summed, of="t"), name, stage.table.identifier, _same_key(stage), _kept(stage)
    )
    return link.execute(query).fetchone() or ()


def _delete_named(link: Link, stage: Stage, name: sql.Identifier) -> tuple[int, int]:
    """Delete what the changes say is gone; return how many rows went, and how many were not there."""
    operation = sql.SQL("s.{} = 'D'").format(sql.Identifier(OPERATION_COLUMN))
    deleted = link.execute(
        sql.SQL("DELETE FROM {} t USING {} s WHERE {} AND {}").format(
            name, stage.table.identifier, operation, _same_key(stage)
        )
    ).rowcount
    row = link.execute(
        sql.SQL("SELECT count(*) FROM {} s WHERE {}").format(stage.table.identifier, operation)
    ).fetchone()
    return deleted, int(str(row[0] if row else 0)) - deleted


def _delete_missing(link: Link, stage: Stage, name: sql.Identifier) -> int:
    return link.execute(
        sql.SQL("DELETE FROM {} t WHERE NOT EXISTS (SELECT FROM {} s WHERE {})").format(
            name, stage.table.identifier, _same_key(stage)
        )
    ).rowcount


def _on_conflict(stage: Stage) -> sql.Composed:
    others = [column for column in stage.columns if column.name not in stage.key]
    if not others:
        return sql.Composed([sql.SQL("DO NOTHING")])
    sets = sql.SQL(", ").join(sql.SQL("{0} = EXCLUDED.{0}").format(sql.Identifier(column.name)) for column in others)
    return sql.SQL("DO UPDATE SET {} WHERE ({}) IS DISTINCT FROM ({})").format(
        sets,
        sql.SQL(", ").join(_comparable(column, "t") for column in others),
        sql.SQL(", ").join(_comparable(column, "excluded") for column in others),
    )


def _comparable(column: PgColumn, of: str) -> sql.Composable:
    name = sql.Identifier(of, column.name)
    return sql.SQL("{}::text").format(name) if column.type in _NO_EQUALITY | OPAQUE_TYPES else name


def _returned(summed: Sequence[Summed]) -> tuple[sql.Composed, sql.Composed]:
    """Return what a writing statement gives back of each row as it now stands, and the select list that sums it."""
    given = [
        sql.SQL("{} AS {}").format(one.part("t"), sql.Identifier(f"s{number}")) for number, one in enumerate(summed)
    ]
    found: list[sql.Composable] = []
    for number, one in enumerate(summed):
        found.append(sql.SQL("sum({})").format(sql.Identifier(f"s{number}")))
        if one.form == "total":
            found.append(sql.SQL("count({})").format(sql.Identifier(f"s{number}")))
    return sql.SQL(", ").join(given), sql.SQL(", ").join(found)


def _kept(stage: Stage) -> sql.Composable:
    if not stage.has_operations:
        return sql.SQL("true")
    return sql.SQL("s.{} <> 'D'").format(sql.Identifier(OPERATION_COLUMN))


def _same_key(stage: Stage) -> sql.Composed:
    return sql.SQL(" AND ").join(sql.SQL("s.{0} = t.{0}").format(sql.Identifier(name)) for name in stage.key)


def _list(names: Sequence[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, names))


def _plus_deleted(counts: Counts, deleted: int) -> Counts:
    return Counts(
        inserted=counts.inserted, updated=counts.updated, unchanged=counts.unchanged, deleted=counts.deleted + deleted
    )
