"""Follows a resource path to the entity that it ends at, or to the key by which its last relation finds entities."""

from collections.abc import Sequence

from onecity.platform.identity.api import RowScope
from onecity.platform.iot.sensorthings.compiling import Names
from onecity.platform.iot.sensorthings.paths import Step
from onecity.platform.iot.sensorthings.reading import Statement
from onecity.platform.iot.sensorthings.sight import Sight
from onecity.platform.iot.sensorthings.sql import Parameters


def resolved(steps: Sequence[Step], *, scope: RowScope) -> Statement:
    """Return a statement whose one value is the last step's id, or its relation's key if it leads to many.

    Every entity on the way must exist, belong together and be seen.
    """
    parameters, names = Parameters(), Names()
    sight = Sight(scope, parameters)
    rows: list[str] = []
    conditions: list[str] = []
    alias, value = "", ""
    for step in steps:
        before, alias = alias, names.next()
        if step.relation is not None:
            key = step.relation.key.format(a=before)
            if step.many:
                value = key
                break
            conditions.append(step.relation.match.format(a=alias, k=key))
        whole = step.entities.rows.format(a=alias)
        rows.append(f"({whole})" if " JOIN " in whole else whole)
        if step.id is not None:
            conditions.append(step.entities.by_id.format(a=alias, k=parameters.add(step.id, "bigint")))
        conditions.append(sight.of(step.entities, alias))
        value = step.entities.id.format(a=alias)
    where = " AND ".join(conditions)
    return Statement(f"SELECT {value} FROM {' CROSS JOIN '.join(rows)} WHERE {where} LIMIT 1", parameters.values)
