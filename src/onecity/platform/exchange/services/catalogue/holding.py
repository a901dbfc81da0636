"""Taking hold of an entry: locked, and only for who may."""

from onecity.kernel.actor import EVERYTHING, Actor
from onecity.kernel.errors import Conflict, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.exchange.models import Dataset, DatasetVersion
from onecity.platform.exchange.models.catalogue.versions import EDITABLE
from onecity.platform.exchange.selectors.catalogue.versions import NoSuchDataset
from onecity.platform.identity import api as identity


class NoDraft(Conflict):
    """Nothing of the entry can be edited now."""

    code = "exchange.no_draft"
    message = zh("这项目录没有可编辑的草稿，请先起草新版本")


class KeptByModule(Conflict):
    """A module of the city keeps the entry; its text changes with the module."""

    code = "exchange.kept_by_module"
    message = zh("系统内置的目录随平台自动更新，不能人工修改")


def may(actor: Actor, permission: str, *, organisation_id: int) -> bool:
    """Say whether the actor holds a right over an organisation's entries."""
    keys = identity.row_keys(organisation_id=organisation_id, division_code="")
    return bool({*keys, EVERYTHING} & actor.scopes(permission))


def held(actor: Actor, code: str, *, permission: str) -> Dataset:
    """Lock an entry and return it; call it inside a transaction.

    Raises: NoSuchDataset if there is none, or the actor lacks the right over its provider and may not know of it;
        NotPermitted if he lacks the right over an entry that everybody sees.
    """
    row = Dataset.objects.select_for_update(of=("self",)).filter(code=code).first()
    if row is None:
        raise NoSuchDataset
    if not may(actor, permission, organisation_id=row.organisation_id):
        raise NotPermitted if row.state == Dataset.State.PUBLISHED else NoSuchDataset
    return row


def open_version(dataset: Dataset, *states: str) -> DatasetVersion:
    """Return the entry's version that is in one of these states, draft or returned if none is named.

    Raises: NoDraft.
    """
    wanted = states or EDITABLE
    row = DatasetVersion.objects.select_for_update().filter(dataset=dataset, state__in=wanted).first()
    if row is None:
        raise NoDraft
    return row


def target(dataset: Dataset) -> str:
    """Return how the audit trail names an entry."""
    return f"exchange.dataset:{dataset.id}"
