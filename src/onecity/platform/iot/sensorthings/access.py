"""Who reads and who writes: programs with their tokens, and everybody where the settings say so."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.conf import settings

from onecity.kernel.actor import ANONYMOUS, EVERYTHING, Actor, ScopeKey, organisation_key
from onecity.kernel.errors import NotFound, NotPermitted
from onecity.platform.identity import api as identity
from onecity.platform.iot.permissions import VIEW_DEVICES, WRITE_SENSORTHINGS
from onecity.platform.iot.sensorthings.clerks import Clerks
from onecity.web.access import SignInNeeded
from onecity.web.hot import HotRequest

REMEMBERED_S: Final = 5.0
_NAME: Final = "SensorThings"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who acts, with the rows of one right."""

    actor: Actor
    scope: identity.RowScope

    @property
    def organisation_id(self) -> int:
        """To whom belongs what the actor makes.

        Raises: NotPermitted if nobody can tell.
        """
        own = self.actor.organisation_id
        if own is not None and (self.scope.everything or own in self.scope.organisation_ids or self.division_code):
            return own
        if self.scope.organisation_ids:
            return self.scope.organisation_ids[0]
        raise NotPermitted

    @property
    def division_code(self) -> str:
        """Where what the actor makes lies: in the division to which the right is confined, if it is."""
        confined = self.scope.division_codes and not (self.scope.everything or self.scope.organisation_ids)
        return self.scope.division_codes[0][:15] if confined else ""


class Doorkeeper:
    """Finds visitors' rows. What strangers may do follows from the settings."""

    def __init__(self, clerks: Callable[[], Clerks]) -> None:
        self._clerks = clerks
        self._stranger: tuple[float, tuple[tuple[str, ...], str], Actor] | None = None

    async def reader(self, request: HotRequest) -> Visitor:
        """Return who reads.

        Raises: SignInNeeded; NotPermitted.
        """
        return await self._visitor(request, VIEW_DEVICES)

    async def writer(self, request: HotRequest) -> Visitor:
        """Return who writes.

        Raises: SignInNeeded; NotPermitted.
        """
        return await self._visitor(request, WRITE_SENSORTHINGS)

    async def _visitor(self, request: HotRequest, permission: str) -> Visitor:
        actor = request.actor
        if not actor.may(permission):
            stranger = await self._known_stranger()
            if not stranger.may(permission):
                raise SignInNeeded if actor == ANONYMOUS else NotPermitted
            actor = stranger
        return Visitor(actor, await identity.row_scope_on(request.pool, actor, permission=permission))

    async def _known_stranger(self) -> Actor:
        told = (settings.ENV.sensorthings_public, settings.ENV.sensorthings_open)
        known = self._stranger
        if known is not None and known[0] > time.monotonic() and known[1] == told:
            return known[2]
        actor = (
            await self._clerks().run(lambda: stranger_of(public=told[0], opened=told[1])) if any(told) else ANONYMOUS
        )
        self._stranger = (time.monotonic() + REMEMBERED_S, told, actor)
        return actor


def stranger_of(*, public: tuple[str, ...], opened: str) -> Actor:
    """Return whoever has no token. public: codes of organisations whose things he may read. opened: and change."""
    owner = _organisation_id(opened) if opened else None
    read: set[ScopeKey] = set()
    for code in public:
        number = None if code == "*" else _organisation_id(code)
        read |= {EVERYTHING} if code == "*" else {organisation_key(number)} if number else set()
    if owner is None:
        return Actor("anonymous", None, _NAME, None, {VIEW_DEVICES: frozenset(read)} if read else {})
    own = organisation_key(owner)
    grants = {VIEW_DEVICES: frozenset(read | {own}), WRITE_SENSORTHINGS: frozenset({own})}
    return Actor("anonymous", None, _NAME, owner, grants)


def _organisation_id(code: str) -> int | None:
    try:
        return identity.organisation_by_code(code).id
    except NotFound:
        return None
