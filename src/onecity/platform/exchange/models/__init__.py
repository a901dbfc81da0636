"""Tables of exchange."""

from onecity.platform.exchange.models.sharing import (
    DatasetSupply,
    GrantChange,
    GrantDay,
    SharingGrant,
    SharingParameter,
    SharingRequest,
    Subscription,
    UnusualUse,
    UseHead,
    UseReceipt,
    UseSeal,
)

__all__ = [
    "DatasetSupply",
    "GrantChange",
    "GrantDay",
    "SharingGrant",
    "SharingParameter",
    "SharingRequest",
    "Subscription",
    "UnusualUse",
    "UseHead",
    "UseReceipt",
    "UseSeal",
]
