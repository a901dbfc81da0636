"""Signing reports with SM2, and checking what was signed."""

from datetime import date, datetime

from django.db import IntegrityError, transaction

from onecity.domains.welfare.contracts import SignatureCheck
from onecity.domains.welfare.models import Report, SigningKey
from onecity.domains.welfare.services.sealing import REPORT
from onecity.kernel.ciphers.sm2.keys import new_private_key, private_key_from, public_key_from, public_key_of
from onecity.kernel.ciphers.sm2.signature import sign, verifies
from onecity.kernel.ciphers.sm3 import sm3
from onecity.platform.identity.api import open_text, seal_personal

PRIVATE = "welfare.signing_key.private"


def signing_key(*, now: datetime) -> SigningKey:
    """Return the key in use; the first caller makes it."""
    found = SigningKey.objects.filter(retired_at__isnull=True).first()
    if found is not None:
        return found
    fresh = new_private_key()
    sealed = seal_personal(fresh.raw.hex(), context=PRIVATE, masked="").sealed
    try:
        with transaction.atomic():
            return SigningKey.objects.create(
                public=public_key_of(fresh).raw.hex(), private_sealed=sealed, created_at=now
            )
    except IntegrityError:
        return SigningKey.objects.get(retired_at__isnull=True)


def signed(text: str, *, key: SigningKey) -> tuple[str, str]:
    """Return the digest (SM3) and the signature (SM2, r and s) of a text, both hexadecimal."""
    secret = private_key_from(bytes.fromhex(open_text(bytes(key.private_sealed), context=PRIVATE)))
    return sm3(text.encode()).hex(), sign(secret, message=text.encode()).hex()


def check(report: Report, *, on: date) -> SignatureCheck:
    """Check a report against its signature, its digest and its period."""
    text = open_text(bytes(report.body_sealed), context=REPORT)
    key = public_key_from(bytes.fromhex(report.key.public))
    genuine = sm3(text.encode()).hex() == report.digest and verifies(
        key, message=text.encode(), signature=bytes.fromhex(report.signature)
    )
    return SignatureCheck(
        report.number,
        genuine,
        on <= report.valid_to,
        report.signed_at,
        report.valid_to,
        report.digest,
        report.key.public,
    )
