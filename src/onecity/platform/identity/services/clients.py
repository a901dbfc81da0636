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
from onecity.platform.identity.models import ApiClient, ApiToken
from onecity.platform.identity.registries import permissions
from onecity.platform.identity.selectors.actors import secret_digest
from onecity.platform.identity.services.audit import record

TOKEN_MARK: Final = "oc_"
LONGEST_TOKEN_LIFE: Final = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class NewClient:
    """What a client is made of; permissions are declared codes."""

    name: str
    organisation_id: int
    purpose: str
    permission_codes: Sequence[str]
    everywhere: bool = False


def create_client(actor: Actor, *, new: NewClient, now: datetime) -> ApiClient:
    """Register a program.

    Raises: Invalid if a permission does not exist.
    """
    unknown = [code for code in new.permission_codes if code not in permissions()]
    if unknown:
        raise Invalid(zh("没有这项权限：{codes}"), params={"codes": "、".join(unknown)})
    with transaction.atomic():
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


def issue_token(actor: Actor, *, client_id: int, life: timedelta, now: datetime) -> str:
    """Issue a bearer token and return it; it is shown this once and stored only as a digest.

    Raises: NotFound; Invalid if it would live longer than a year.
    """
    if not timedelta(0) < life <= LONGEST_TOKEN_LIFE:
        raise Invalid(zh("令牌有效期应在一年以内"), fields={"life": zh("令牌有效期应在一年以内")})
    with transaction.atomic():
        client = ApiClient.objects.filter(id=client_id, is_active=True).first()
        if client is None:
            raise NotFound
        secret = TOKEN_MARK + secrets.token_urlsafe(32)
        token = ApiToken.objects.create(
            client=client, digest=secret_digest(secret), prefix=secret[:10], created_at=now, expires_at=now + life
        )
        record(actor, action="identity.issue_token", target=f"identity.apitoken:{token.id}")
    return secret


def revoke_token(actor: Actor, *, token_id: int, now: datetime) -> None:
    """Revoke a token; it is refused within a second everywhere."""
    with transaction.atomic():
        if ApiToken.objects.filter(id=token_id, revoked_at__isnull=True).update(revoked_at=now):
            record(actor, action="identity.revoke_token", target=f"identity.apitoken:{token_id}")


def set_client_active(actor: Actor, *, client_id: int, active: bool) -> None:
    """Switch a program off, or on again."""
    with transaction.atomic():
        if ApiClient.objects.filter(id=client_id).update(is_active=active):
            action = "identity.activate_client" if active else "identity.deactivate_client"
            record(actor, action=action, target=f"identity.apiclient:{client_id}")
