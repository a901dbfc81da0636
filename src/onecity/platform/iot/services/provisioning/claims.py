"""A citizen or an enterprise takes a device as theirs, by a code that stands on it."""

import secrets
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, Invalid, NotFound
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity
from onecity.platform.iot.models import ClaimCode, Device
from onecity.platform.iot.permissions import MANAGE_DEVICES
from onecity.platform.iot.selectors.devices import device_for
from onecity.platform.iot.services.life import note_life

LIFE: Final = timedelta(days=365)
LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
LENGTH: Final = 12
SHORTEST: Final = 8


class ClaimRefused(Invalid):
    """No device waits to be claimed under this code: unknown, too old, or taken."""

    code = "iot.claim_refused"
    message = zh("认领码不正确、已失效或已被使用")


class AlreadyClaimed(Conflict):
    """The device has an owner."""

    code = "iot.already_claimed"
    message = zh("该设备已被认领")


def issue_claim_code(actor: Actor, *, device_id: int, now: datetime, life: timedelta = LIFE) -> str:
    """Make a device's claim code and return it, shown this once: twelve letters and digits that are not mistaken.

    31 signs give 59 bits; tries are limited by the sign-in that a claim needs. now: real time.
    Raises: NotFound; AlreadyClaimed.
    """
    device_for(actor, device_id, permission=MANAGE_DEVICES)
    code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    with transaction.atomic():
        offer(device_id, code=code, until=now + life)
        identity.record(actor, action="iot.issue_claim_code", target=f"iot.device:{device_id}")
    return code


def offer(device_id: int, *, code: str, until: datetime) -> None:
    """Let a device be claimed by this code, which staff or the device itself chose; in the caller's transaction.

    Raises: Invalid if the code is too short; AlreadyClaimed.
    """
    if len(plain(code)) < SHORTEST:
        raise Invalid(zh("认领码至少8个字符"))
    row = ClaimCode.objects.select_for_update().filter(device_id=device_id).first()
    if row is not None and row.claimed_by:
        raise AlreadyClaimed
    ClaimCode.objects.update_or_create(device_id=device_id, defaults={"code_hash": code_hash(code), "ends_at": until})


def claim(actor: Actor, *, code: str, now: datetime, city_now: datetime) -> int:
    """Take a device as the actor's own and return its id. now: real time.

    Raises: ClaimRefused.
    """
    hashes = [identity.search_hash(f"iot.claim:{plain(code)}"), *identity.search_hashes(f"iot.claim:{plain(code)}")]
    with transaction.atomic():
        row = ClaimCode.objects.select_for_update().filter(code_hash__in=hashes, claimed_by="", ends_at__gt=now).first()
        if row is None or not actor.account_id:
            raise ClaimRefused
        row.claimed_by, row.claimed_at = actor.key[:60], now
        row.save(update_fields=["claimed_by", "claimed_at"])
        note_life([row.device_id], kind="claimed", by=actor.key, now=city_now)
        identity.record(actor, action="iot.claim_device", target=f"iot.device:{row.device_id}")
    return row.device_id


def release(actor: Actor, *, device_id: int, city_now: datetime) -> None:
    """Give a device back that is the actor's own; it can be claimed again once staff make a new code.

    Raises: NotFound.
    """
    with transaction.atomic():
        if not ClaimCode.objects.filter(device_id=device_id, claimed_by=actor.key[:60]).delete()[0]:
            raise NotFound
        note_life([device_id], kind="released", by=actor.key, now=city_now)
        identity.record(actor, action="iot.release_device", target=f"iot.device:{device_id}")


def claimed_by(actor: Actor) -> list[Device]:
    """Return the actor's own devices, the newest claim first."""
    rows = ClaimCode.objects.filter(claimed_by=actor.key[:60]).order_by("-claimed_at").select_related("device")
    return [row.device for row in rows]


def code_hash(code: str) -> str:
    """Return the keyed hash under which a claim code is stored: without the key, 59 bits could be tried out."""
    return identity.search_hash(f"iot.claim:{plain(code)}")


def plain(code: str) -> str:
    """Return a code as it is compared: upper case, without dashes and blanks."""
    return "".join(sign for sign in code.upper() if sign.isalnum())
