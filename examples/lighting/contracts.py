"""What crosses lighting's border."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class LampInfo:
    """A lamp as it is now. power_w: None while it has reported nothing."""

    device_id: int
    key: str
    name: str
    power_w: float | None
    failed: bool
