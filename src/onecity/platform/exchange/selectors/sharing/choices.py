"""What forms of sharing offer to choose from."""

from onecity.kernel.actor import Actor
from onecity.platform.exchange.models import Connection, Dataset, DatasetSupply
from onecity.platform.exchange.permissions import APPROVE_SHARING, REQUEST_DATA
from onecity.platform.identity.api import organisations, row_scope


def asking_organisations(actor: Actor) -> list[tuple[int, str]]:
    """Return the organisations for which the actor may ask, its own first."""
    scope = row_scope(actor, REQUEST_DATA)
    found = [(one.id, one.name) for one in organisations() if scope.everything or one.id in scope.organisation_ids]
    return sorted(found, key=lambda one: one[0] != actor.organisation_id)


def connection_choices(organisation_id: int) -> list[tuple[str, str]]:
    """Return (code, name) of an organisation's connections in use, by name."""
    rows = Connection.objects.filter(organisation_id=organisation_id, is_active=True).order_by("name", "id")
    return list(rows.values_list("code", "name"))


def supplied_datasets(actor: Actor) -> list[tuple[Dataset, DatasetSupply | None]]:
    """Return the published datasets that the actor provides, with where their rows are taken from, by name."""
    scope = row_scope(actor, APPROVE_SHARING)
    rows = Dataset.objects.filter(state=Dataset.State.PUBLISHED).order_by("title", "id")
    if not scope.everything:
        rows = rows.filter(organisation_id__in=scope.organisation_ids)
    found = list(rows.select_related("version")[:500])
    supplies = {
        row.dataset_code: row for row in DatasetSupply.objects.filter(dataset_code__in=[one.code for one in found])
    }
    return [(one, supplies.get(one.code)) for one in found]
