"""Whether an actor may do a thing, asked at the beginning of each service."""

from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotPermitted


def need(actor: Actor, permission: str) -> None:
    """Let whoever holds a permission go on.

    Raises: NotPermitted.
    """
    if not actor.may(permission):
        raise NotPermitted
