"""The key by which the city signs firmware: SM2, made at first use, sealed at rest; its public half is for makers.

Source: GB/T 32918.2 (SM2 signature), GB/T 32905 (SM3).
"""

from datetime import datetime
from typing import Final

from django.db import connection, transaction

from onecity.kernel.ciphers.sm2.keys import PublicKey, new_private_key, private_key_from, public_key_of
from onecity.kernel.ciphers.sm2.signature import sign, verifies
from onecity.platform.identity import api as identity
from onecity.platform.iot.models import DeviceAuthority

NAME: Final = "OneCity firmware signer"
CONTEXT: Final = "iot.firmware_signer"


def signature_of(digest: bytes, *, now: datetime) -> bytes:
    """Return the city's signature (r ‖ s, 64 bytes) over a firmware's SM3 digest. now: real time."""
    sealed = _row(now).sealed_key
    key = private_key_from(bytes.fromhex(identity.open_text(bytes(sealed), context=CONTEXT)))
    return sign(key, message=digest)


def verification_key(now: datetime) -> PublicKey:
    """Return the public key with which devices verify firmware."""
    sealed = _row(now).sealed_key
    return public_key_of(private_key_from(bytes.fromhex(identity.open_text(bytes(sealed), context=CONTEXT))))


def is_signed(digest: bytes, signature: bytes, *, now: datetime) -> bool:
    """Say whether a signature is the city's over this digest."""
    return verifies(verification_key(now), message=digest, signature=signature)


def _row(now: datetime) -> DeviceAuthority:
    found = DeviceAuthority.objects.filter(name=NAME, ended_at=None).first()
    return found or _made(now)


def _made(now: datetime) -> DeviceAuthority:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('iot.firmware_signer', 0))")
        found = DeviceAuthority.objects.filter(name=NAME, ended_at=None).first()
        if found is not None:
            return found
        key = new_private_key()
        return DeviceAuthority.objects.create(
            name=NAME,
            certificate=public_key_of(key).raw.hex(),
            sealed_key=identity.seal_personal(key.raw.hex(), context=CONTEXT, masked="").sealed,
            created_at=now,
        )
