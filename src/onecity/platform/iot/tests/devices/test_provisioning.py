"""Devices fetch credentials by key, by certificate, are claimed; tokens overlap when they are rotated."""

import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from django.test import Client

from onecity.kernel import clock
from onecity.kernel.actor import system_actor
from onecity.kernel.errors import Invalid, NotFound
from onecity.platform.identity.tests.factories import audited, make_actor, make_organisation
from onecity.platform.iot.contracts.types import ProductFacts
from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.models import (
    AllowedDevice,
    ClaimCode,
    Device,
    DeviceCertificate,
    DeviceCredential,
    Product,
)
from onecity.platform.iot.services.broker_files import passwords
from onecity.platform.iot.services.credentials import issue_token, revoke_token, token_holder
from onecity.platform.iot.services.devices import retire_device
from onecity.platform.iot.services.provisioning.by_key import AlreadyProvisioned, ProvisioningRefused, provision
from onecity.platform.iot.services.provisioning.certificates import (
    BadRequestPem,
    certificate_holder,
    issue_certificate,
    revoke_certificate,
    revoked_pem,
    trusted_pem,
)
from onecity.platform.iot.services.provisioning.claims import (
    AlreadyClaimed,
    ClaimRefused,
    claim,
    claimed_by,
    issue_claim_code,
    offer,
    release,
)
from onecity.platform.iot.services.types import create_product, issue_product_secret
from onecity.platform.iot.tests.factories import NOW, make_device

pytestmark = pytest.mark.django_db
SYSTEM = system_actor("test")


def product(admission: str = "open") -> tuple[Product, str]:
    facts = ProductFacts(
        "水表", "甲厂", "M1", "gauge.meter", Protocol.MQTT, make_organisation().id, admission=admission
    )
    number = create_product(SYSTEM, facts=facts, now=NOW)
    return Product.objects.get(id=number), issue_product_secret(SYSTEM, product_id=number)


def fetched(made: Product, secret: str, key: str = "NEW1", request: str = "") -> str:
    given = provision(product_code=made.code, secret=secret, device_key=key, request_pem=request, now=NOW, city_now=NOW)
    return given.certificate or given.token


def request_pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey | None = None, name: str = "SOMEBODY") -> str:
    signer = key or ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = x509.CertificateSigningRequestBuilder().subject_name(subject).sign(signer, hashes.SHA256())
    return made.public_bytes(serialization.Encoding.PEM).decode()


def test_new_device_of_an_open_product_is_registered_and_given_a_token() -> None:
    made, secret = product()
    token = fetched(made, secret)
    device = Device.objects.get(key="NEW1")
    assert (device.product_id, device.type_code, device.organisation_id) == (
        made.id,
        "gauge.meter",
        made.organisation_id,
    )
    assert token_holder(token, now=NOW) == device.id
    assert ("iot.provision", "done") in audited(f"iot.device:{device.id}")


def test_credentials_are_fetched_once() -> None:
    made, secret = product()
    fetched(made, secret)
    with pytest.raises(AlreadyProvisioned):
        fetched(made, secret)


def test_revoked_device_may_fetch_again() -> None:
    made, secret = product()
    fetched(made, secret)
    revoke_token(SYSTEM, device_id=Device.objects.get().id, now=NOW)
    assert fetched(made, secret)


def test_wrong_secret_unknown_product_and_closed_product_are_refused_alike() -> None:
    made, secret = product()
    closed, closed_secret = made, secret
    with pytest.raises(ProvisioningRefused):
        fetched(made, secret + "x")
    with pytest.raises(ProvisioningRefused):
        provision(product_code="p0", secret=secret, device_key="K", now=NOW, city_now=NOW)
    Product.objects.update(admission="closed")
    with pytest.raises(ProvisioningRefused):
        fetched(closed, closed_secret)
    assert not Device.objects.exists()


