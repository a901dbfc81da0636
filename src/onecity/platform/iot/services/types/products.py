"""Makers' products: what they are, how they map onto a type, the secret by which their devices come in."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction

from onecity.kernel.actor import Actor
from onecity.kernel.ciphers.sm3 import sm3
from onecity.kernel.errors import Conflict, Invalid, NotFound
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity
from onecity.platform.iot.contracts.types import ProductFacts
from onecity.platform.iot.models import Device, Product
from onecity.platform.iot.permissions import MANAGE_DEVICES
from onecity.platform.iot.registries import device_types
from onecity.platform.iot.rules.mapping import wire_field
from onecity.platform.iot.services.changes import EVERYTHING, tell_changed
from onecity.platform.iot.services.devices.facts import check_scope, is_division

SECRET_MARK: Final = "ocp_"
_CODE_BYTES: Final = 6


class ProductExists(Conflict):
    """The maker's model is entered already."""

    code = "iot.product_exists"
    message = zh("该厂商的这个型号已经登记")


def create_product(actor: Actor, *, facts: ProductFacts, now: datetime) -> int:
    """Enter a product and return its id; its code (product key) is made here. now: city time.

    Raises: Invalid; OutsideScope; ProductExists.
    """
    _check(actor, facts)
    code = f"p{secrets.token_hex(_CODE_BYTES)}"
    try:
        with transaction.atomic():
            made = Product.objects.create(code=code, created_at=now, **_columns(facts))
            details = {"maker": facts.maker, "model": facts.model, "type": facts.type_code}
            identity.record(actor, action="iot.create_product", target=f"iot.product:{made.id}", details=details)
    except IntegrityError:
        raise ProductExists(fields={"model": ProductExists.message}) from None
    return made.id


def change_product(actor: Actor, *, product_id: int, facts: ProductFacts) -> None:
    """Change a product; its type and protocol stay as long as it has devices.

    Raises: NotFound; Invalid; OutsideScope; ProductExists.
    """
    row = product_row(actor, product_id)
    _check(actor, facts)
    if (row.type_code, row.protocol) != (facts.type_code, facts.protocol) and row_has_devices(row):
        raise Invalid(fields={"type_code": zh("产品已有设备，不能更换设备类型和接入协议")})
    try:
        with transaction.atomic():
            Product.objects.filter(id=product_id).update(**_columns(facts))
            identity.record(actor, action="iot.change_product", target=f"iot.product:{product_id}")
            tell_changed(EVERYTHING)
    except IntegrityError:
        raise ProductExists(fields={"model": ProductExists.message}) from None


def issue_product_secret(actor: Actor, *, product_id: int) -> str:
    """Issue a product's secret, in place of any before, and return it; it is shown this once.

    Raises: NotFound.
    """
    product_row(actor, product_id)
    secret = SECRET_MARK + secrets.token_urlsafe(32)
    with transaction.atomic():
        Product.objects.filter(id=product_id).update(secret_digest=secret_digest(secret), secret_prefix=secret[:10])
        identity.record(actor, action="iot.issue_product_secret", target=f"iot.product:{product_id}")
    return secret


def product_row(actor: Actor, product_id: int) -> Product:
    """Return a product that the actor may manage.

    Raises: NotFound.
    """
    row = Product.objects.filter(identity.row_scope(actor, MANAGE_DEVICES).q(), id=product_id).first()
    if row is None:
        raise NotFound
    return row


def row_has_devices(row: Product) -> bool:
    """Say whether a product has devices."""
    return Device.objects.filter(product_id=row.id).exists()


def secret_digest(secret: str) -> str:
    """Return the digest under which a secret of 256 random bits is stored."""
    return sm3(secret.encode()).hex()


def _columns(facts: ProductFacts) -> dict[str, object]:
    return {
        "name": facts.name.strip(),
        "maker": facts.maker.strip(),
        "model": facts.model.strip(),
        "type_code": facts.type_code,
        "protocol": facts.protocol.value,
        "mapping": dict(facts.mapping),
        "organisation_id": facts.organisation_id,
        "division_code": facts.division_code,
        "admission": facts.admission,
    }


def _check(actor: Actor, facts: ProductFacts) -> None:
    texts = {"name": facts.name, "maker": facts.maker, "model": facts.model}
    faults = {name: zh("应为1至80个字") for name, text in texts.items() if not 1 <= len(text.strip()) <= 80}
    if facts.type_code not in device_types():
        faults["type_code"] = zh("没有这个设备类型")
    if not is_division(facts.division_code):
        faults["division_code"] = zh("网格或区划代码应为6、9、12或15位数字")
    if facts.admission not in Product.Admission.values:
        faults["admission"] = zh("没有这个选项")
    fault = mapping_fault(facts.type_code, facts.mapping)
    if fault:
        faults["mapping"] = fault
    if faults:
        raise Invalid(fields=faults)
    check_scope(actor, organisation_id=facts.organisation_id, division_code=facts.division_code)


def mapping_fault(type_code: str, mapping: Mapping[str, object]) -> str:
    """Return what is wrong with a mapping; "" if nothing is."""
    kind = device_types().get(type_code)
    if kind is None:
        return ""
    for name, item in mapping.items():
        field = wire_field(name, item)
        if field is None or not 1 <= len(name) <= 80:
            return zh("字段映射应写成 {报文字段: {property: 属性编码, scale: 换算系数}} 的形式")
        if kind.observed(field.property_code) is None:
            return zh("字段映射中有物模型没有的属性")
    return ""
