"""Firmware packages and campaigns as others see them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class FirmwareInfo:
    """A package. sm3, sha256: hexadecimal, of the file. signature: SM2 over the SM3 digest, hexadecimal (r ‖ s)."""

    id: int
    type_code: str
    product_id: int | None
    version: str
    name: str
    size: int
    sm3: str
    sha256: str
    signature: str
    notes: str
    state: str
    created_by: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class NewFirmware:
    """What is told of a package. name: of the file. sm3: digest that the maker gave, "" for none."""

    name: str
    type_code: str
    version: str
    product_id: int | None = None
    notes: str = ""
    sm3: str = ""


@dataclass(frozen=True, slots=True)
class NewCampaign:
    """What is told of a campaign. batches: rising per cents, the last 100. failed_most: per cent of the ended."""

    name: str
    firmware_id: int
    batches: Sequence[int] = (10, 50, 100)
    failed_most: int = 20
    attempts: int = 3
    patience_s: int = 86_400


@dataclass(frozen=True, slots=True)
class CampaignInfo:
    """A campaign. batch: which is under way, from 0. counts: devices by state."""

    id: int
    name: str
    firmware: FirmwareInfo
    batches: Sequence[int]
    batch: int
    failed_most: int
    state: str
    reason: str
    reverts_id: int | None
    created_by: str
    created_at: datetime
    ended_at: datetime | None
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class CampaignStep:
    """One device of a campaign. received: bytes sent to it so far."""

    device_id: int
    device_key: str
    device_name: str
    batch: int
    state: str
    before: str
    tries: int
    received: int
    error: str
    changed_at: datetime
