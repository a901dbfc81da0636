"""Under which scope keys things are seen, without asking the organisation tree each time."""

from onecity.kernel.actor import EVERYTHING, Actor, ScopeKey
from onecity.platform.cases.selectors.remembered import Remembered
from onecity.platform.identity.api import row_keys


def _organisation_keys(organisation_id: int) -> tuple[ScopeKey, ...]:
    return row_keys(organisation_id=organisation_id, division_code="")


_keys: Remembered[int, tuple[ScopeKey, ...]] = Remembered(_organisation_keys)


def organisation_keys(organisation_id: int | None) -> tuple[ScopeKey, ...]:
    """Return the scope keys of an organisation: its own and those above it."""
    return _keys[organisation_id] if organisation_id is not None else ()


def division_keys(division_code: str) -> tuple[ScopeKey, ...]:
    """Return the scope keys of a place: its divisions."""
    return row_keys(organisation_id=None, division_code=division_code)


def covers(actor: Actor, permission: str, *, keys: frozenset[str]) -> bool:
    """Say whether the actor holds a permission for something that is seen under `keys`."""
    scopes = actor.scopes(permission)
    return EVERYTHING in scopes or not scopes.isdisjoint(keys)
