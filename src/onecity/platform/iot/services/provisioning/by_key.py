"""A device shows its product's key and secret and is given a token or a certificate of its own, once."""

import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from onecity.kernel.actor import system_actor
from onecity.kernel.errors import Conflict, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity
from onecity.platform.iot.contracts.registration import NewDevice
from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.models import AllowedDevice, Device, DeviceCertificate, DeviceCredential, Product
from onecity.platform.iot.services.changes import tell_changed
from onecity.platform.iot.services.credentials import new_token
from onecity.platform.iot.services.devices.registering import register_device
from onecity.platform.iot.services.provisioning.certificates import certify
from onecity.platform.iot.services.types.products import secret_digest

_NOBODY: Final = "0" * 64


class ProvisioningRefused(NotPermitted):
    """Key, secret or device are not let in; which of them it was is not told."""

    code = "iot.provisioning_refused"
    message = zh("产品密钥、设备标识不正确，或该设备不在允许范围内")


class AlreadyProvisioned(Conflict):
    """The device has its credentials; staff must take them away before it can fetch new ones."""

    code = "iot.already_provisioned"
    message = zh("该设备已领取过凭证，请联系管理单位重新签发")


@dataclass(frozen=True, slots=True)
class Provisioned:
    """What a device was given: a token, or a certificate (PEM) for the request that it sent."""

    device_key: str
    token: str = ""
    certificate: str = ""


def provision(
    *, product_code: str, secret: str, device_key: str, request_pem: str = "", now: datetime, city_now: datetime
) -> Provisioned:
    """Give a device its credentials. now: real time; city_now: city time, for what is registered.

    request_pem: a certificate request (PKCS #10); then the device is given a certificate and no token.
    Raises: ProvisioningRefused; AlreadyProvisioned; BadRequestPem.
    """
    product = _product(product_code, secret)
    with transaction.atomic():
        allowed = _admit(product, device_key, now=now)
        device = _device(product, device_key, allowed, city_now=city_now)
        actor = system_actor("iot.provisioning")
        if request_pem:
            given = Provisioned(device_key, certificate=certify(device.id, request_pem=request_pem, now=now))
        else:
            given = Provisioned(device_key, token=new_token(device.id, now=now))
        details = {"product": product.code, "certificate": bool(request_pem)}
        identity.record(actor, action="iot.provision", target=f"iot.device:{device.id}", details=details)
        tell_changed(device_key)
    return given


def _product(code: str, secret: str) -> Product:
    """Return the product whose secret this is; a wrong code takes as long as a wrong secret."""
    product = Product.objects.filter(code=code).exclude(secret_digest="").first()
    known = product.secret_digest if product else _NOBODY
    fits = hmac.compare_digest(known, secret_digest(secret))
    if product is None or not fits or product.admission == Product.Admission.CLOSED:
        raise ProvisioningRefused
    return product


def _admit(product: Product, device_key: str, *, now: datetime) -> AllowedDevice | None:
    """Let a device of the allow-list in, once; None where no list is asked for."""
    listed = AllowedDevice.objects.select_for_update().filter(product=product, key=device_key).first()
    if listed is None:
        if product.admission == Product.Admission.LISTED:
            raise ProvisioningRefused
        return None
    if listed.used_at is not None:
        raise AlreadyProvisioned
    listed.used_at = now
    listed.save(update_fields=["used_at"])
    return listed


def _device(product: Product, key: str, allowed: AllowedDevice | None, *, city_now: datetime) -> Device:
    """Return the device, registered with its product if it is new.

    Raises: ProvisioningRefused if it is another product's or out of service; AlreadyProvisioned.
    """
    device = Device.objects.select_for_update(no_key=True).filter(key=key).first()
    if device is None:
        new = NewDevice(
            key=key,
            name=(allowed.name if allowed else "") or f"{product.name} {key}"[:80],
            type_code=product.type_code,
            protocol=Protocol(product.protocol),
            organisation_id=product.organisation_id,
            division_code=product.division_code,
            product_code=product.code,
        )
        number = register_device(system_actor("iot.provisioning"), new=new, now=city_now)
        return Device.objects.select_for_update(no_key=True).get(id=number)
    if device.product_id != product.id or device.state == Device.State.RETIRED:
        raise ProvisioningRefused
    has_token = DeviceCredential.objects.filter(device=device, revoked_at=None).exists()
    if has_token or DeviceCertificate.objects.filter(device=device, revoked_at=None).exists():
        raise AlreadyProvisioned
    return device
