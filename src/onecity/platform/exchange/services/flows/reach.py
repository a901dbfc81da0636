"""What an actor may touch: rows of flows within the scope of a right, locked for a change."""

from typing import TypeVar

from onecity.kernel.actor import EVERYTHING, Actor
from onecity.kernel.errors import NotFound, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.exchange.models import Connection, Flow, Run
from onecity.platform.identity import api as identity

Row = TypeVar("Row", Connection, Flow, Run)


class OutsideScope(NotPermitted):
    """The organisation lies beyond what the actor answers for."""

    code = "exchange.outside_scope"
    message = zh("您没有该机构数据交换的管理权限")


def check_scope(actor: Actor, permission: str, *, organisation_id: int) -> str:
    """Let the actor make things of an organisation; return the organisation's division.

    Raises: OutsideScope; NotFound for an organisation that does not exist.
    """
    division = identity.organisation(organisation_id).division_code
    keys = identity.row_keys(organisation_id=organisation_id, division_code=division)
    if not {*keys, EVERYTHING} & actor.scopes(permission):
        raise OutsideScope
    return division


def connection_of(actor: Actor, permission: str, *, connection_id: int, lock: bool = False) -> Connection:
    """Return a connection within the actor's reach. Raises: NotFound."""
    rows = Connection.objects.select_for_update() if lock else Connection.objects.all()
    return _found(rows.filter(identity.row_scope(actor, permission).q(), id=connection_id).first())


def connection_by_code(actor: Actor, permission: str, *, code: str) -> Connection:
    """Return a connection within the actor's reach. Raises: NotFound."""
    return _found(Connection.objects.filter(identity.row_scope(actor, permission).q(), code=code).first())


def flow_of(actor: Actor, permission: str, *, flow_id: int, lock: bool = True) -> Flow:
    """Return a flow within the actor's reach. Raises: NotFound."""
    rows = Flow.objects.select_for_update() if lock else Flow.objects.all()
    return _found(rows.filter(identity.row_scope(actor, permission).q(), id=flow_id).first())


def run_of(actor: Actor, permission: str, *, run_id: int, lock: bool = True) -> Run:
    """Return a run within the actor's reach. Raises: NotFound."""
    rows = Run.objects.select_for_update() if lock else Run.objects.all()
    return _found(rows.filter(identity.row_scope(actor, permission).q(), id=run_id).first())


def _found(row: Row | None) -> Row:
    if row is None:
        raise NotFound
    return row
