"""Fetching a subscription's rows block by block: the same block until its receipt is acknowledged, each counted once.

next ──► block n + 1 (rows, checksum)          offered, not counted
next ──► block n + 1 again                     nothing was acknowledged
acknowledge(n + 1, checksum) ──► block n + 1   counted, receipt written, position moves on
acknowledge(n + 1, checksum) again             nothing happens: it is acknowledged already
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction

from onecity.kernel.actor import Actor
from onecity.kernel.clock import city_date
from onecity.kernel.errors import Conflict
from onecity.kernel.text import zh
from onecity.platform.exchange.contracts.sharing import Row
from onecity.platform.exchange.models import SharingGrant, Subscription, UseReceipt
from onecity.platform.exchange.models.sharing.requests import SharingForm
from onecity.platform.exchange.rules.sharing.chain import checksum
from onecity.platform.exchange.rules.sharing.masks import masked_row
from onecity.platform.exchange.selectors.sharing.grants import consumed_grant
from onecity.platform.exchange.selectors.sharing.limits import (
    NoSuchGrant,
    check_in_force,
    grant_supply,
    source_conditions,
)
from onecity.platform.exchange.selectors.sharing.parameters import night_of, parameters
from onecity.platform.exchange.services.sharing.receipts import Use, Used, count_uses, write_receipts
from onecity.platform.exchange.services.sharing.sources import Part, Wanted, source_of
from onecity.platform.identity.api import record

MOST_ROWS: Final = 50_000
PULLED: Final = (SharingForm.PULL, SharingForm.FILE)


class NotPulled(Conflict):
    """The subscription is not one that its consumer fetches, or it has stopped."""

    code = "exchange.not_pulled"
    message = zh("订阅 {code} 不是拉取方式，或已停止")


class WrongBlock(Conflict):
    """What is acknowledged is not what was given out last; fetch the block again."""

    code = "exchange.wrong_block"
    message = zh("第 {block} 块与最近一次提供的不符，请重新获取")


@dataclass(frozen=True, slots=True)
class PulledBlock:
    """A block. number: to be acknowledged with its checksum; last: nothing follows at present (rows may be empty)."""

    number: int
    rows: tuple[Row, ...]
    checksum: str
    last: bool


def next_block(actor: Actor, *, code: str, now: datetime, most: int = 5_000) -> PulledBlock:
    """Return the block after the last one acknowledged. Where a source has changed since it was offered, the block is
    what the source says now, with another checksum.

    most: rows, 1 to 50,000.
    Raises: NoSuchGrant for others than the consumer; NotPulled; GrantNotInForce; NotSupplied; what the source raises.
    """
    subscription, grant = _fetched(actor, code)
    check_in_force(grant, today=city_date(now))
    part, rows = _read(grant, subscription, most=min(max(most, 1), MOST_ROWS))
    digest = checksum(rows)
    with transaction.atomic():
        locked = _locked(subscription)
        if locked.block != subscription.block:
            raise WrongBlock(params={"block": subscription.block + 1})
        locked.offered_position = dict(part.after) if part.after is not None else None
        locked.offered_checksum, locked.offered_rows = digest, len(rows)
        locked.save(update_fields=["offered_position", "offered_checksum", "offered_rows"])
    return PulledBlock(subscription.block + 1, rows, digest, last=part.after is None or not rows)


def acknowledge(actor: Actor, *, code: str, block: int, digest: str, reason: str, now: datetime) -> int:
    """Note that a block has landed at the consumer; returns its receipt's id. The same again changes nothing.

    reason: what the rows are used for, in a few words; empty for the grant's purpose.
    Raises: as `next_block`; WrongBlock.
    """
    subscription, grant = _fetched(actor, code)
    check_in_force(grant, today=city_date(now))
    with transaction.atomic():
        locked = _locked(subscription)
        if block != locked.block + 1 or not digest or digest != locked.offered_checksum:
            return _acknowledged_already(locked, block=block, digest=digest)
        use = _use(grant, locked, reason=reason, now=now)
        (receipt,) = write_receipts(actor, use=use).values()
        count_uses(use=use, night=night_of(parameters(today=city_date(now))))
        locked.block, locked.rows = locked.block + 1, locked.rows + locked.offered_rows
        locked.position = locked.offered_position
        locked.offered_position, locked.offered_checksum, locked.offered_rows = None, "", 0
        locked.save()
        record(
            actor,
            action="exchange.pull_block",
            target=f"exchange.sharinggrant:{grant.id}",
            details={"subscription": code, "block": block, "rows": use.uses[0].rows},
        )
    return receipt


def _fetched(actor: Actor, code: str) -> tuple[Subscription, SharingGrant]:
    found = Subscription.objects.filter(code=code).select_related("grant").first()
    if found is None:
        raise NoSuchGrant
    grant = consumed_grant(actor, found.grant.code)
    if found.state != Subscription.State.ACTIVE or found.form not in PULLED:
        raise NotPulled(params={"code": code})
    return found, grant


def _locked(subscription: Subscription) -> Subscription:
    return Subscription.objects.select_for_update().get(id=subscription.id)


def _read(grant: SharingGrant, subscription: Subscription, *, most: int) -> tuple[Part, tuple[Row, ...]]:
    supply = grant_supply(grant)
    names = {column: supply.source_column(column) for column in grant.fields}
    wanted = Wanted(
        columns=tuple(dict.fromkeys(names.values())),
        conditions=source_conditions(grant, supply=supply),
        key=supply.key,
        cursor=supply.cursor,
        since=subscription.position if isinstance(subscription.position, Mapping) else None,
        most=most,
    )
    part = source_of(supply, dataset_code=grant.dataset_code, name=grant.dataset_name).part(wanted)
    rows = (
        masked_row({column: row[source] for column, source in names.items()}, masks=grant.masks) for row in part.rows
    )
    return part, tuple(rows)


def _use(grant: SharingGrant, row: Subscription, *, reason: str, now: datetime) -> Use:
    return Use(
        grant=grant,
        kind=row.form,
        reason=reason.strip() or grant.purpose,
        at=now,
        fields=grant.fields,
        origin=f"subscription:{row.code}:{row.block + 1}",
        uses=(Used("given", rows=row.offered_rows, checksum=row.offered_checksum),),
    )


def _acknowledged_already(row: Subscription, *, block: int, digest: str) -> int:
    """Return the receipt of a block that was acknowledged before with the same checksum.

    Raises: WrongBlock.
    """
    origin = f"subscription:{row.code}:{block}"
    known = UseReceipt.objects.filter(origin=origin, checksum=digest).values_list("id", flat=True).first()
    if known is None or not digest:
        raise WrongBlock(params={"block": block})
    return known
