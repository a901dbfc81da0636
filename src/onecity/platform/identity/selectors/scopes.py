"""Which rows an actor may see: scopes as conditions, for Django's queries and for plain SQL alike."""

from dataclasses import dataclass

import asyncpg
from django.db import connection
from django.db.models import Q

from onecity.kernel.actor import EVERYTHING, Actor, ScopeKey
from onecity.platform.identity.rules import keys_of_row


@dataclass(frozen=True, slots=True)
class RowScope:
    """What an actor may see with one permission: everything, or rows of these organisations or in these divisions."""

    everything: bool
    organisation_ids: tuple[int, ...] = ()
    division_codes: tuple[str, ...] = ()

    @property
    def nothing(self) -> bool:
        """Say whether no row at all may be seen."""
        return not (self.everything or self.organisation_ids or self.division_codes)

    def q(self, *, organisation: str = "organisation_id", division: str = "division_code") -> Q:
        """Return the condition for a Django query; `organisation` and `division` name the row's columns."""
        if self.everything:
            return Q()
        condition = Q(**{f"{organisation}__in": self.organisation_ids})
        for code in self.division_codes:
            condition |= Q(**{f"{division}__startswith": code})
        return condition

    def parameters(self) -> tuple[bool, list[int], list[str]]:
        """Return the three parameters that `SCOPE_SQL` takes, in its order."""
        return self.everything, list(self.organisation_ids), [f"{code}%" for code in self.division_codes]


def scope_sql(*, first: int, organisation: str = "organisation_id", division: str = "division_code") -> str:
    """Return the condition in SQL for the hot roads, with parameters `$first`, `$first+1`, `$first+2`."""
    return (
        f"(${first}::boolean OR {organisation} = ANY(${first + 1}::bigint[])"
        f" OR {division} LIKE ANY(${first + 2}::text[]))"
    )


def row_scope(actor: Actor, permission: str) -> RowScope:
    """Return what `actor` may see with `permission`; organisations are resolved with all below them."""
    everything, roots, divisions = _parts(actor, permission)
    return RowScope(everything, () if everything else _with_all_below(roots), divisions)


async def row_scope_on(pool: asyncpg.Pool, actor: Actor, *, permission: str) -> RowScope:
    """Return the same as `row_scope`, for the hot roads: on their own connections."""
    everything, roots, divisions = _parts(actor, permission)
    if everything or not roots:
        return RowScope(everything, (), divisions)
    rows = await pool.fetch(_BELOW_ON_HOT_ROADS, roots)
    return RowScope(everything, tuple(row[0] for row in rows), divisions)


def row_keys(*, organisation_id: int | None, division_code: str) -> tuple[ScopeKey, ...]:
    """Return every scope key under which a row of this organisation and place is seen."""
    path = ""
    if organisation_id is not None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT path FROM identity_organisation WHERE id = %s", [organisation_id])
            found = cursor.fetchone()
            path = found[0] if found else ""
    return keys_of_row(organisation_path=path, division_code=division_code)


BELOW_SQL = """
    SELECT below.id FROM identity_organisation above
    JOIN identity_organisation below ON below.path LIKE above.path || '%%'
    WHERE above.id = ANY(%s) ORDER BY below.id
"""


_BELOW_ON_HOT_ROADS = BELOW_SQL.replace("%%", "%").replace("%s", "$1")


def _parts(actor: Actor, permission: str) -> tuple[bool, list[int], tuple[str, ...]]:
    keys = actor.scopes(permission)
    if EVERYTHING in keys:
        return True, [], ()
    roots = sorted(int(key[2:]) for key in keys if key.startswith("o:"))
    return False, roots, tuple(sorted(key[2:] for key in keys if key.startswith("d:")))


def _with_all_below(roots: list[int]) -> tuple[int, ...]:
    if not roots:
        return ()
    with connection.cursor() as cursor:
        cursor.execute(BELOW_SQL, [roots])
        return tuple(row[0] for row in cursor.fetchall())
