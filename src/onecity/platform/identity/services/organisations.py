"""Making and moving organisations; every row below follows its parent."""

from dataclasses import dataclass

from django.db import connection, transaction

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, NotFound
from onecity.kernel.text import zh
from onecity.platform.identity.models import Organisation
from onecity.platform.identity.services.audit import record


class CodeTaken(Conflict):
    """Another organisation has this code."""

    code = "organisation_code_taken"
    message = zh("机构编码已被使用")


class WouldBeItsOwnParent(Conflict):
    """An organisation cannot stand below itself."""

    code = "organisation_cycle"
    message = zh("不能把机构移到它自己或它的下级机构之下")


@dataclass(frozen=True, slots=True)
class NewOrganisation:
    """What an organisation is made of."""

    code: str
    name: str
    short_name: str
    kind: str
    parent_id: int | None = None
    division_code: str = ""
    credit_code: str = ""


def create_organisation(actor: Actor, *, new: NewOrganisation) -> Organisation:
    """Make an organisation.

    Raises: CodeTaken; NotFound if the parent does not exist.
    """
    with transaction.atomic():
        if Organisation.objects.filter(code=new.code).exists():
            raise CodeTaken(fields={"code": CodeTaken.message})
        above = _path(new.parent_id)
        made = Organisation.objects.create(
            code=new.code,
            name=new.name,
            short_name=new.short_name,
            kind=new.kind,
            parent_id=new.parent_id,
            path=f"new:{new.code}",
            division_code=new.division_code,
            credit_code=new.credit_code,
        )
        made.path = f"{above}{made.id}/"
        made.save(update_fields=["path"])
        record(actor, action="identity.create_organisation", target=f"identity.organisation:{made.id}")
    return made


def move_organisation(actor: Actor, *, organisation_id: int, parent_id: int | None) -> None:
    """Put an organisation, with all below it, under another parent.

    Raises: NotFound; WouldBeItsOwnParent.
    """
    with transaction.atomic():
        moved = Organisation.objects.select_for_update().filter(id=organisation_id).first()
        if moved is None:
            raise NotFound
        above = _path(parent_id)
        if above.startswith(moved.path):
            raise WouldBeItsOwnParent
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE identity_organisation SET path = %s || substr(path, %s) WHERE path LIKE %s",
                [f"{above}{moved.id}/", len(moved.path) + 1, f"{moved.path}%"],
            )
        Organisation.objects.filter(id=organisation_id).update(parent_id=parent_id)
        details = {"from": moved.parent_id, "to": parent_id}
        record(actor, action="identity.move_organisation", target=f"identity.organisation:{moved.id}", details=details)


def _path(organisation_id: int | None) -> str:
    if organisation_id is None:
        return ""
    found = Organisation.objects.select_for_update().filter(id=organisation_id).first()
    if found is None:
        raise NotFound(zh("没有这个上级机构"))
    return found.path
