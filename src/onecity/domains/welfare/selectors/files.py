"""Who may read the files of an application."""

from onecity.domains.welfare.selectors.applications import visible
from onecity.kernel.actor import Actor


def may_read_files(actor: Actor, application_id: int) -> bool:
    """Say whether the actor may read an application's files: whoever sees the application."""
    return visible(actor).filter(id=application_id).exists()