def test_listed_product_lets_in_whom_its_list_names_once() -> None:
    made, secret = product("listed")
    AllowedDevice.objects.create(product=made, key="OK1", name="一号表")
    with pytest.raises(ProvisioningRefused):
        fetched(made, secret, "OTHER")
    assert fetched(made, secret, "OK1")
    assert Device.objects.get().name == "一号表"
    DeviceCredential.objects.all().delete()
    with pytest.raises(AlreadyProvisioned):
        fetched(made, secret, "OK1")


def test_device_of_another_product_or_out_of_service_is_refused() -> None:
    made, secret = product()
    make_device("MINE", type_code="gauge.meter", protocol=Protocol.MQTT)
    with pytest.raises(ProvisioningRefused):
        fetched(made, secret, "MINE")
    fetched(made, secret)
    retire_device(SYSTEM, device_id=Device.objects.get(key="NEW1").id, reason="坏", now=NOW)
    with pytest.raises(ProvisioningRefused):
        fetched(made, secret)


def test_certificate_names_the_device_whatever_the_request_says_and_openssl_agrees(tmp_path: Path) -> None:
    made, secret = product()
    pem = fetched(made, secret, "NEW1", request_pem(name="ADMIN"))
    found = x509.load_pem_x509_certificate(pem.encode())
    assert found.subject.rfc4514_string() == "CN=NEW1"
    assert not DeviceCredential.objects.exists()
    (tmp_path / "ca.pem").write_text(trusted_pem(NOW) + revoked_pem(clock.real_now()))
    (tmp_path / "device.pem").write_text(pem)
    check = ["openssl", "verify", "-crl_check", "-no_check_time", "-CAfile", "ca.pem", "device.pem"]
    done = subprocess.run(check, cwd=tmp_path, capture_output=True, text=True, timeout=20, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "device.pem: OK"), done.stderr


def test_revoked_certificate_stands_in_the_list(tmp_path: Path) -> None:
    device = make_device("D1")
    pem = issue_certificate(SYSTEM, device_id=device.id, request_pem=request_pem(), now=NOW)
    found = x509.load_pem_x509_certificate(pem.encode())
    mark = found.fingerprint(hashes.SHA256()).hex()
    assert certificate_holder(mark, now=NOW) == device.id
    row = DeviceCertificate.objects.get()
    revoke_certificate(SYSTEM, certificate_id=row.id, reason="丢失", now=NOW)
    assert certificate_holder(mark, now=NOW) is None
    crl = x509.load_pem_x509_crl(revoked_pem(NOW).encode())
    assert crl.get_revoked_certificate_by_serial_number(found.serial_number) is not None
    with pytest.raises(NotFound):
        revoke_certificate(SYSTEM, certificate_id=row.id, reason="", now=NOW)


def broken() -> str:
    """Return a request whose signature is another's."""
    lines = request_pem().splitlines()
    middle = lines[2]
    lines[2] = middle[:10] + ("A" if middle[10] != "A" else "B") + middle[11:]
    return "\n".join(lines)


@pytest.mark.parametrize(
    "request_text",
    [
        "no pem",
        "x" * 20_000,
        "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n",
        request_pem(rsa.generate_private_key(public_exponent=65537, key_size=1024)),
    ],
    ids=["text", "long", "empty", "weak"],
)
def test_request_that_cannot_be_taken_is_refused(request_text: str) -> None:
    with pytest.raises(BadRequestPem):
        issue_certificate(SYSTEM, device_id=make_device().id, request_pem=request_text, now=NOW)


def test_request_that_was_tampered_with_is_refused() -> None:
    with pytest.raises(BadRequestPem):
        issue_certificate(SYSTEM, device_id=make_device().id, request_pem=broken(), now=NOW)


