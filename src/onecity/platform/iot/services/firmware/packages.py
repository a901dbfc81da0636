"""Firmware packages: taken in, proved, signed, withdrawn."""

import hashlib
import re
import secrets
from datetime import datetime
from typing import IO, Final

from cryptography.hazmat.primitives import hashes
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Conflict, Invalid, NotFound, NotPermitted
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity
from onecity.platform.iot.contracts.firmware import NewFirmware
from onecity.platform.iot.models import Campaign, Firmware, Product
from onecity.platform.iot.permissions import MANAGE_FIRMWARE
from onecity.platform.iot.registries import device_types
from onecity.platform.iot.services.firmware.signing import signature_of

LARGEST: Final = 256 * 1024 * 1024
VERSION: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z._+-]{0,39}")
KINDS: Final = (".bin", ".hex", ".img", ".zip", ".tar", ".gz", ".tgz", ".swu", ".ota", ".fw", ".pkg", ".mcb")
_BLOCK: Final = 1 << 20


class FirmwareExists(Conflict):
    """This version for this type and product is there already; versions are never replaced."""

    code = "iot.firmware_exists"
    message = zh("该版本的固件已经存在，固件版本不可覆盖")


def add_firmware(
    actor: Actor,
    *,
    file: IO[bytes],
    new: NewFirmware,
    now: datetime,
    real_now: datetime,
) -> int:
    """Take in a package and return its id; it is digested, signed with the city's key, and never changes again.

    now: city time.
    Raises: Invalid naming the field; OutsideScope; FirmwareExists.
    """
    product = Product.objects.filter(id=new.product_id).first() if new.product_id else None
    size, digests = _digests(file)
    faults = _faults(new, size=size)
    if new.product_id and (product is None or product.type_code != new.type_code):
        faults["product_id"] = zh("没有这个产品，或它不属于该设备类型")
    if new.sm3 and new.sm3.lower() != digests[0].hex():
        faults["sm3"] = zh("文件的SM3摘要与厂商给出的不一致")
    if faults:
        raise Invalid(fields=faults)
    if not actor.may(MANAGE_FIRMWARE):
        raise NotPermitted
    storage_name = default_storage.save(f"firmware/{secrets.token_hex(16)}", File(file))
    try:
        with transaction.atomic():
            made = Firmware.objects.create(
                type_code=new.type_code,
                product=product,
                version=new.version,
                name=new.name[-200:],
                storage_name=storage_name,
                size=size,
                sm3=digests[0].hex(),
                sha256=digests[1].hex(),
                signature=signature_of(digests[0], now=real_now).hex(),
                notes=new.notes[:4000],
                organisation_id=actor.organisation_id,
                created_by=actor.key[:60],
                created_at=now,
            )
            details = {"type": new.type_code, "version": new.version, "sm3": made.sm3}
            identity.record(actor, action="iot.add_firmware", target=f"iot.firmware:{made.id}", details=details)
    except BaseException as error:
        default_storage.delete(storage_name)
        if isinstance(error, IntegrityError):
            raise FirmwareExists(fields={"version": FirmwareExists.message}) from None
        raise
    return made.id


def withdraw_firmware(actor: Actor, *, firmware_id: int) -> None:
    """Take a package out of use: no campaign can be made of it any more.

    Raises: NotFound; Conflict while a campaign with it is under way.
    """
    with transaction.atomic():
        rows = Firmware.objects.filter(identity.row_scope(actor, MANAGE_FIRMWARE).q(), id=firmware_id)
        row = rows.select_for_update().first()
        if row is None:
            raise NotFound
        if Campaign.objects.filter(firmware=row, state__in=["draft", "running", "paused"]).exists():
            raise Conflict(zh("该固件正用于尚未结束的升级任务"))
        row.state = Firmware.State.WITHDRAWN
        row.save(update_fields=["state"])
        identity.record(actor, action="iot.withdraw_firmware", target=f"iot.firmware:{firmware_id}")


def _digests(file: IO[bytes]) -> tuple[int, tuple[bytes, bytes]]:
    """Return size, SM3 and SHA-256 of a file; it is read once more afterwards."""
    first, second, size = hashes.Hash(hashes.SM3()), hashlib.sha256(), 0
    file.seek(0)
    while block := file.read(_BLOCK):
        size += len(block)
        if size > LARGEST:
            break
        first.update(block)
        second.update(block)
    file.seek(0)
    return size, (first.finalize(), second.digest())


def _faults(new: NewFirmware, *, size: int) -> dict[str, str]:
    checks = (
        ("file", 0 < size <= LARGEST, zh("固件文件应大于0字节且不超过256MB")),
        ("file", new.name.lower().endswith(KINDS), zh("不支持这种固件文件类型")),
        ("type_code", new.type_code in device_types(), zh("没有这个设备类型")),
        ("version", bool(VERSION.fullmatch(new.version)), zh("版本由字母、数字和 . _ + - 组成，不超过40个字符")),
    )
    return {field: text for field, holds, text in checks if not holds}
