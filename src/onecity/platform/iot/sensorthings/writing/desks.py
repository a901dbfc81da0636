"""Transactions in which entities are changed: one for a request, with its audit entry."""

from collections.abc import Callable
from typing import Final, TypeVar

from django.db import OperationalError, close_old_connections, transaction

from onecity.kernel.errors import Conflict
from onecity.platform.identity import api as identity
from onecity.platform.iot.sensorthings.observing.changing import change_observation, delete_observation
from onecity.platform.iot.sensorthings.writing.creating import create, quietly
from onecity.platform.iot.sensorthings.writing.deleting import delete
from onecity.platform.iot.sensorthings.writing.desk import Desk
from onecity.platform.iot.sensorthings.writing.updating import update

Done = TypeVar("Done")
ATTEMPTS: Final = 3


def make(desk: Desk, entities: str, body: object, *, given: dict[str, int]) -> int:
    """Make an entity and return its id; durable when this returns.

    Raises: what `create` raises.
    """

    def work() -> tuple[int, str]:
        number = create(desk, entities, body, given=given)
        return number, f"{entities}({number})"

    return _durably(desk, "iot.sensorthings_create", work)[0]


def change(desk: Desk, entities: str, number: int, body: object, *, replace: bool) -> None:
    """Change an entity; durable when this returns.

    Raises: what `update` and `change_observation` raise.
    """

    def work() -> tuple[None, str]:
        if entities == "Observations":
            change_observation(desk, number, body, replace=replace)
        else:
            update(desk, entities, number, body, replace=replace)
        return None, f"{entities}({number})"

    _durably(desk, "iot.sensorthings_update", work)


def remove(desk: Desk, entities: str, number: int) -> None:
    """Delete an entity; durable when this returns.

    Raises: what `delete` and `delete_observation` raise.
    """

    def work() -> tuple[None, str]:
        if entities == "Observations":
            delete_observation(desk, number)
        else:
            delete(desk, entities, number)
        return None, f"{entities}({number})"

    _durably(desk, "iot.sensorthings_delete", work)


def _durably(desk: Desk, action: str, work: Callable[[], tuple[Done, str]]) -> tuple[Done, str]:
    """Do work in a transaction of its own, again if it met others on the way.

    Inside another transaction (a change set) it belongs to that one.
    """
    for _ in range(ATTEMPTS):
        del desk.touched[:]
        try:
            with transaction.atomic():
                quietly()
                done = work()
                identity.record(desk.actor, action=action, target=f"iot.sensorthings:{done[1]}")
            return done
        except OperationalError:  # a deadlock; what was done is undone
            if transaction.get_connection().in_atomic_block:
                raise
            close_old_connections()
    raise Conflict