def test_rotated_token_is_taken_beside_the_new_one_until_it_ends() -> None:
    device = make_device(protocol=Protocol.MQTT)
    old = issue_token(SYSTEM, device_id=device.id, now=NOW)
    new = issue_token(SYSTEM, device_id=device.id, now=NOW, overlap=timedelta(hours=1))
    later = NOW + timedelta(hours=1)
    assert (token_holder(old, now=NOW), token_holder(new, now=NOW)) == (device.id, device.id)
    assert (token_holder(old, now=later), token_holder(new, now=later)) == (None, device.id)
    assert sum(line.startswith(f"{device.key}:") for line in passwords(gateway_password="x")) == 1
    revoke_token(SYSTEM, device_id=device.id, now=NOW)
    assert (token_holder(old, now=NOW), token_holder(new, now=NOW)) == (None, None)


def test_citizen_claims_a_device_once_and_gives_it_back() -> None:
    device = make_device()
    code = issue_claim_code(SYSTEM, device_id=device.id, now=NOW)
    one, other = make_actor(), make_actor()
    typed = f"{code[:4]}-{code[4:8].lower()} {code[8:]}"
    assert claim(one, code=typed, now=NOW, city_now=NOW) == device.id
    assert [item.id for item in claimed_by(one)] == [device.id]
    for actor in (one, other):
        with pytest.raises(ClaimRefused):
            claim(actor, code=code, now=NOW, city_now=NOW)
    with pytest.raises(AlreadyClaimed):
        offer(device.id, code="OTHERCODE", until=NOW)
    with pytest.raises(NotFound):
        release(other, device_id=device.id, city_now=NOW)
    release(one, device_id=device.id, city_now=NOW)
    assert claimed_by(one) == []


def test_claim_code_is_stored_as_a_keyed_hash_and_runs_out() -> None:
    device = make_device()
    code = issue_claim_code(SYSTEM, device_id=device.id, now=NOW, life=timedelta(days=1))
    assert code not in ClaimCode.objects.get().code_hash
    with pytest.raises(ClaimRefused):
        claim(make_actor(), code=code, now=NOW + timedelta(days=1), city_now=NOW)
    with pytest.raises(Invalid):
        offer(device.id, code="short", until=NOW)


def posted(client: Client, path: str, body: object, **headers: str) -> tuple[int, dict[str, object]]:
    response = client.post(f"/api/iot{path}", body, content_type="application/json", headers=headers)
    return response.status_code, response.json() if response.content else {}


def test_device_provisions_itself_over_http_and_tells_its_settings() -> None:
    made, secret = product()
    asked = {"product": made.code, "secret": secret, "device": "NEW1"}
    status, given = posted(Client(), "/v1/provision", asked)
    assert (status, given["device"]) == (201, "NEW1")
    bearer = {"Authorization": f"Bearer {given['token']}"}
    status, shadow = posted(Client(), "/v1/devices/NEW1/shadow", {"reported": {"interval": 60}}, **bearer)
    assert (status, shadow["reported"], shadow["reported_version"]) == (200, {"interval": 60}, 1)
    assert Client().get("/api/iot/v1/devices/NEW1/shadow", headers=bearer).json()["reported"] == {"interval": 60}
    assert posted(Client(), "/v1/provision", asked)[0] == 409
    assert posted(Client(), "/v1/provision", {**asked, "secret": "x"})[0] == 403


def test_nobody_reads_another_devices_shadow() -> None:
    device, other = make_device(protocol=Protocol.MQTT), make_device(protocol=Protocol.MQTT)
    token = issue_token(SYSTEM, device_id=device.id, now=clock.real_now())
    mine = {"Authorization": f"Bearer {token}"}
    assert Client().get(f"/api/iot/v1/devices/{other.key}/shadow", headers=mine).status_code == 403
    assert Client().get(f"/api/iot/v1/devices/{other.key}/shadow").status_code == 401
    assert Client().get(f"/api/iot/v1/devices/{device.key}/shadow", headers=mine).status_code == 200


def test_authority_and_revocations_are_public() -> None:
    assert b"BEGIN CERTIFICATE" in Client().get("/api/iot/v1/ca.pem").content
    assert b"BEGIN X509 CRL" in Client().get("/api/iot/v1/crl.pem").content
