"""Personal data at rest: sealed by SM4, found by keyed hash, shown masked, looked at only with a reason.

Two layers of keys: the master key lives in a file outside the database and wraps the data keys; the data keys seal the
values. Turning the master key or a data key over needs no stop (see `keys`).
"""

from dataclasses import dataclass

from django.db import transaction

from onecity.kernel.actor import Actor
from onecity.kernel.ciphers.sealing import SealingKey, open_sealed, seal, sealed_version
from onecity.kernel.ciphers.sm3 import hmac_sm3
from onecity.kernel.errors import Invalid
from onecity.kernel.text import zh
from onecity.platform.identity.contracts import SealedPersonal
from onecity.platform.identity.services.audit import record
from onecity.platform.identity.services.keys import index_key, index_keys, opening_key, sealing_key

SHORTEST_REASON = 4


class ReasonNeeded(Invalid):
    """Personal data is shown only to whoever says why."""

    code = "reason_needed"
    message = zh("查看个人信息须填写事由（至少 {count} 个字）")


def seal_text(text: str, *, context: str) -> bytes:
    """Seal a text with the newest data key; `context` (the column's code) is bound into the ciphertext."""
    return seal(sealing_key(), plaintext=text.encode(), context=context.encode())


def open_text(sealed: bytes, *, context: str) -> str:
    """Open a sealed text. For the owning module's own use; people's looks go through `look`."""
    key = opening_key(sealed_version(sealed))
    return open_sealed([key], sealed=sealed, context=context.encode()).decode()


def search_hash(text: str) -> str:
    """Return the keyed hash by which an exact value is found."""
    return hmac_sm3(index_key(), data=text.encode()).hex()


def search_hashes(text: str) -> list[str]:
    """Return every hash under which an exact value may be stored; search with `IN`."""
    return [hmac_sm3(key, data=text.encode()).hex() for key in index_keys()]


def seal_personal(text: str, *, context: str, masked: str) -> SealedPersonal:
    """Return a personal value ready to be stored; empty text gives empty columns."""
    if not text:
        return SealedPersonal(b"", "", "")
    return SealedPersonal(seal_text(text, context=context), search_hash(text), masked)


@dataclass(frozen=True, slots=True, repr=False)
class Sealer:
    """The newest keys in hand, for values by the million: sealing looks nothing up. Another process may be given it,
    never another machine; it is made anew for each block, so that a key that is turned over is noticed."""

    key: SealingKey
    indexes: tuple[bytes, ...]

    def seal(self, text: str, *, context: str) -> bytes:
        """Seal one text; empty stays empty."""
        return seal(self.key, plaintext=text.encode(), context=context.encode()) if text else b""

    def search_hash(self, text: str) -> str:
        """Return the keyed hash of one text; empty stays empty."""
        return hmac_sm3(self.indexes[-1], data=text.encode()).hex() if text else ""

    def search_hashes(self, text: str) -> list[str]:
        """Return every hash under which the text may be stored; none for an empty text."""
        return [hmac_sm3(index, data=text.encode()).hex() for index in self.indexes] if text else []


def sealer() -> Sealer:
    """Return the means to seal many values."""
    return Sealer(sealing_key(), tuple(index_keys()))


def look(actor: Actor, *, context: str, target: str, sealed: bytes, reason: str) -> str:
    """Return a personal value in clear, and leave a trace of who looked at what and why.

    target: `module.table:id`. The caller has checked the permission and the row's scope.
    Raises: ReasonNeeded if the reason is too short to mean anything.
    """
    if len(reason.strip()) < SHORTEST_REASON:
        raise ReasonNeeded(params={"count": SHORTEST_REASON}, fields={"reason": zh("请填写查看事由")})
    with transaction.atomic():
        record(
            actor, action="identity.look", target=target, details={"column": context, "reason": reason.strip()[:200]}
        )
        return open_text(sealed, context=context)
