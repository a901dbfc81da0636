"""How devices prove who they are: tokens for MQTT and HTTP, access passwords for HJ 212."""

import secrets
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from onecity.kernel.actor import Actor, system_actor
from onecity.kernel.ciphers.sm3 import sm3
from onecity.platform.identity import api as identity
from onecity.platform.iot.models import Device, DeviceCredential
from onecity.platform.iot.permissions import MANAGE_DEVICES
from onecity.platform.iot.selectors.devices import device_for
from onecity.platform.iot.services.broker_files import broker_hash
from onecity.platform.iot.services.changes import tell_changed

TOKEN_MARK: Final = "ocd_"
AT_ONCE: Final = timedelta(0)
LONGEST_OVERLAP: Final = timedelta(days=30)


def token_digest(token: str) -> str:
    """Return the digest under which a token is stored; tokens hold 256 random bits, so none is found by trying."""
    return sm3(token.encode()).hex()


def password_hash(password: str) -> str:
    """Return the keyed hash under which an access password is stored; "" for none, which is not checked.

    Six characters would be found by trying if the hash had no secret key.
    """
    return identity.search_hash(f"iot.password:{password}") if password else ""


def password_hashes(password: str) -> list[str]:
    """Return every hash that this password may be stored under."""
    return identity.search_hashes(f"iot.password:{password}")


def keep_issued(device_id: int, *, secret: str) -> None:
    """Make a secret that the platform gave a device its password, if it has none; in the caller's transaction."""
    row = Device.objects.select_for_update(no_key=True).get(id=device_id)
    if not row.password_hash:
        row.password_hash = password_hash(secret)
        row.save(update_fields=["password_hash"])
        identity.record(system_actor("iot"), action="iot.issue_password", target=f"iot.device:{device_id}")
        tell_changed(row.key)


def issue_token(actor: Actor, *, device_id: int, now: datetime, overlap: timedelta = AT_ONCE) -> str:
    """Issue a device's token, in place of any before, and return it; it is shown this once. now: real time.

    overlap: for how long the token before is taken beside it over HTTP and by the field gateway, so that a device in
    the field can be told of the new one; the broker keeps one password for a device, and that is the new one.
    Raises: NotFound if there is no such device, or the actor may not manage it.
    """
    device = device_for(actor, device_id, permission=MANAGE_DEVICES)
    with transaction.atomic():
        token = new_token(device_id, now=now, overlap=min(overlap, LONGEST_OVERLAP))
        identity.record(actor, action="iot.issue_token", target=f"iot.device:{device_id}")
        tell_changed(device.key)
    return token


def new_token(device_id: int, *, now: datetime, overlap: timedelta = AT_ONCE) -> str:
    """Make a device's token in the caller's transaction, who has checked that it may have one, and return it."""
    token = TOKEN_MARK + secrets.token_urlsafe(32)
    Device.objects.select_for_update(no_key=True).get(id=device_id)
    if overlap > AT_ONCE:
        in_force = DeviceCredential.objects.filter(device_id=device_id, revoked_at=None, ends_at=None)
        in_force.update(ends_at=now + overlap)
    else:
        _revoke(device_id, now=now)
    DeviceCredential.objects.create(
        device_id=device_id,
        digest=token_digest(token),
        broker_hash=broker_hash(token, salt=secrets.token_bytes(12)),
        prefix=token[:10],
        created_at=now,
    )
    return token


def token_holder(token: str, *, now: datetime) -> int | None:
    """Return the device whose token this is; None if it is nobody's, or no longer taken. now: real time."""
    held = DeviceCredential.objects.filter(digest=token_digest(token), revoked_at=None)
    return held.exclude(ends_at__lte=now).values_list("device_id", flat=True).first()


def revoke_token(actor: Actor, *, device_id: int, now: datetime) -> None:
    """Take a device's tokens away; they are refused within a second everywhere.

    Raises: NotFound.
    """
    device = device_for(actor, device_id, permission=MANAGE_DEVICES)
    with transaction.atomic():
        if _revoke(device_id, now=now):
            identity.record(actor, action="iot.revoke_token", target=f"iot.device:{device_id}")
            tell_changed(device.key)


def _revoke(device_id: int, *, now: datetime) -> int:
    return DeviceCredential.objects.filter(device_id=device_id, revoked_at__isnull=True).update(revoked_at=now)
