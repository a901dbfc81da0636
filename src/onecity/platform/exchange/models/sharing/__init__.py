"""Tables of sharing: what was asked for, what was allowed, and what was done with it."""

from onecity.platform.exchange.models.sharing.grants import GrantChange, SharingGrant
from onecity.platform.exchange.models.sharing.requests import SharingRequest
from onecity.platform.exchange.models.sharing.settings import DatasetSupply, SharingParameter
from onecity.platform.exchange.models.sharing.subscriptions import Subscription
from onecity.platform.exchange.models.sharing.uses import GrantDay, UnusualUse, UseHead, UseReceipt, UseSeal

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
