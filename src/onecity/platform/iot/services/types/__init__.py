"""Types of devices made by staff, and makers' products mapped onto types."""

from onecity.platform.iot.services.types.editing import (
    NotADraftType,
    TypeCodeTaken,
    discard_type,
    draft_type,
    edit_type,
    next_edition,
)
from onecity.platform.iot.services.types.products import (
    ProductExists,
    change_product,
    create_product,
    issue_product_secret,
)
from onecity.platform.iot.services.types.publishing import move_devices, publish_type

__all__ = [
    "NotADraftType",
    "ProductExists",
    "TypeCodeTaken",
    "change_product",
    "create_product",
    "discard_type",
    "draft_type",
    "edit_type",
    "issue_product_secret",
    "move_devices",
    "next_edition",
    "publish_type",
]
