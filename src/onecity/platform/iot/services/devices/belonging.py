"""What a device belongs to: its maker's product, the gateway device through which it speaks, its tags."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from onecity.kernel.text import zh
from onecity.platform.iot.contracts.registration import NewDevice
from onecity.platform.iot.models import Device, Product

MOST_TAGS: Final = 20
LONGEST_TAG: Final = 20
NO_PRODUCT: Final = zh("没有这个产品")
OTHER_PRODUCT: Final = zh("产品与设备类型或接入协议不符")
NO_PARENT: Final = zh("没有这台网关设备，或它已停用")
NESTED_PARENT: Final = zh("网关设备不能再挂在别的网关下")
BAD_TAGS: Final = zh("标签不超过20个，每个1至20个字")


@dataclass(frozen=True, slots=True)
class Belongings:
    """Products by code and gateway devices by key, as far as they are named."""

    products: Mapping[str, Product]
    parents: Mapping[str, Device]

    def faults(self, item: NewDevice) -> dict[str, str]:
        """Return what is wrong with what a device is said to belong to, by field."""
        found = {"product_code": self._product_fault(item), "parent_key": self.parent_fault(item.parent_key, item.key)}
        found["tags"] = "" if are_tags(item.tags) else BAD_TAGS
        return {field: text for field, text in found.items() if text}

    def _product_fault(self, item: NewDevice) -> str:
        if not item.product_code:
            return ""
        product = self.products.get(item.product_code)
        if product is None:
            return NO_PRODUCT
        same = (product.type_code, product.protocol) == (item.type_code, item.protocol.value)
        return "" if same else OTHER_PRODUCT

    def parent_fault(self, parent_key: str, own_key: str) -> str:
        """Return why a device cannot be the gateway of another; "" if it can, or none is named."""
        if not parent_key:
            return ""
        parent = self.parents.get(parent_key)
        if parent is None or parent.state == Device.State.RETIRED:
            return NO_PARENT
        return NESTED_PARENT if parent.parent_id is not None or parent_key == own_key else ""


def belongings(*, product_codes: Sequence[str], parent_keys: Sequence[str]) -> Belongings:
    """Look up products and gateway devices."""
    products = Product.objects.filter(code__in={code for code in product_codes if code})
    parents = Device.objects.filter(key__in={key for key in parent_keys if key})
    return Belongings({row.code: row for row in products}, {row.key: row for row in parents})


def are_tags(tags: Sequence[str]) -> bool:
    """Say whether these may be a device's tags."""
    return len(tags) <= MOST_TAGS and all(1 <= len(tag) <= LONGEST_TAG and tag == tag.strip() for tag in tags)
