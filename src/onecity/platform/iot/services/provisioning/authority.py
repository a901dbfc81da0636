"""The city's own small certificate authority for devices: made at first use, its key sealed at rest.

Elliptic curve P-256 with SHA-256: what microcontrollers and Mosquitto's OpenSSL speak. SM2 certificates would need a
TLS library that speaks them.
Source: IETF RFC 5280, 4.1 and 5.1 (certificate and revocation list); IETF RFC 2986 (certificate request).
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.db import connection

from onecity.platform.identity import api as identity
from onecity.platform.iot.models import DeviceAuthority, DeviceCertificate

NAME: Final = "OneCity device CA"
CONTEXT: Final = "iot.device_authority"
LIFE: Final = timedelta(days=20 * 365)
CRL_LIFE: Final = timedelta(days=7)
CLOCKS_DIFFER: Final = timedelta(hours=1)
_REASON: Final = x509.ReasonFlags.cessation_of_operation


def authority(now: datetime) -> DeviceAuthority:
    """Return the authority in force, made if there is none yet; in the caller's transaction. now: real time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('iot.device_authority', 0))")
    found = DeviceAuthority.objects.filter(name=NAME, ended_at=None).first()
    return found or _made(now)


def signing_key(row: DeviceAuthority) -> ec.EllipticCurvePrivateKey:
    """Return the authority's private key, unsealed for one use."""
    pem = identity.open_text(bytes(row.sealed_key), context=CONTEXT)
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key


def root(row: DeviceAuthority) -> x509.Certificate:
    """Return the authority's own certificate."""
    return x509.load_pem_x509_certificate(row.certificate.encode())


def revocation_list(row: DeviceAuthority, *, now: datetime) -> str:
    """Return the signed list of certificates that were revoked and have not run out (PEM). now: real time."""
    moment = now.astimezone(UTC)
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(root(row).subject)
        .last_update(moment)
        .next_update(moment + CRL_LIFE)
        .add_extension(x509.CRLNumber(row.crl_number), critical=False)
    )
    revoked = DeviceCertificate.objects.filter(authority=row, revoked_at__isnull=False, ends_at__gt=now)
    for item in revoked.order_by("id"):
        assert item.revoked_at is not None
        entry = x509.RevokedCertificateBuilder().serial_number(int(item.serial, 16)).revocation_date(item.revoked_at)
        builder = builder.add_revoked_certificate(entry.add_extension(x509.CRLReason(_REASON), critical=False).build())
    signed = builder.sign(signing_key(row), hashes.SHA256())
    return signed.public_bytes(serialization.Encoding.PEM).decode()


def _made(now: datetime) -> DeviceAuthority:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - CLOCKS_DIFFER)
        .not_valid_after(now + LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(_usage(signs=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    return DeviceAuthority.objects.create(
        name=NAME,
        certificate=certificate.public_bytes(serialization.Encoding.PEM).decode(),
        sealed_key=identity.seal_personal(pem, context=CONTEXT, masked="").sealed,
        created_at=now,
    )


def _usage(*, signs: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs,
        crl_sign=signs,
        encipher_only=False,
        decipher_only=False,
    )


def device_usage() -> x509.KeyUsage:
    """Return what a device's key may be used for."""
    return _usage(signs=False)
