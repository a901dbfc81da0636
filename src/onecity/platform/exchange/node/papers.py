"""A node's key and its request for a certificate: the key never leaves the machine."""

from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


def write_request(folder: Path, *, code: str) -> Path:
    """Make a key (`node.key`, readable by its owner only) and a request (`node.csr`); a key that is there is kept.

    Returns the request's path.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "node.key"
    if path.exists():
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
    else:
        key = ec.generate_private_key(ec.SECP256R1())
        path.touch(mode=0o600)
        path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, code)])
    request = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
    asked = folder / "node.csr"
    asked.write_bytes(request.public_bytes(serialization.Encoding.PEM))
    return asked
