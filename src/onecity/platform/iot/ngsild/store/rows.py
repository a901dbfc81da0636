"""Entities to and from their rows, and who may see which."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

import asyncpg
import orjson

from onecity.kernel.actor import EVERYTHING, Actor
from onecity.platform.identity.api import RowScope, row_scope_on
from onecity.platform.iot.ngsild.rules import moments
from onecity.platform.iot.ngsild.rules.entities import Entity
from onecity.platform.iot.permissions import EDIT_CONTEXT, VIEW_CONTEXT, VIEW_DEVICES

COLUMNS: Final = "e.id, e.uri, e.types, e.scopes, e.content::text AS content, e.created_at, e.modified_at"
ALL: Final = RowScope(everything=True)
NOTHING: Final = RowScope(everything=False)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, in which tenant, and what they may see and change."""

    actor: Actor
    tenant: str
    sees: RowScope
    changes: RowScope
    devices: RowScope

    @property
    def organisation_id(self) -> int | None:
        """Return to whom new entities belong; None for the city at large."""
        return self.actor.organisation_id


async def caller_of(pool: asyncpg.Pool, actor: Actor, *, tenant: str, open_reading: bool, open_writing: bool) -> Caller:
    """Return what somebody may do here. open_reading, open_writing: everybody may."""
    sees = ALL if open_reading else await _scope(pool, actor, VIEW_CONTEXT)
    changes = ALL if open_writing else await _scope(pool, actor, EDIT_CONTEXT)
    devices = await _scope(pool, actor, VIEW_DEVICES)
    return Caller(actor, tenant, sees, changes, devices)


async def _scope(pool: asyncpg.Pool, actor: Actor, permission: str) -> RowScope:
    if not actor.may(permission):
        return NOTHING
    if EVERYTHING in actor.scopes(permission):
        return ALL
    return await row_scope_on(pool, actor, permission=permission)


def entity_of(row: asyncpg.Record) -> Entity:
    """Return the entity that a row with `COLUMNS` holds."""
    return Entity(
        row["uri"],
        list(row["types"]),
        orjson.loads(row["content"]),
        list(row["scopes"]),
        moments.kept(row["created_at"]),
        moments.kept(row["modified_at"]),
    )


def instant_of(text: str) -> datetime:
    """Return the instant of a kept text."""
    return moments.instant(text, where="kept")
