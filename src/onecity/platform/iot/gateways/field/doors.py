"""Who may speak on a line of a field protocol."""

from collections.abc import Sequence
from typing import Final

from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.gateways.field.speakers import Item
from onecity.platform.iot.gateways.field.tokens import Tokens, is_token
from onecity.platform.iot.rules import reasons
from onecity.platform.iot.services.directory import Directory, Entry
from onecity.platform.iot.services.intake.doors import Door

_NEED_SECRET: Final = frozenset({Protocol.THINGSBOARD, Protocol.COAP})
"""Protocols whose devices must show a token or a password, for they could always be given one. Source: House rule."""


class FieldDoor:
    """Judges items from what is at hand; nothing here asks the database."""

    def __init__(self, directory: Directory, tokens: Tokens, protocol: Protocol) -> None:
        self._directory = directory
        self._tokens = tokens
        self._door = Door(directory, protocol)
        self._needs_secret = protocol in _NEED_SECRET

    def can_judge(self, item: Item) -> bool:
        """Say whether all is at hand that `judge` needs of the device and of what it shows."""
        key = item.key or self._tokens.owner(item.token)
        if not key:
            return True
        if not self._directory.is_at_hand(key):
            return False
        entry, credential = self._directory.known(key), item.credential
        return entry is None or is_token(credential) or self._door.can_tell(entry, credential)

    def learn(self, items: Sequence[Item]) -> None:
        """Make at hand what `judge` needs, in the database's thread; tokens are at hand already."""
        self._directory.learn({item.key or self._tokens.owner(item.token) for item in items} - {""})
        self._door.learn({item.credential or "" for item in items if not item.token})

    def judge(self, item: Item, *, issuing: bool = False) -> Entry | str:
        """Return the device that speaks, or the reason why it is not heard. issuing: it is to get its first password.

        Source: House rule: a device shows its token or its access password, with each message or with a hello on the
        same line; one without either that stands behind a gateway is heard on that gateway's line only.
        """
        key, credential = item.key, item.credential
        if not key:
            key = self._tokens.owner(item.token)
            if not key:
                return reasons.WRONG_PASSWORD
        found = self._door.standing(self._directory.known(key))
        if isinstance(found, str):
            return found
        if issuing:
            return reasons.ALREADY_REGISTERED if found.password_hash else found
        return self._shown(item, found, credential) or found

    def _shown(self, item: Item, entry: Entry, credential: str | None) -> str:
        """Return why what a device shows is not enough; "" if it is."""
        if is_token(credential):
            return "" if self._tokens.owner(item.token) == entry.key else reasons.WRONG_PASSWORD
        if not self._door.fits(entry, credential):
            return reasons.WRONG_PASSWORD
        if self._needs_secret and not entry.password_hash and entry.parent_id is None:
            return reasons.WRONG_PASSWORD
        alone = entry.parent_id is None or bool(entry.password_hash) or item.speaker.trusted
        return "" if alone or entry.parent_id in item.speaker.ids else reasons.NOT_ITS_LINE
