"""Who may speak: whether a message's sender is who he says."""

from collections.abc import Iterable
from typing import Final

from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.rules import reasons
from onecity.platform.iot.services.credentials import password_hashes
from onecity.platform.iot.services.directory import Directory, Entry

KEPT_HASHES: Final = 100_000


class Door:
    """Decides whether a sender is who he says, remembering what passwords hash to."""

    def __init__(self, directory: Directory, protocol: Protocol) -> None:
        self._directory = directory
        self._protocol = protocol
        self._hashes: dict[str, list[str]] = {}

    def entry(self, key: str, password: str | None) -> Entry | str:
        """Return the device, asking the database if need be, or the reason for which its message is refused.

        Source: HJ 212-2017, 6.6 (PW and MN are checked with each packet); house rule: no answer to who fails.
        """
        return self.judge(self._directory.find(key), password)

    def judge(self, entry: Entry | None, password: str | None) -> Entry | str:
        """Return the device, or the reason, without asking for it."""
        found = self.standing(entry)
        if not isinstance(found, str) and not self.fits(found, password):
            return reasons.WRONG_PASSWORD
        return found

    def standing(self, entry: Entry | None) -> Entry | str:
        """Return the device, or the reason why it may not speak here, whatever it shows."""
        if entry is None:
            return reasons.UNKNOWN_DEVICE
        if entry.retired:
            return reasons.RETIRED_DEVICE
        return entry if entry.protocol == self._protocol else reasons.WRONG_PROTOCOL

    def fits(self, entry: Entry, password: str | None) -> bool:
        """Say whether the access password is the device's; every one is if it has none."""
        return not entry.password_hash or entry.password_hash in self._hashes_of(password or "")

    def can_tell(self, entry: Entry, password: str | None) -> bool:
        """Say whether `fits` needs no database: hashing takes the city's keys, which are read from there."""
        return not entry.password_hash or (password or "") in self._hashes

    def learn(self, passwords: Iterable[str]) -> None:
        """Hash passwords ahead, in a thread that may ask the database."""
        for password in passwords:
            self._hashes_of(password)

    def _hashes_of(self, password: str) -> list[str]:
        found = self._hashes.get(password)
        if found is None:
            if len(self._hashes) >= KEPT_HASHES:
                self._hashes.clear()
            found = self._hashes[password] = password_hashes(password)
        return found
