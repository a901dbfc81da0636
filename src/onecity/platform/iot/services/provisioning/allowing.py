"""The allow-list of a product: which devices may fetch credentials by its key."""

from typing import Final

from django.db import transaction

from onecity.kernel.actor import Actor
from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity
from onecity.platform.iot.models import AllowedDevice
from onecity.platform.iot.services.devices.registering import is_key
from onecity.platform.iot.services.types.products import product_row

MOST_AT_ONCE: Final = 10_000


def allow_devices(actor: Actor, *, product_id: int, text: str) -> int:
    """Put devices on the list, one key a line with a name behind a comma; returns how many are new.

    Raises: NotFound; Invalid naming the first line that holds no key.
    """
    product = product_row(actor, product_id)
    lines = [line.replace("，", ",").partition(",") for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_AT_ONCE:
        raise Invalid(zh("一次最多加入10000台设备"))
    for number, (key, _, _) in enumerate(lines, start=1):
        if not is_key(key.strip()):
            raise Invalid(zh("第{line}行不是有效的设备标识"), params={"line": number})
    with transaction.atomic():
        before = AllowedDevice.objects.filter(product=product).count()
        rows = [AllowedDevice(product=product, key=key.strip(), name=name.strip()[:80]) for key, _, name in lines]
        AllowedDevice.objects.bulk_create(rows, batch_size=2_000, ignore_conflicts=True)
        added = AllowedDevice.objects.filter(product=product).count() - before
        identity.record(actor, action="iot.allow_devices", target=f"iot.product:{product_id}", details={"added": added})
    return added
