"""Who stands at the door: the certificate says, and the hub's list decides."""

import hashlib
import ssl
import tempfile
from pathlib import Path

from aiohttp import web

from onecity.platform.exchange.models import ExchangeNode
from onecity.platform.exchange.services.nodes.authority import DoorPapers


def context(papers: DoorPapers) -> ssl.SSLContext:
    """Return the door's TLS settings: TLS 1.2 or newer, and nobody without a certificate of our authority."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    made.verify_mode = ssl.CERT_REQUIRED
    made.load_verify_locations(cadata=papers.trusted.decode())
    with tempfile.TemporaryDirectory() as folder:  # the library reads keys from files only
        key, certificate = Path(folder) / "key", Path(folder) / "certificate"
        key.touch(mode=0o600)
        key.write_bytes(papers.key)
        certificate.write_bytes(papers.certificate)
        made.load_cert_chain(certificate, key)
    return made


def fingerprint(request: web.Request) -> str:
    """Return the SHA-256 of the certificate that the other side showed; "" for none."""
    tls = request.transport.get_extra_info("ssl_object") if request.transport else None
    shown = tls.getpeercert(binary_form=True) if tls else None
    return hashlib.sha256(shown).hexdigest() if shown else ""


def node_of(mark: str) -> ExchangeNode | None:
    """Return the node of a certificate, unless it was shut out."""
    return ExchangeNode.objects.filter(fingerprint=mark, state=ExchangeNode.State.ACTIVE).first() if mark else None
