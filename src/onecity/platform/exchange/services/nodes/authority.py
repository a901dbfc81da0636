"""Certificates of nodes and of the hub's door, signed by an authority of the hub's own."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.db import transaction

from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.exchange.models import NodeAuthority
from onecity.platform.identity import api as identity

SECRET: Final = "exchange.nodeauthority.key"
AUTHORITY_DAYS: Final = 3650
NODE_DAYS: Final = 730
DOOR_DAYS: Final = 90
_SKEW: Final = timedelta(minutes=5)


class RequestRefused(Invalid):
    """The certificate request cannot be read, or its signature does not hold."""

    code = "exchange.bad_certificate_request"
    message = zh("证书申请文件无法识别或签名不正确")


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate as PEM, its SHA-256 fingerprint (hex), and when it ends."""

    certificate: str
    fingerprint: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class DoorPapers:
    """What the door shows: its key and certificate, and whom it trusts; PEM."""

    key: bytes
    certificate: bytes
    trusted: bytes


def trusted_certificate(*, now: datetime) -> str:
    """Return the authority's certificate; made when there is none. now: real time."""
    return _authority(now)[0].public_bytes(serialization.Encoding.PEM).decode()


def issue_to_node(request: str, *, code: str, now: datetime) -> Issued:
    """Sign a node's request; whatever name it asks for, the certificate says `code`. Raises: RequestRefused."""
    try:
        asked = x509.load_pem_x509_csr(request.encode())
    except ValueError as fault:
        raise RequestRefused from fault
    if not asked.is_signature_valid:
        raise RequestRefused
    certificate, key = _authority(now)
    made = (
        _builder(code, issuer=certificate.subject, now=now, days=NODE_DAYS)
        .public_key(asked.public_key())
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = made.public_bytes(serialization.Encoding.PEM).decode()
    return Issued(pem, made.fingerprint(hashes.SHA256()).hex(), made.not_valid_after_utc)


def door_papers(hosts: Sequence[str], *, now: datetime) -> DoorPapers:
    """Return fresh papers for the door, good for these host names and addresses."""
    certificate, key = _authority(now)
    own = ec.generate_private_key(ec.SECP256R1())
    made = (
        _builder("onecity-hub", issuer=certificate.subject, now=now, days=DOOR_DAYS)
        .public_key(own.public_key())
        .add_extension(x509.SubjectAlternativeName([_host(name) for name in hosts]), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    return DoorPapers(
        _key_pem(own),
        made.public_bytes(serialization.Encoding.PEM),
        certificate.public_bytes(serialization.Encoding.PEM),
    )


def _authority(now: datetime) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    with transaction.atomic():
        row = NodeAuthority.objects.select_for_update().first()
        if row is None:
            certificate, key = _new_authority(now)
            sealed = identity.seal_personal(_key_pem(key).decode(), context=SECRET, masked="").sealed
            row, _ = NodeAuthority.objects.get_or_create(
                id=1,
                defaults={
                    "certificate": certificate.public_bytes(serialization.Encoding.PEM).decode(),
                    "key_sealed": sealed,
                    "created_at": now,
                },
            )
    opened = identity.open_text(bytes(row.key_sealed), context=SECRET)
    held = serialization.load_pem_private_key(opened.encode(), password=None)
    assert isinstance(held, ec.EllipticCurvePrivateKey)
    return x509.load_pem_x509_certificate(row.certificate.encode()), held


def _new_authority(now: datetime) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "OneCity exchange nodes")])
    made = (
        _builder("OneCity exchange nodes", issuer=name, now=now, days=AUTHORITY_DAYS)
        .public_key(key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    return made, key


def _builder(name: str, *, issuer: x509.Name, now: datetime, days: int) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(issuer)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _SKEW)
        .not_valid_after(now + timedelta(days=days))
    )


def _host(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
