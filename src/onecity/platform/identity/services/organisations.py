"""Making, changing, moving and closing organisations; every row below follows its parent."""

from dataclasses import dataclass
from typing import Final

from django.db import connection, transaction

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, Invalid, NotFound
from onecity.kernel.identifiers.credit_code import parse_credit_code
from onecity.kernel.identifiers.divisions import parse_division_code
from onecity.kernel.text import zh
from onecity.platform.identity.models import Account, ApiClient, Organisation
from onecity.platform.identity.selectors.reach import check_reach, reachable_organisations
from onecity.platform.identity.services.audit import record

LONGEST_PATH: Final = 200


class CodeTaken(Conflict):
    """Another organisation has this code."""

    code = "organisation_code_taken"
    message = zh("机构编码已被使用")


class WouldBeItsOwnParent(Conflict):
    """An organisation cannot stand below itself."""

    code = "organisation_cycle"
    message = zh("不能把机构移到它自己或它的下级机构之下")


class TreeTooDeep(Invalid):
    """The organisation would stand too far below the root."""

    code = "organisation_tree_too_deep"
    message = zh("机构层级过深")


class StillInUse(Conflict):
    """Organisations are closed from below: no open organisation, account or program may be left in one."""

    code = "organisation_in_use"
    message = zh("该机构下还有启用的下级机构 {below} 个、账户 {accounts} 个、接口应用 {clients} 个，请先停用或移走")


class ParentIsClosed(Conflict):
    """An organisation is not opened below a closed one."""

    code = "organisation_parent_closed"
    message = zh("上级机构已停用，请先启用上级机构")


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


@dataclass(frozen=True, slots=True)
class OrganisationChange:
    """What may change of an organisation; its code stays for ever."""

    name: str
    short_name: str
    kind: str
    division_code: str = ""
    credit_code: str = ""


def create_organisation(actor: Actor, *, new: NewOrganisation) -> Organisation:
    """Make an organisation.

    Raises: CodeTaken; NotFound if the parent is out of the actor's reach; TreeTooDeep; InvalidDivisionCode,
        InvalidCreditCode.
    """
    division, credit = _checked(new.division_code, new.credit_code)
    with transaction.atomic():
        _hold_the_tree()
        check_reach(actor, new.parent_id)
        if Organisation.objects.filter(code=new.code).exists():
            raise CodeTaken(fields={"code": CodeTaken.message})
        made = Organisation.objects.create(
            code=new.code,
            name=new.name,
            short_name=new.short_name,
            kind=new.kind,
            parent_id=new.parent_id,
            path=f"new:{new.code}",
            division_code=division,
            credit_code=credit,
        )
        made.path = _fitting(f"{_path(new.parent_id)}{made.id}/")
        made.save(update_fields=["path"])
        record(actor, action="identity.create_organisation", target=f"identity.organisation:{made.id}")
    return made


def change_organisation(actor: Actor, *, organisation_id: int, change: OrganisationChange) -> None:
    """Change names, kind and codes of an organisation.

    Raises: NotFound if it is out of reach; InvalidDivisionCode, InvalidCreditCode.
    """
    division, credit = _checked(change.division_code, change.credit_code)
    with transaction.atomic():
        row = _locked(actor, organisation_id)
        row.name, row.short_name, row.kind = change.name, change.short_name, change.kind
        row.division_code, row.credit_code = division, credit
        row.save(update_fields=["name", "short_name", "kind", "division_code", "credit_code"])
        details = {"division": division, "kind": change.kind}
        record(actor, action="identity.change_organisation", target=f"identity.organisation:{row.id}", details=details)


def move_organisation(actor: Actor, *, organisation_id: int, parent_id: int | None) -> None:
    """Put an organisation, with all below it, under another parent. Both the old and the new place must be in reach.

    Raises: NotFound; WouldBeItsOwnParent; TreeTooDeep.
    """
    with transaction.atomic():
        _hold_the_tree()
        moved = _locked(actor, organisation_id)
        check_reach(actor, moved.parent_id)
        check_reach(actor, parent_id)
        above = _path(parent_id)
        if above.startswith(moved.path):
            raise WouldBeItsOwnParent
        with connection.cursor() as cursor:
            cursor.execute("SELECT max(length(path)) FROM identity_organisation WHERE path LIKE %s", [f"{moved.path}%"])
            deepest = cursor.fetchone()[0] - len(moved.path)
            target = _fitting(f"{above}{moved.id}/", room=deepest)
            cursor.execute(
                "UPDATE identity_organisation SET path = %s || substr(path, %s) WHERE path LIKE %s",
                [target, len(moved.path) + 1, f"{moved.path}%"],
            )
        Organisation.objects.filter(id=organisation_id).update(parent_id=parent_id)
        details = {"from": moved.parent_id, "to": parent_id}
        record(actor, action="identity.move_organisation", target=f"identity.organisation:{moved.id}", details=details)


def set_organisation_active(actor: Actor, *, organisation_id: int, active: bool) -> None:
    """Close an organisation that nothing open is left in, or open it again.

    The place above must be in reach too: nobody closes the top of his own reach.
    Raises: NotFound; StillInUse; ParentIsClosed.
    """
    with transaction.atomic():
        _hold_the_tree()
        row = _locked(actor, organisation_id)
        if active and row.parent is not None and not row.parent.is_active:
            raise ParentIsClosed
        check_reach(actor, row.parent_id)
        if not active:
            _check_empty(row)
        row.is_active = active
        row.save(update_fields=["is_active"])
        action = "identity.activate_organisation" if active else "identity.deactivate_organisation"
        record(actor, action=action, target=f"identity.organisation:{row.id}")


def _hold_the_tree() -> None:
    """Let one change of the tree through at a time: two moves at once could make a ring."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE identity_organisation IN SHARE ROW EXCLUSIVE MODE")


def _locked(actor: Actor, organisation_id: int) -> Organisation:
    row = reachable_organisations(actor).select_for_update().filter(id=organisation_id).first()
    if row is None:
        raise NotFound(zh("没有这个机构，或者它不在您的管理范围内"))
    return row


def _path(organisation_id: int | None) -> str:
    return "" if organisation_id is None else Organisation.objects.get(id=organisation_id).path


def _fitting(path: str, *, room: int = 0) -> str:
    if len(path) + room > LONGEST_PATH:
        raise TreeTooDeep
    return path


def _checked(division_code: str, credit_code: str) -> tuple[str, str]:
    division = parse_division_code(division_code).value if division_code else ""
    return division, parse_credit_code(credit_code).value if credit_code else ""


def _check_empty(row: Organisation) -> None:
    counts = {
        "below": Organisation.objects.filter(path__startswith=row.path, is_active=True).exclude(id=row.id).count(),
        "accounts": Account.objects.filter(organisation=row, is_active=True).count(),
        "clients": ApiClient.objects.filter(organisation=row, is_active=True).count(),
    }
    if any(counts.values()):
        raise StillInUse(params=counts)
