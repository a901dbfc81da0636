"""How much one device may send, on however many lines."""

from typing import Final

from onecity.platform.iot.gateways.limits import Allowance, Limits

MOST_DEVICES: Final = 200_000
TOLD_AGAIN_AFTER_S: Final = 60.0


class Rates:
    """An allowance for each device that spoke lately."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._allowances: dict[str, Allowance] = {}
        self._told: dict[str, float] = {}

    def over(self, device_key: str, *, now: float) -> float:
        """Count one message of a device; return for how many seconds it should pause, 0 for none. now: monotonic."""
        allowance = self._allowances.get(device_key)
        if allowance is None:
            if len(self._allowances) >= MOST_DEVICES:
                self._allowances.clear()
            rate, burst = self._limits.frames_per_device_s, self._limits.device_burst
            allowance = self._allowances[device_key] = Allowance(rate=rate, burst=burst, now=now)
        return allowance.take(1, now=now)

    def give_back(self, device_key: str, *, now: float) -> None:
        """Forget a message that was not taken after all: what is turned away must not make the pause longer."""
        self._allowances[device_key].take(-1, now=now)

    def may_tell(self, device_key: str, *, now: float) -> bool:
        """Say whether people should be told that a device sends too much; once a minute."""
        if self._told.get(device_key, -TOLD_AGAIN_AFTER_S) + TOLD_AGAIN_AFTER_S > now:
            return False
        if len(self._told) >= MOST_DEVICES:
            self._told.clear()
        self._told[device_key] = now
        return True
