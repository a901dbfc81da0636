"""Sends quarantined messages through the same intake again, mended or after the cause was mended elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from onecity.kernel.actor import Actor
from onecity.kernel.errors import NotPermitted
from onecity.kernel.text import zh
from onecity.platform.identity import api as identity
from onecity.platform.iot.contracts import Message, Outcome, Receipt
from onecity.platform.iot.declare import Protocol
from onecity.platform.iot.gateways.field import registry
from onecity.platform.iot.models import Device, QuarantinedMessage
from onecity.platform.iot.rules import reasons
from onecity.platform.iot.rules.instants import micros
from onecity.platform.iot.services.directory import Directory
from onecity.platform.iot.services.intake.collecting import Collected
from onecity.platform.iot.services.intake.doors import Door
from onecity.platform.iot.services.intake.frames import take_frames
from onecity.platform.iot.services.intake.said import take_said
from onecity.platform.iot.services.intake.telemetry import take_payload
from onecity.platform.iot.services.quarantine.deciding import HANDLE, OPEN, within_reach
from onecity.platform.iot.services.store import record


@dataclass(frozen=True, slots=True)
class Replayed:
    """What came of one message. reason: why it is still refused; "" when all of it is in its place now."""

    message_id: int
    stored: int
    repeated: int
    reason: str


def replay(actor: Actor, ids: Sequence[int], *, now: datetime) -> list[Replayed]:
    """Take messages in again, in one transaction; those of `ids` that are not open or out of reach are left alone.

    What is refused again stays open, and nothing of it is kept twice: replaying is safe to repeat. now: city time.
    Raises: Invalid for too many at once; NotPermitted if a mended message names a device beyond the actor's reach.
    """
    with transaction.atomic():
        rows = list(within_reach(actor, ids).filter(state=OPEN))
        intake = _Intake()
        taken = [intake.take(row) for row in rows]
        _check_reach(actor, intake.directory.device_ids)
        receipts = record([collected.batch(None) for collected in taken], now=now)
        found = [
            _judged(row, collected, receipt) for row, collected, receipt in zip(rows, taken, receipts, strict=True)
        ]
        for item in found:
            _note(actor, item, now=now)
    return found


class _Intake:
    """The ways in, with a directory of their own that lives as long as one replay."""

    def __init__(self) -> None:
        self.directory = Directory()
        self._door = Door(self.directory, Protocol.HJ212)

    def take(self, row: QuarantinedMessage) -> Collected:
        collected = Collected()
        raw = bytes(row.raw if row.mended is None else row.mended)
        message = Message(raw, row.protocol, row.peer, row.device_key)
        if row.protocol == Protocol.HJ212:
            take_frames(message, directory=self.directory, door=self._door, collected=collected)
        elif (protocol := registry.protocol(row.protocol)) is not None:
            take_said(
                message, protocol=protocol, arrived=row.received_at, reason=row.reason,
                directory=self.directory, collected=collected,
            )  # fmt: skip
        else:
            arrived = micros(row.received_at)  # a message without a time of its own keeps the one it came at
            take_payload(message, arrived=arrived, directory=self.directory, collected=collected)
        return collected


def _check_reach(actor: Actor, device_ids: list[int]) -> None:
    within = Device.objects.filter(identity.row_scope(actor, HANDLE).q(), id__in=device_ids).count()
    if within != len(device_ids):
        raise NotPermitted(zh("报文所指的设备不在您的权限范围内"))


def _judged(row: QuarantinedMessage, collected: Collected, receipt: Receipt) -> Replayed:
    reason = collected.refusals[0].reason if collected.refusals else ""
    if not reason and receipt.count(Outcome.CONFLICTING):
        reason = reasons.CONFLICTING_REPEAT
    if not reason and receipt.count(Outcome.CLOCK):
        reason = reasons.CLOCK
    return Replayed(row.id, receipt.count(Outcome.STORED), receipt.count(Outcome.REPEATED), reason)


def _note(actor: Actor, item: Replayed, *, now: datetime) -> None:
    """Close a message that is in its place now; the store has locked the devices before, as every writer does."""
    if not item.reason:
        QuarantinedMessage.objects.filter(id=item.message_id, state=OPEN).update(
            state=QuarantinedMessage.State.REPLAYED, decided_at=now, decided_by=actor.name[:60]
        )
    identity.record(
        actor,
        action="iot.replay_message",
        target=f"iot.quarantinedmessage:{item.message_id}",
        outcome="refused" if item.reason else "done",
        details={"stored": item.stored, "repeated": item.repeated, "reason": item.reason},
    )
