"""Verifies receipts: the signature of each, and that the chain is whole."""

from collections.abc import Callable
from dataclasses import dataclass

from onecity.kernel.ciphers.sm2.keys import PublicKey, public_key_from
from onecity.kernel.ciphers.sm2.signature import verifies
from onecity.platform.exchange.models import ReceiptHead, RunReceipt, SigningKey
from onecity.platform.exchange.services.flows.receipts import GENESIS, linked


@dataclass(frozen=True, slots=True)
class Verified:
    """One receipt's verdict. digest: the text is the one that was signed; signature: the city signed it; joined: it
    follows the receipt before."""

    digest: bool
    signature: bool
    joined: bool

    @property
    def sound(self) -> bool:
        """Say whether all of it holds."""
        return self.digest and self.signature and self.joined


@dataclass(frozen=True, slots=True)
class ChainVerdict:
    """What a walk over all receipts found. altered, missing: numbers; head_fits: the last one is the chain's end."""

    receipts: int
    altered: tuple[int, ...]
    missing: tuple[int, ...]
    head_fits: bool

    @property
    def sound(self) -> bool:
        """Say whether the chain is whole."""
        return not self.altered and not self.missing and self.head_fits


def verify_receipt(receipt: RunReceipt) -> Verified:
    """Verify one receipt and its joint to the one before.

    Source: GB/T 32905-2016; GB/T 32918.2-2016, 7.1.
    """
    before = RunReceipt.objects.filter(number=receipt.number - 1).values_list("digest", flat=True).first()
    joined = receipt.previous == (before if receipt.number > 1 else GENESIS)
    return _verified(receipt, public_key_from(bytes.fromhex(receipt.key.public)), joined=joined)


def verify_receipts(step: Callable[[int, int], None] | None = None) -> ChainVerdict:
    """Walk all receipts in order; `step` hears of progress (done, total)."""
    keys = {item.id: public_key_from(bytes.fromhex(item.public)) for item in SigningKey.objects.all()}
    head = ReceiptHead.objects.filter(id=1).first()
    total = head.number if head else 0
    number, digest, altered, missing = 0, GENESIS, list[int](), list[int]()
    for receipt in RunReceipt.objects.order_by("number").iterator(chunk_size=500):
        missing.extend(range(number + 1, receipt.number))
        whole = receipt.number == number + 1
        joined = not whole or receipt.previous == digest
        if not _verified(receipt, keys[receipt.key_id], joined=joined).sound:
            altered.append(receipt.number)
        number, digest = receipt.number, receipt.digest
        if step:
            step(number, total)
    missing.extend(range(number + 1, total + 1))
    fits = head is None or (head.number == number and head.digest == digest)
    return ChainVerdict(RunReceipt.objects.count(), tuple(altered), tuple(missing), fits)


def _verified(receipt: RunReceipt, key: PublicKey, *, joined: bool) -> Verified:
    digest = linked(receipt.previous, receipt.body) == receipt.digest
    signed = verifies(key, message=bytes.fromhex(receipt.digest), signature=bytes.fromhex(receipt.signature))
    return Verified(digest=digest, signature=signed, joined=joined)
