"""Open311 as a server: other systems hand in service requests with a key."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db import transaction

from onecity.domains.hotline.contracts import NewDemand
from onecity.domains.hotline.kinds import KINDS
from onecity.domains.hotline.models import Open311Key, ServiceRequest
from onecity.domains.hotline.permissions import CONFIGURE
from onecity.domains.hotline.selectors.open311 import service_definition
from onecity.domains.hotline.services.taking import put_in
from onecity.domains.hotline.sources import OPEN311
from onecity.kernel.actor import Actor, system_actor
from onecity.kernel.errors import Invalid, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.identity.api import record, search_hash, search_hashes

LONGEST_WORDS: Final = 4000


@dataclass(frozen=True, slots=True)
class NewRequest:
    """A service request as it is posted. location: longitude, latitude (WGS 84), or None with an address."""

    service_code: str
    description: str = ""
    location: tuple[float, float] | None = None
    address: str = ""
    first_name: str = ""
    last_name: str = ""
    phone: str = ""
    media_url: str = ""
    attributes: Mapping[str, str] = field(default_factory=dict)


def issue_key(actor: Actor, *, name: str, now: datetime) -> str:
    """Make a key for another system and return it; it is shown this once, only its keyed hash is kept.

    Raises: NotPermitted; Invalid without a name.
    """
    if not actor.may(CONFIGURE):
        raise NotPermitted
    if not name.strip():
        raise Invalid(fields={"name": zh("请填写应用名称")})
    key = secrets.token_urlsafe(24)
    with transaction.atomic():
        row = Open311Key.objects.create(
            name=name.strip()[:80], key_hashed=search_hash(f"open311:{key}"), created_at=now
        )
        record(actor, action="hotline.issue_key", target=f"hotline.open311key:{row.pk}", details={"name": row.name})
    return key


def known_key(key: str) -> Open311Key | None:
    """Return the row of a key in use; None for any other text."""
    hashes = search_hashes(f"open311:{key}")
    return Open311Key.objects.filter(key_hashed__in=hashes, is_active=True).first() if key else None


def submit_request(key: Open311Key, *, new: NewRequest, now: datetime) -> str:
    """Take in a service request and return its number. now: city time.

    Raises: Invalid naming the parameter; NoHotline; OutsideCity.
    """
    if service_definition(new.service_code) is None:
        raise Invalid(fields={"service_code": zh("没有这个服务")})
    kind = new.attributes.get("kind", "complaint")
    if kind not in dict(KINDS):
        raise Invalid(fields={"attribute[kind]": zh("没有这个诉求类型")})
    if new.location is None and not new.address.strip():
        raise Invalid(fields={"lat": zh("请给出经纬度或地址")})
    token = secrets.token_urlsafe(16)
    demand = NewDemand(
        kind=kind,
        words=new.description[:LONGEST_WORDS],
        source_code=OPEN311,
        key=f"{key.pk}:{token}",
        topic_code=new.service_code,
        location=new.location,
        address=new.address,
        caller_name=f"{new.last_name}{new.first_name}"[:40],
        caller_phone=new.phone,
    )
    with transaction.atomic():
        taken = put_in(system_actor("hotline.open311"), new=demand, now=now)
        ServiceRequest.objects.create(
            token=token, case_id=taken.case_id, key=key, media_url=new.media_url[:500], attributes=dict(new.attributes)
        )
    return taken.number
