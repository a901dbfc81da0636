"""API clients and their tokens: the security administrator's work."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Invalid, NotFound
from onecity.kernel.text import zh
from onecity.platform.identity.models import ApiClient, ApiToken, Organisation
from onecity.platform.identity.registries import permissions
from onecity.platform.identity.selectors.actors import secret_digest
from onecity.platform.identity.selectors.powers import reserved_permissions
from onecity.platform.identity.services.audit import record

TOKEN_MARK: Final = "oc_"
OBSERVE: Final = "identity.observe_system"
LONGEST_TOKEN_LIFE: Final = timedelta(days=366)


class NotForPrograms(Invalid):
    """Programs hold no power of the three administrators; a token would be a way around keeping them apart."""

    code = "not_for_programs"
    message = zh("接口应用不能拥有管理员权限：{codes}")


@dataclass(frozen=True, slots=True)
class NewClient:
    """What a client is made of; permissions are declared codes."""

    name: str
    organisation_id: int
    purpose: str
    permission_codes: Sequence[str]
    everywhere: bool = False


def create_client(actor: Actor, *, new: NewClient, now: datetime) -> ApiClient:
    """Register a program. It may do nothing until a token is issued to it.

    Raises: Invalid if a permission does not exist; NotForPrograms; NotFound if the organisation is closed or unknown.
    """
    unknown = [code for code in new.permission_codes if code not in permissions()]
    if unknown:
        raise Invalid(zh("没有这项权限：{codes}"), params={"codes": "、".join(unknown)})
    barred = sorted(set(new.permission_codes) & barred_from_programs())
    if barred:
        raise NotForPrograms(params={"codes": "、".join(barred)})
    with transaction.atomic():
        if not Organisation.objects.filter(id=new.organisation_id, is_active=True).exists():
            raise NotFound(zh("没有这个机构"))
        client = ApiClient.objects.create(
            name=new.name,
            organisation_id=new.organisation_id,
            purpose=new.purpose,
            permissions=list(new.permission_codes),
            everywhere=new.everywhere,
            created_at=now,
        )
        details = {"permissions": list(new.permission_codes), "everywhere": new.everywhere}
        record(actor, action="identity.create_client", target=f"identity.apiclient:{client.id}", details=details)
    return client


def barred_from_programs() -> frozenset[str]:
    """Return the permissions that no program may hold; to watch the system is no power, and monitors do it."""
    return frozenset().union(*reserved_permissions()) - {OBSERVE}


def issue_token(actor: Actor, *, client_id: int, life: timedelta, now: datetime) -> str:
    """Issue a bearer token and return it; it is shown this once and stored only as a digest.

    Raises: NotFound; Invalid if it would live longer than a year.
    """
    if not timedelta(0) < life <= LONGEST_TOKEN_LIFE:
        raise Invalid(zh("令牌有效期应在一年以内"), fields={"life": zh("令牌有效期应在一年以内")})
    with transaction.atomic():
        client = ApiClient.objects.filter(id=client_id, is_active=True).first()
        if client is None:
            raise NotFound(zh("没有这个接口应用，或者它已停用"))
        secret = TOKEN_MARK + secrets.token_urlsafe(32)
        token = ApiToken.objects.create(
            client=client, digest=secret_digest(secret), prefix=secret[:10], created_at=now, expires_at=now + life
        )
        details = {"token": token.prefix, "until": token.expires_at}
        record(actor, action="identity.issue_token", target=f"identity.apiclient:{client.id}", details=details)
    return secret


def revoke_token(actor: Actor, *, token_id: int, now: datetime) -> None:
    """Revoke a token; it is refused within a second everywhere.

    Raises: NotFound if there is no such token in force.
    """
    with transaction.atomic():
        token = ApiToken.objects.select_for_update().filter(id=token_id, revoked_at__isnull=True).first()
        if token is None:
            raise NotFound(zh("没有这个令牌，或者它已吊销"))
        token.revoked_at = now
        token.save(update_fields=["revoked_at"])
        details = {"token": token.prefix}
        record(actor, action="identity.revoke_token", target=f"identity.apiclient:{token.client_id}", details=details)


def set_client_active(actor: Actor, *, client_id: int, active: bool) -> None:
    """Switch a program off, or on again; switched off, all its tokens are refused within a second.

    Raises: NotFound.
    """
    with transaction.atomic():
        if not ApiClient.objects.filter(id=client_id).update(is_active=active):
            raise NotFound(zh("没有这个接口应用"))
        action = "identity.activate_client" if active else "identity.deactivate_client"
        record(actor, action=action, target=f"identity.apiclient:{client_id}")
