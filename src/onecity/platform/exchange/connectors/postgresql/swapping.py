"""Gives a stage the target's name and place, and says when that would lose something."""

from typing import Final

from psycopg import sql

from onecity.platform.exchange.connectors.postgresql.shapes import Link, PgTable

# What a new table of the same name would not have: views and rules over it, triggers and foreign keys in either
# direction, policies, publications, partitions and parents, sequences of its own, a replica identity, a tablespace,
# functions that take its rows, rights on single columns.
_HANGS: Final = """
SELECT c.relkind <> 'r' OR c.relrowsecurity OR c.relreplident <> 'd' OR c.reltablespace <> 0 OR c.relhassubclass
  OR c.relispartition OR c.reloftype <> 0
  OR EXISTS (SELECT FROM pg_rewrite r JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = r.oid
             WHERE d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid)
  OR EXISTS (SELECT FROM pg_trigger WHERE tgrelid = c.oid)
  OR EXISTS (SELECT FROM pg_constraint WHERE contype = 'f' AND (conrelid = c.oid OR confrelid = c.oid))
  OR EXISTS (SELECT FROM pg_policy WHERE polrelid = c.oid)
  OR EXISTS (SELECT FROM pg_publication_rel WHERE prrelid = c.oid)
  OR EXISTS (SELECT FROM pg_inherits WHERE inhrelid = c.oid OR inhparent = c.oid)
  OR EXISTS (SELECT FROM pg_depend d JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
             WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid)
  OR EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass
             AND (d.refobjid = c.reltype OR d.refobjid = c.oid))
  OR EXISTS (SELECT FROM pg_attribute WHERE attrelid = c.oid AND attacl IS NOT NULL)
FROM pg_class c WHERE c.oid = %s"""
_RIGHTS: Final = """
SELECT a.privilege_type, CASE a.grantee WHEN 0 THEN NULL ELSE pg_get_userbyid(a.grantee) END, a.is_grantable
FROM pg_class c CROSS JOIN aclexplode(c.relacl) a WHERE c.oid = %s AND a.grantee <> c.relowner"""
_ABOUT: Final = """
SELECT pg_get_userbyid(c.relowner), pg_get_userbyid(c.relowner) = current_user, obj_description(c.oid, 'pg_class'),
       array_to_string(c.reloptions, ', ') FROM pg_class c WHERE c.oid = %s"""
_INDEXES: Final = """
SELECT i.relname, regexp_replace(pg_get_indexdef(i.oid), '^CREATE (UNIQUE )?INDEX .+? ON (ONLY )?.+? USING ', '\\1')
FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid WHERE x.indrelid = %s ORDER BY 2, x.indexrelid"""


def hangs(link: Link, target: PgTable) -> bool:
    """Say whether something hangs on a table that a change of names would lose; then its rows are replaced instead."""
    row = link.execute(_HANGS, [target.oid]).fetchone()
    return row is None or bool(row[0])


def swap(link: Link, stage: PgTable, target: PgTable | None, *, space: tuple[str, str]) -> None:
    """Make a stage the table `space` (schema and name), within the open transaction.

    The target, where there is one, goes; its owner, rights, comment, settings and the names of its indexes and
    constraints stay.
    Raises: psycopg.Error.
    """
    renames: list[tuple[str, str]] = []
    if target is not None:
        _copy_rights(link, stage, target)
        renames = _index_names(link, stage, target)
        link.execute(sql.SQL("DROP TABLE {}").format(target.identifier))
    schema, name = space
    link.execute(sql.SQL("ALTER TABLE {} SET SCHEMA {}").format(stage.identifier, sql.Identifier(schema)))
    moved = sql.Identifier(schema, stage.name)
    link.execute(sql.SQL("ALTER TABLE {} RENAME TO {}").format(moved, sql.Identifier(name)))
    for now, then in renames:
        link.execute(sql.SQL("ALTER INDEX {} RENAME TO {}").format(sql.Identifier(schema, now), sql.Identifier(then)))
    if target is None:
        link.execute(
            sql.SQL("ALTER INDEX IF EXISTS {} RENAME TO {}").format(
                sql.Identifier(schema, f"{stage.name}_pkey"), sql.Identifier(f"{name[:58]}_pkey")
            )
        )


def _copy_rights(link: Link, stage: PgTable, target: PgTable) -> None:
    row = link.execute(_ABOUT, [target.oid]).fetchone()
    assert row is not None
    owner, own, comment, settings = row
    if comment is not None:
        link.execute(sql.SQL("COMMENT ON TABLE {} IS {}").format(stage.identifier, sql.Literal(str(comment))))
    if settings:
        link.execute(sql.SQL("ALTER TABLE {} SET ({})").format(stage.identifier, sql.SQL(str(settings))))
    for right, to, passed_on in link.execute(_RIGHTS, [target.oid]).fetchall():
        link.execute(
            sql.SQL("GRANT {} ON {} TO {}{}").format(
                sql.SQL(str(right)),
                stage.identifier,
                sql.SQL("PUBLIC") if to is None else sql.Identifier(str(to)),
                sql.SQL(" WITH GRANT OPTION" if passed_on else ""),
            )
        )
    if not own:
        link.execute(sql.SQL("ALTER TABLE {} OWNER TO {}").format(stage.identifier, sql.Identifier(str(owner))))


def _index_names(link: Link, stage: PgTable, target: PgTable) -> list[tuple[str, str]]:
    """Return the stage's index names and those of the target's like indexes, which they are to have."""
    new, old = (link.execute(_INDEXES, [table.oid]).fetchall() for table in (stage, target))
    return [(str(now[0]), str(then[0])) for now, then in zip(new, old, strict=True)]
