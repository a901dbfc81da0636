"""Certificates of devices: issued for a device's own key, revoked, and what a broker needs to know of them."""

from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.db import transaction

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Invalid, NotFound
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity
from onecity.platform.iot.models import Device, DeviceAuthority, DeviceCertificate
from onecity.platform.iot.permissions import MANAGE_DEVICES
from onecity.platform.iot.selectors.devices import device_for
from onecity.platform.iot.services.changes import tell_changed
from onecity.platform.iot.services.provisioning.authority import (
    CLOCKS_DIFFER,
    authority,
    device_usage,
    revocation_list,
    root,
    signing_key,
)

LIFE: Final = timedelta(days=3 * 365)
LARGEST_REQUEST: Final = 16_384
SMALLEST_RSA: Final = 2048


class BadRequestPem(Invalid):
    """The certificate request cannot be read, is not signed by its own key, or its key is too weak."""

    code = "iot.bad_certificate_request"
    message = zh("证书请求无法识别，或其签名、密钥不符合要求")


def issue_certificate(actor: Actor, *, device_id: int, request_pem: str, now: datetime) -> str:
    """Issue a certificate for a device's own key and return it (PEM), those before it stay. now: real time.

    Raises: NotFound; BadRequestPem.
    """
    device = device_for(actor, device_id, permission=MANAGE_DEVICES)
    with transaction.atomic():
        made = certify(device_id, request_pem=request_pem, now=now)
        identity.record(actor, action="iot.issue_certificate", target=f"iot.device:{device_id}")
        tell_changed(device.key)
    return made


def certify(device_id: int, *, request_pem: str, now: datetime) -> str:
    """Issue a certificate in the caller's transaction, who has checked that the device may have one.

    Its common name is the device's key, whatever the request says: a device cannot call itself another's name.
    Raises: BadRequestPem.
    """
    request = _request(request_pem)
    device = Device.objects.get(id=device_id)
    issuer = authority(now)
    serial = x509.random_serial_number()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, device.key)]))
        .issuer_name(root(issuer).subject)
        .public_key(request.public_key())
        .serial_number(serial)
        .not_valid_before(now - CLOCKS_DIFFER)
        .not_valid_after(now + LIFE)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(device_usage(), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
        .sign(signing_key(issuer), hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM).decode()
    DeviceCertificate.objects.create(
        device=device,
        authority=issuer,
        serial=f"{serial:x}",
        fingerprint=certificate.fingerprint(hashes.SHA256()).hex(),
        certificate=pem,
        begins_at=now,
        ends_at=now + LIFE,
    )
    return pem


def revoke_certificate(actor: Actor, *, certificate_id: int, reason: str, now: datetime) -> None:
    """Revoke a certificate; it stands in the next revocation list. now: real time.

    Raises: NotFound.
    """
    row = DeviceCertificate.objects.filter(id=certificate_id, revoked_at=None).first()
    if row is None:
        raise NotFound
    device = device_for(actor, row.device_id, permission=MANAGE_DEVICES)
    with transaction.atomic():
        row.revoked_at, row.reason = now, reason[:80]
        row.save(update_fields=["revoked_at", "reason"])
        issuer = DeviceAuthority.objects.select_for_update().get(id=row.authority_id)
        issuer.crl_number += 1
        issuer.save(update_fields=["crl_number"])
        details = {"serial": row.serial, "reason": reason[:80]}
        identity.record(actor, action="iot.revoke_certificate", target=f"iot.device:{row.device_id}", details=details)
        tell_changed(device.key)


def trusted_pem(now: datetime) -> str:
    """Return the authority's certificate, by which a broker knows devices (PEM); it is made if there is none."""
    with transaction.atomic():
        return authority(now).certificate


def revoked_pem(now: datetime) -> str:
    """Return the list of revoked certificates, signed now (PEM); a broker wants a new one before a week is over."""
    with transaction.atomic():
        return revocation_list(authority(now), now=now)


def certificate_holder(fingerprint: str, *, now: datetime) -> int | None:
    """Return the device whose certificate this is; None if it is nobody's, revoked or run out."""
    held = DeviceCertificate.objects.filter(fingerprint=fingerprint, revoked_at=None, ends_at__gt=now)
    return held.values_list("device_id", flat=True).first()


def _request(pem: str) -> x509.CertificateSigningRequest:
    if len(pem) > LARGEST_REQUEST:
        raise BadRequestPem
    try:
        request = x509.load_pem_x509_csr(pem.encode())
        key = request.public_key()
        signed = request.is_signature_valid
    except (ValueError, UnsupportedAlgorithm, InvalidSignature, UnicodeEncodeError):
        raise BadRequestPem from None
    strong = isinstance(key, ec.EllipticCurvePublicKey) or (
        isinstance(key, rsa.RSAPublicKey) and key.key_size >= SMALLEST_RSA
    )
    if not signed or not strong:
        raise BadRequestPem
    return request
