"""What the broker shows and whom it believes where devices come with TLS."""

import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from onecity.platform.iot.services.broker_files import (
    DEVICES_AUTHORITY,
    SERVER_CERTIFICATE,
    SERVER_KEY,
)

DAYS: Final = 825
_SKEW: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Secure:
    """Where the broker listens with TLS. certificate, key: what it shows, PEM. authority: of devices, PEM."""

    tls_port: int
    certificate_port: int
    certificate: str
    key: str
    authority: str = ""

    def files(self) -> Mapping[str, str]:
        """Return contents by file name."""
        own = {SERVER_CERTIFICATE: self.certificate, SERVER_KEY: self.key}
        return {**own, DEVICES_AUTHORITY: self.authority} if self.authority else own


def self_signed(names: Sequence[str], *, now: datetime) -> tuple[str, str]:
    """Return a certificate for these host names and addresses, and its key, as PEM. now: real time.

    For cities without a certificate of their own: devices are given the certificate itself to believe.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _SKEW)
        .not_valid_after(now + timedelta(days=DAYS))
        .add_extension(x509.SubjectAlternativeName([_host(item) for item in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    encoded = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return made.public_bytes(serialization.Encoding.PEM).decode(), encoded.decode()


def _host(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
